"""J6: the bupati of Bandung delegates part of his affairs to the camat, by a regulation of the register."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, KOTA, MINE
from webapp.access import Role
from webapp.programme.rules import Mode
from webapp.register import queries as register
from webapp.register import services
from webapp.register.rules import Force, RegulationKind
from webapp.register.services import RegulationFields
from webapp.scoring.errors import UnknownRegulation
from webapp.scoring.queries import citing
from webapp.scoring.services.citing import cite, uncite

AT = datetime(2018, 8, 6, 3, 0, tzinfo=UTC)
TITLE = "Pelimpahan sebagian kewenangan bupati kepada camat"


def test_j6_a_regulation_satisfies_the_delegation_indicator_and_an_expired_one_flags_it(session: Session) -> None:
    people = factories.team(session, Mode.DESK)  # a period of 2018
    setda = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    elsewhere = factories.account(session, (Role.SECRETARIAT, KOTA))

    def entry(number: str, **changes: object) -> RegulationFields:
        usual = {
            "region_code": KABUPATEN, "kind": RegulationKind.PERBUP, "number": number, "year": 2016, "title": TITLE,
            "in_force_from": date(2016, 5, 1), "delegates": "Perizinan mikro kepada camat", "file_sha256": "a" * 64,
        }  # fmt: skip
        return RegulationFields(**{**usual, **changes})  # type: ignore[arg-type]

    good = services.register(session, entry("16"), actor=setda, at=AT)
    ending = services.register(session, entry("17", ends_on=date(2018, 11, 30)), actor=setda, at=AT)
    bare = services.register(session, entry("18", file_sha256=None), actor=setda, at=AT)
    foreign = services.register(session, entry("19", region_code=KOTA), actor=elsewhere, at=AT)
    delegation = factories.claim(session, people)
    assert citing.legal_basis(session, delegation) is None
    # an entry with number, date and file satisfies it
    cite(session, delegation, good.id, actor=people.camat, at=AT)
    cite(session, delegation, good.id, actor=people.camat, at=AT)
    assert citing.legal_basis(session, delegation) is True
    # what has expired by the end of the period (31 Dec 2018) is flagged, though it is in force today
    assert ending.force_on(date(2018, 8, 6)) is Force.IN_FORCE
    assert ending.force_on(date(2018, 9, 1)) is Force.ENDING
    uncite(session, delegation, good.id, actor=people.camat, at=AT)
    cite(session, delegation, ending.id, actor=people.camat, at=AT)
    [named] = citing.citations(session, people.period, MINE)[delegation.id]
    assert (named.force, named.satisfies) == (Force.EXPIRED, False)
    assert citing.legal_basis(session, delegation) is False
    # so is one that was revoked, and one whose text nobody can find
    cite(session, delegation, good.id, actor=people.camat, at=AT)
    assert citing.legal_basis(session, delegation) is True
    services.revoke(session, good, date(2018, 10, 1), "", actor=setda, at=AT, revoked_by=bare.id)
    assert citing.legal_basis(session, delegation) is False
    cite(session, delegation, bare.id, actor=people.camat, at=AT)
    assert citing.legal_basis(session, delegation) is False
    with pytest.raises(UnknownRegulation):
        cite(session, delegation, foreign.id, actor=people.camat, at=AT)
    # choices for a legal basis elsewhere
    assert [one.id for one in register.in_force(session, MINE, date(2018, 8, 6))] == [good.id, ending.id, bare.id]
    assert [one.id for one in register.in_force(session, MINE, date(2018, 12, 31))] == [bare.id]
