"""L6 [S4], Belitung, 8 October 2019: the government got category C because some heads did not report."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW
from tests.webapp.conftest import Opener
from webapp.evidence.rules import State
from webapp.programme.models import GradeBand, Period
from webapp.programme.rules import Mode
from webapp.scoring import services
from webapp.territory.models import Region

# The five kecamatan of Belitung (19.02) stand on the test's grid; the demo's grade table is the house's proposal [P].
UNITS = ("Tanjungpandan", "Membalong", "Selat Nasik", "Sijuk")
BANDS = (("A", 80), ("BB", 70), ("B", 60), ("CC", 50), ("C", 30), ("D", 0))


def belitung(session: Session, reported: dict[str, int]) -> tuple[factories.Team, Period]:
    people = factories.team(session, Mode.DESK)
    people.period.name = "Evaluasi Kinerja Belitung 2019"
    for unit, name in zip(people.period.participants, UNITS, strict=True):
        session.get_one(Region, unit.region_code).name = name
    tool = people.period.instrument
    with factories.beyond_the_rules(session):  # it is frozen already
        tool.grades = [GradeBand(label=label, from_total=Decimal(one), includes=label != "B") for label, one in BANDS]
    for name, value in reported.items():
        code = f"{factories.KABUPATEN}.{UNITS.index(name) + 1:02d}"
        own = None if code == factories.MINE else code
        made = factories.claim(
            session, people, factories.case(session, people, State.VERIFIED_DESK, unit=own), unit=own
        )
        services.score(session, made, Decimal(value), actor=people.assessor, at=NOW)
    return people, people.period


def test_l6_category_c_and_who_did_not_report(session: Session, opened: Opener) -> None:
    people, period = belitung(session, {"Tanjungpandan": 82, "Sijuk": 76})
    result = services.finalise(session, period, actor=people.chair, at=NOW)
    by_name = {line["name"]: (line["total"], line["grade"]) for line in result.content["ranking"]}
    assert by_name == {
        "Tanjungpandan": ("82.00", "A"), "Sijuk": ("76.00", "BB"), "Membalong": ("0.00", "D"),
        "Selat Nasik": ("0.00", "D"),
    }  # fmt: skip
    assert (result.content["region"]["mean"], result.content["region"]["grade"]) == ("39.50", "C")
    session.commit()
    page = opened(people.leader).open(f"/penilaian/{period.id}/hasil")
    told = page.text.split("menurunkan nilai wilayah:")[1].split("Keabsahan")[0]
    assert "Predikat C" in page.text
    assert "Membalong" in told
    assert "Selat Nasik" in told
    assert "Sijuk" not in told


def test_l6_had_all_reported_the_grade_were_another(session: Session, opened: Opener) -> None:
    people, period = belitung(session, {"Tanjungpandan": 82, "Sijuk": 76, "Membalong": 75, "Selat Nasik": 7})
    result = services.finalise(session, period, actor=people.chair, at=NOW)
    assert (result.content["region"]["mean"], result.content["region"]["grade"]) == ("60.00", "CC")  # B only above 60
    assert result.content["region"]["silent"] == []
    session.commit()
    assert "menurunkan nilai wilayah" not in opened(people.leader).open(f"/penilaian/{period.id}/hasil").text
