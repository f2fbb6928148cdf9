"""Every case of `tests.corpus.file_names` is answered as stated."""

from __future__ import annotations

import pytest

from tests.corpus import Case, answered
from tests.corpus.file_names import CASES
from tests.corpus.house import House


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_file_of_any_name_is_answered_as_stated(case: Case, house: House) -> None:
    answered(case, house)
