"""docs/security.md can be trusted: every requirement stands there once, and what it points at exists."""

import re
from collections import Counter

import pytest

from tests.doors.test_scanners import OURS
from tests.doors.test_structure import ROOT

TEXT = (ROOT / "docs/security.md").read_text()
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| (.+?) \| (.+?) \| (.+) \|$", TEXT, re.MULTILINE)
VERDICTS = {"met", "partly", "not met", "not applicable"}
# Requirements of level 1 and 2 in each chapter of ASVS 5.0.0: 70 + 183.
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13,
            16: 16, 17: 7}  # fmt: skip


def test_every_requirement_of_both_levels_stands_there_once() -> None:
    numbers = Counter(number for number, *_ in ROWS)
    assert [number for number, times in numbers.items() if times > 1] == []
    assert Counter(int(number.split(".")[0]) for number in numbers) == CHAPTERS
    assert Counter(level for _, level, *_ in ROWS) == {"1": 70, "2": 183}


def test_every_requirement_has_a_verdict_and_says_where_or_why() -> None:
    assert {verdict for _, _, _, verdict, _ in ROWS} <= VERDICTS
    assert [number for number, *_, why in ROWS if len(why) < 7] == []


def test_the_sum_of_the_verdicts_is_the_one_that_is_told() -> None:
    told = {
        verdict: int(number) for number, verdict in re.findall(r"(\d+) (met|partly|not met|not applicable)[,.]", TEXT)
    }
    assert told == Counter(verdict for _, _, _, verdict, _ in ROWS)


def test_every_file_that_is_named_exists() -> None:
    named = set(re.findall(r"`((?:tests|webapp|geo|media|docs|bench)/[^` ]+|config\.py)`", TEXT))
    assert len(named) > 60
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_every_rule_that_is_named_exists() -> None:
    named = {
        word
        for words in re.findall(r"rules? ((?:`[a-z-]+`(?:, | and )?)+)", TEXT)
        for word in re.findall(r"[a-z-]+-[a-z-]+", words)
    }
    assert len(named) > 10
    assert named - {rule.name for rule in OURS} == set()


@pytest.mark.parametrize("anchor", sorted(set(re.findall(r"\]\(#([^)]+)\)", TEXT))))
def test_every_link_inside_leads_somewhere(anchor: str) -> None:
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
