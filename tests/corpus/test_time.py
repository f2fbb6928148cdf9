"""Every case of `tests.corpus.time` is answered as stated."""

from __future__ import annotations

import pytest

from tests.corpus import Case, answered
from tests.corpus.house import House
from tests.corpus.time import CASES


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_a_clock_said_is_answered_as_stated(case: Case, house: House) -> None:
    answered(case, house)
