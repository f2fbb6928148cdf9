"""Text is kept as it was sent, or refused with a reason."""

from __future__ import annotations

import pytest

from tests.corpus import Case, answered
from tests.corpus.house import House
from tests.corpus.text import CASES


@pytest.mark.parametrize("case", CASES, ids=str)
def test_text_is_kept_or_refused_as_stated(case: Case, house: House) -> None:
    answered(case, house)
