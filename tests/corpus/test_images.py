"""Every odd, broken or hostile picture is answered as stated."""

from __future__ import annotations

import pytest

from tests.corpus import Case, answered
from tests.corpus.house import House
from tests.corpus.images import CASES


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_file_is_answered_as_stated(case: Case, house: House) -> None:
    answered(case, house)
