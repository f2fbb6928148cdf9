"""Every boundary file is answered as stated, to an administrator of the whole country."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import factories
from tests.corpus import Case, answered
from tests.corpus.geojson import CASES
from tests.corpus.house import House, Person
from webapp.access import Role
from webapp.accounts.models import Account


class AdministratorsHouse(House):
    """The same house; the one who sends is its administrator."""

    keeper: Account

    @property
    def indonesian(self) -> Person:
        return self.person(self.keeper, "id")

    @property
    def english(self) -> Person:
        return self.person(self.keeper, "en")


@pytest.fixture(scope="module")
def _administrators_house(_house: House) -> AdministratorsHouse:
    kept = {name: getattr(_house, name) for name in ("app", "connection", "session", "people", "temporary", "tables")}
    house = AdministratorsHouse(**kept)
    house.keeper = factories.account(_house.session, (Role.ADMINISTRATOR, None))
    _house.session.commit()
    assert house.indonesian.locale != house.english.locale  # both have signed in before anything is counted
    return house


@pytest.fixture
def house(_administrators_house: AdministratorsHouse) -> Iterator[House]:
    with _administrators_house.trial() as house:
        yield house


@pytest.mark.parametrize("case", CASES, ids=str)
def test_boundaries_are_answered_as_stated(case: Case, house: House) -> None:
    answered(case, house)
