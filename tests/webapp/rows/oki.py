"""Ogan Komering Ilir as the article and the decree of codes know it: 18 kecamatan, and one of its neighbours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

from sqlalchemy.orm import Session

from tests import factories
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.programme import services
from webapp.programme.models import Aspect, Indicator, Instrument, Period
from webapp.programme.rules import Method, Mode, StageKind
from webapp.territory.models import Region
from webapp.territory.rules import Level

OKI, NEIGHBOUR = "16.02", "16.03.01"
KECAMATAN = {
    "16.02.02": "Tanjung Lubuk", "16.02.03": "Pedamaran", "16.02.04": "Mesuji", "16.02.05": "Kayu Agung",
    "16.02.08": "Sirah Pulau Padang", "16.02.11": "Tulung Selapan", "16.02.12": "Pampangan", "16.02.13": "Lempuing",
    "16.02.14": "Air Sugihan", "16.02.15": "Sungai Menang", "16.02.17": "Jejawi", "16.02.18": "Cengal",
    "16.02.19": "Pangkalan Lampam", "16.02.20": "Mesuji Makmur", "16.02.21": "Mesuji Raya",
    "16.02.22": "Lempuing Jaya", "16.02.23": "Teluk Gelam", "16.02.24": "Pedamaran Timur",
}  # fmt: skip
DAYS = (date(2017, 7, 25), date(2017, 7, 26))  # Selasa dan Rabu
PLACE = "Ruang rapat Setda, Kayu Agung"
MORNING = time(9)
OPENING_DAY = datetime(2017, 7, 25, 1, 0, tzinfo=UTC)  # 08.00 WIB
TWO_STAGE = (
    StageKind.PRESENTATION, StageKind.SHORTLIST, StageKind.ADVANCED, StageKind.PLENARY, StageKind.FINAL,
    StageKind.ANNOUNCEMENT,
)  # fmt: skip


def territory(session: Session) -> None:
    """The kabupaten with its kecamatan, and a neighbour's."""
    place_region(session, "16", "Sumatera Selatan", Level.PROVINSI)
    place_region(session, OKI, "Kabupaten Ogan Komering Ilir", Level.KABUPATEN)
    place_region(session, NEIGHBOUR[:5], "Kabupaten Muara Enim", Level.KABUPATEN)
    for code, name in {**KECAMATAN, NEIGHBOUR: "Tanjung Agung"}.items():
        place_region(session, code, name, Level.KECAMATAN)


def place_region(session: Session, code: str, name: str, level: Level) -> None:
    """A region without boundaries: nothing is placed in it."""
    session.add(
        Region(
            code=code, name=name, level=level, parent_code=code.rpartition(".")[0] or None, time_zone="Asia/Jakarta",
            boundary_error_m=150,
        )
    )  # fmt: skip
    session.flush()


def secretariat_of_oki(session: Session) -> Account:
    """Who prepares it. The territory is there afterwards."""
    if session.get(Region, OKI) is None:
        territory(session)
    return factories.account(session, (Role.SECRETARIAT, OKI), on=DAYS[0])


def assessors(session: Session, number: int = 3) -> list[Account]:
    return [factories.account(session, (Role.ASSESSOR, OKI), on=DAYS[0]) for _ in range(number)]


def instrument(session: Session, *, second_round: bool = False) -> Instrument:
    """The aims of the article as what is valued of a presentation; the article gives no numbers, these are examples."""
    made = Instrument(name="Penilaian camat OKI", region_code=OKI, example=True)
    made.aspects = [
        _aspect(1, "Pelayanan umum", "50", 1), _aspect(2, "Kemampuan dan kapasitas", "50", 1),
        *([_aspect(3, "Penilaian lanjutan", "100", 2)] if second_round else []),
    ]  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _aspect(position: int, name: str, weight: str, part: int) -> Aspect:
    heard = Indicator(
        position=1, name=name, weight=Decimal(100), mode=Mode.DESK, method=Method.PRESENTATION, evidence_required=0
    )
    return Aspect(position=position, name=name, weight=Decimal(weight), round=part, indicators=[heard])


def fields(tool: Instrument, **changes: object) -> services.PeriodFields:
    """What the secretariat says about "OKI 2017"."""
    said = {
        "name": "OKI 2017", "region_code": OKI, "instrument_id": tool.id, "starts_on": date(2017, 1, 1),
        "ends_on": date(2017, 12, 31), "quorum": 3, "programme": "Penilaian camat OKI", "shortlist_size": 6,
        "stages": tuple(services.StagePlan(kind) for kind in TWO_STAGE),
        **changes,
    }  # fmt: skip
    return services.PeriodFields(**said)  # type: ignore[arg-type]


def opened(session: Session, actor: Account) -> Period:
    """ "OKI 2017", open, with the stage of presentations running."""
    period = services.create_period(session, fields(instrument(session)), KECAMATAN, actor=actor, at=OPENING_DAY)
    services.open_period(session, period, actor=actor, at=OPENING_DAY)
    services.open_stage(session, period, StageKind.PRESENTATION, actor=actor, at=OPENING_DAY)
    session.refresh(period)
    factories.declared(session, session.info.get("judges", ()), [period.id])
    return period
