"""See the package: `python -m bench.attack --help`."""

from __future__ import annotations

import argparse
import sys

from bench.attack import with_sqlmap, with_wapiti
from bench.attack.instance import instance
from bench.attack.planted import planted
from bench.attack.results import Result, table

# the demo's user names of the people who are attacked as
PEOPLE = {
    "camat": "camat.sukajadi",
    "leader": "pimpinan.bandung",
    "desk": "meja.bandung",
    "administrator": "admin",
    "auditor": "auditor",
}
WALKERS = ("camat", "administrator")


def attack_planted(sqlmap: str, wapiti: str) -> list[Result]:
    """What the tools find where holes are planted."""
    with planted() as url:
        return [
            with_sqlmap.run(sqlmap, f"{url}/cari?q=a", ["-p", "q"], "visitor", "planted /cari"),
            with_wapiti.run(wapiti, url, "", "visitor", walk_s=10, module_s=10),
        ]


def attack_demo(sqlmap: str, wapiti: str) -> list[Result]:
    """What they find in the product."""
    with instance() as demo:
        results = with_sqlmap.attack(sqlmap, demo, PEOPLE)
        for who in WALKERS:
            _, cookie = demo.form("/", demo.signed_in(PEOPLE[who]))  # with one secret for the tokens of all forms
            results.append(with_wapiti.run(wapiti, demo.url, cookie, who))
            if not demo.is_inside(cookie):
                raise SystemExit(f"wapiti lost the session of {who}: what it found is that of a visitor")
        sys.stdout.write(f"requests that failed inside the server: {demo.crashes()}\n")
    return results


def main() -> None:
    """Print the table; exit code 1 where anything was found."""
    asked = argparse.ArgumentParser(prog="python -m bench.attack", description=__doc__)
    asked.add_argument("--sqlmap", default="sqlmap", help="the program, from an environment of its own")
    asked.add_argument("--wapiti", default="wapiti", help="the same; wapiti3 needs cryptography<45")
    asked.add_argument("--planted", action="store_true", help="attack the planted holes instead of the product")
    given = asked.parse_args()
    results = (attack_planted if given.planted else attack_demo)(given.sqlmap, given.wapiti)
    sys.stdout.write(table(results) + "\n")
    raise SystemExit(0 if all(one.clean for one in results) else 1)


if __name__ == "__main__":
    main()
