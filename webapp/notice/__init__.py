"""Notices: every move, told to the people it concerns, in words short enough to forward. Derived; nothing is stored
but how far a person has read.
"""
