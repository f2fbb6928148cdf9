"""Every case of `tests.corpus.metadata` is answered as stated."""

from __future__ import annotations

import pytest

from tests.corpus import Case, answered
from tests.corpus.house import House
from tests.corpus.metadata import CASES


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_a_camera_wrote_is_answered_as_stated(case: Case, house: House) -> None:
    answered(case, house)
