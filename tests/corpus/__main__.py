"""The number of cases per group: `python -m tests.corpus`."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter

from tests import corpus
from tests.corpus import Case

_FURNITURE = ("conftest", "house", "photo_cases")


def all_cases() -> list[Case]:
    """Every case of every group's module in this folder."""
    names = [found.name for found in pkgutil.iter_modules(corpus.__path__)]
    groups = [name for name in names if not name.startswith(("_", "test_")) and name not in _FURNITURE]
    modules = [importlib.import_module(f"{corpus.__name__}.{name}") for name in groups]
    return [case for module in modules for case in module.CASES]


def main() -> None:
    cases = all_cases()
    counted = Counter(case.group for case in cases)
    assert len({(case.group, case.name) for case in cases}) == len(cases), "two cases have one name"
    for group, count in counted.items():
        refused = sum(case.status >= 400 for case in cases if case.group == group)
        print(f"{group:<14}{count:>4}   {refused:>4} refused, {count - refused:>4} taken")
    print(f"{'in all':<14}{counted.total():>4}")


if __name__ == "__main__":
    main()
