"""The demo: 54 cases in the states their table names, led there by the product's own verbs."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from tests import factories
from webapp.accounts.models import Account, SecondFactor
from webapp.demo.items import ITEMS
from webapp.demo.start import DemoLoaded, load_into_new, notes, remembered
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import VERIFIED, State
from webapp.programme.models import Period
from webapp.publication import queries as publication
from webapp.publication.models import Publication
from webapp.publication.rules import needs_second
from webapp.replication.models import Replication
from webapp.territory.rules import RegionResult


def nothing(*_: object) -> None:
    """Progress that nobody watches."""


def test_every_demo_case_is_in_its_state(session: Session, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    load_into_new(session, settings, at=factories.NOW, progress=nothing)
    cases = session.scalars(select(Evidence)).all()
    told = Counter((case.title, case.region_code, case.state, case.grade or "") for case in cases)
    assert told == Counter((item.title, item.unit, item.state.value, item.grade) for item in ITEMS)
    assert len(cases) == 54
    assert all(session.scalar(select(Photo.id).where(Photo.evidence_id == case.id)) for case in sent(cases))
    abroad = Counter(case.region_result for case in cases if case.study_assignment_id)
    assert abroad == {RegionResult.ABROAD: 5, RegionResult.NO_POSITION: 1}
    assert session.scalars(select(Period.state).order_by(Period.id)).all() == ["open"] * 4 + ["final"]
    assert remembered(settings)[0].startswith("Akun contoh")
    needed = {one.id for one in session.scalars(select(Account)) if one.username.split(".")[0] != "camat"}
    assert needed == set(session.scalars(select(SecondFactor.account_id)))  # born with a phone that nobody has
    with pytest.raises(DemoLoaded):
        load_into_new(session, settings, at=factories.NOW, progress=nothing)


def test_every_page_of_the_leadership_and_of_the_public_has_something_to_show(session: Session, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    load_into_new(session, settings, at=factories.NOW, progress=nothing)
    shown = session.scalars(select(Publication)).all()
    assert Counter(one.state for one in shown) == {"published": 4, "prepared": 2}
    assert all(photo.redacted_sha256 for one in shown for photo in one.photos)
    waiting = [one for one in shown if one.state == "prepared"]
    assert all(needs_second(one.tags) for one in waiting)
    assert [bool(publication.to_confirm(one)) for one in waiting].count(True) == 1
    assert {one.approved_by == one.prepared_by for one in shown if one.approved_by} == {False}
    said = session.scalars(select(Replication)).all()
    proven = Counter(one.copy.state in VERIFIED for one in said)
    assert proven == {True: 2, False: 1}
    assert {(one.source_id is None, one.source_region_code is None) for one in said} == {
        (False, False), (True, False), (True, True),
    }  # fmt: skip
    stages = session.scalars(select(Photo.progress).where(Photo.progress.is_not(None)).order_by(Photo.progress)).all()
    assert stages == [0, 50, 100]
    assert len(session.scalars(select(Photo.id).where(Photo.answers_photo_id.is_not(None))).all()) >= 8
    assert "informasi.bandung" in "".join(remembered(settings))


def sent(cases: list[Evidence]) -> list[Evidence]:
    return [case for case in cases if case.state != State.DRAFT]


def test_without_people_the_first_lines_say_how_to_make_one(session: Session, tmp_path: Path) -> None:
    assert notes(session, Settings(data_dir=tmp_path)) == ["Buat administrator pertama: ./petabukti admin create"]
