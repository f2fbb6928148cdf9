"""Attacks on an instance of our own: sqlmap and wapiti against a demo that is made for it and thrown away.

`.venv/bin/python -m bench.attack --sqlmap FOLDER/bin/sqlmap --wapiti FOLDER/bin/wapiti`. With `--planted` the same
tools meet holes that are there, so that "nothing found" is worth something. Both tools live in environments of their
own: nothing of them is a part of the product. Results of a real run stand in docs/security.md.
"""
