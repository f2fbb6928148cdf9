"""Photos that belong together: three stages side by side, a missing one named, and nothing of cases one may not see."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, KOTA, NEXT_DOOR, NOW, Team
from tests.webapp.conftest import Opener
from webapp.evidence import services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State


@pytest.fixture
def people(session: Session) -> Team:
    return factories.team(session)


def staged(session: Session, people: Team, *stages: int, **changes: Any) -> Evidence:
    """A case with a photo for each stage."""
    made = factories.case(session, people, **changes)
    files = [factories.incoming(), factories.incoming(), factories.incoming()][: len(stages) - 1]
    services.add_photos(session, made, files, actor=made.owner, at=NOW, intake=people.intake)
    session.flush()
    for photo, stage in zip(sorted(made.photos, key=lambda one: one.id), stages, strict=False):
        photo.progress = stage
    services.submit(session, made, actor=made.owner, at=NOW)
    session.flush()
    return made


def test_three_stages_stand_side_by_side_and_a_missing_one_is_named(
    session: Session, people: Team, opened: Opener
) -> None:
    whole = staged(session, people, 0, 50, 100, title="Trotoar lengkap")
    part = staged(session, people, 0, 100, title="Trotoar tanpa tengah", unit=NEXT_DOOR)
    plain = factories.case(session, people, State.SUBMITTED, title="Tanpa tahap")
    client = opened(people.leader).client
    page = client.get(f"/peta/{KABUPATEN}/foto").text
    for case, shown, gaps in ((whole, 3, 0), (part, 2, 1)):
        own = page.split(f'id="bukti-{case.id}"')[1].split("</section>")[0]
        assert own.count("<img") == shown + 2 and own.count("Belum ada foto 50") == gaps
        assert own.index("0\N{NO-BREAK SPACE}%</strong>") < own.index("100\N{NO-BREAK SPACE}%</strong>")
        assert "Tahap pekerjaan" in client.get(f"/bukti/{case.id}").text
        assert own.count('type="range"') == 1  # the first of them over the last
        assert own.count(case.region.name) >= shown  # date and place below each
    assert plain.title not in page and "Dari 2 yang diklaim" in page
    assert "Tahap pekerjaan</h3>" not in client.get(f"/bukti/{plain.id}").text
    assert "Trotoar lengkap" not in client.get(f"/peta/{NEXT_DOOR}/foto").text
    far = opened(factories.leader(session, KOTA)).client
    assert far.get(f"/peta/{KABUPATEN}/foto").status_code == 404
    assert 'id="bukti-' not in far.get(f"/peta/{KOTA}/foto").text


def test_a_photo_of_the_unit_stands_beside_the_one_that_answers_it(
    session: Session, people: Team, opened: Opener
) -> None:
    case = factories.case(session, people, State.AWAITING_FIELD)
    visit = factories.visit(session, case, people.surveyor, None)
    answered = services.add_photo(
        session, case, factories.incoming(answers_photo_id=case.photos[0].id), actor=people.surveyor, at=NOW,
        intake=people.intake, visit_id=visit.id,
    )  # fmt: skip
    session.flush()
    told = session.scalar(text("SELECT answers_photo_id FROM photo WHERE id = :id"), {"id": answered.id})  # type: ignore[union-attr]
    assert told == case.photos[0].id
    for path in (f"/peta/{KABUPATEN}/foto", f"/bukti/{case.id}"):
        page = opened(people.leader).client.get(path).text
        assert "Foto pengusul</strong>" in page and "Foto petugas di lapangan</strong>" in page, path
