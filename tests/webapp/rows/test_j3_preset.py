"""J3 (Margahayu, 6 Aug 2018): six aspects the provincial team looks at, the last of them the camat's own mastery."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN
from tests.webapp.conftest import Opener
from webapp.access import Role
from webapp.programme.models import Instrument
from webapp.programme.rules import Method

ASPECTS = [
    "Pelayanan publik", "Koordinasi penyelenggaraan pemerintahan", "Inovasi dan upaya", "Kompetensi SDM",
    "Pengelolaan anggaran", "Penguasaan materi oleh camat",
]  # fmt: skip


def test_j3_the_preset_has_six_aspects_and_mastery_is_heard_in_the_interview(session: Session, opened: Opener) -> None:
    """Preset "Sinergitas Jabar" has 6 aspects; mastery alone is a presentation, half of the whole.

    That only assessors who were there score it belongs to the stages of a period.
    """
    factories.territory(session)
    browser = opened(factories.account(session, (Role.SECRETARIAT, KABUPATEN)))
    page = browser.send(browser.open("/program/instrumen/baru"), "/contoh", **{"sistem-preset": "jabar"})
    tool = session.scalars(select(Instrument)).one()
    assert [one.name for one in tool.aspects] == ASPECTS
    heard = {aspect.name for aspect in tool.aspects for one in aspect.indicators if one.method == Method.PRESENTATION}
    assert heard == {"Penguasaan materi oleh camat"}
    mastery = tool.aspects[5]
    assert [one.evidence_required for one in mastery.indicators] == [0]
    assert mastery.weight == Decimal(50)
    assert sum(one.weight for one in tool.aspects[:5]) == Decimal(50)
    assert "Pemaparan atau wawancara" in page.text
    assert "Bobot aspek 50,00 % contoh" in page.text
