"""People, regions, periods and cases for tests, made through the product's own services wherever they matter.

The regions are a made-up grid under codes 99.*: province 99, kabupaten 99.01 and kota 99.71, each with four kecamatan,
squares of 0.1° from lon 100, lat -2 on. Nothing here is a real place.
"""

from __future__ import annotations

import atexit
import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from shapely import MultiPolygon, box, union_all
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from geo.columns import stored_area, stored_point
from geo.values import LonLat
from media.decoding import Decoder
from media.intake import Intake
from media.store import Store
from tests import photos
from webapp.access import Role
from webapp.accounts import totp
from webapp.accounts.models import Account, Appointment, SecondFactor
from webapp.accounts.passwords import hash_password
from webapp.accounts.sealing import Vault
from webapp.conflict.models import CoiDeclaration
from webapp.conflict.rules import STATEMENT_VERSION
from webapp.evidence import services
from webapp.evidence.models import Evidence
from webapp.evidence.rules import Move, State
from webapp.programme.models import Aspect, Indicator, Instrument, Participant, Period
from webapp.programme.rules import Mode, PeriodState
from webapp.scoring import services as scoring
from webapp.scoring.models import Claim, UnclaimedZero
from webapp.territory.models import Agency, BoundaryDataset, Region, RegionBoundary
from webapp.territory.rules import BOUNDARY_ERROR_M, AgencyKind, Level
from webapp.verification.models import FieldVisit
from webapp.verification.rules import Verdict

_numbers = itertools.count(1)
NOW = datetime(2018, 8, 6, 3, 0, tzinfo=UTC)  # Senin, 6 Agustus 2018, 10.00 WIB
TODAY = NOW.date()
PASSWORD = "kuda-laut-menari-42"
SECRET_KEY = "kunci-untuk-uji"  # of every app under test

KABUPATEN, KOTA = "99.01", "99.71"
MINE, NEXT_DOOR, FAR = "99.01.01", "99.01.02", "99.71.01"  # kecamatan of the usual camat, the neighbour, another city


def square(code: str) -> MultiPolygon:
    """The square of a kecamatan of the grid, degrees lon/lat."""
    row = 0 if code.startswith(KABUPATEN) else 1
    west, south = 100 + 0.1 * (int(code[-2:]) - 1), -2 + 0.1 * row
    return MultiPolygon([box(west, south, west + 0.1, south + 0.1)])


def middle(code: str) -> LonLat:
    """A point well inside a kecamatan of the grid."""
    centre = square(code).centroid
    return LonLat(round(centre.x, 6), round(centre.y, 6))


def territory(session: Session) -> BoundaryDataset:
    """The grid with its boundaries, once per test."""
    known = session.query(BoundaryDataset).filter_by(name="kisi uji").one_or_none()
    if known is not None:
        return known
    dataset = BoundaryDataset(
        name="kisi uji", source="tests", licence="-", attribution="Kisi uji", vintage="2018", approximate=True,
        imported_at=NOW,
    )  # fmt: skip
    session.add(dataset)
    units = {f"{upper}.{n:02d}": square(f"{upper}.{n:02d}") for upper in (KABUPATEN, KOTA) for n in range(1, 5)}
    areas = {**units}
    for upper in (KABUPATEN, KOTA):
        areas[upper] = _whole(area for code, area in units.items() if code.startswith(upper))
    areas["99"] = _whole(units.values())
    names = {"99": "Provinsi Uji", KABUPATEN: "Kabupaten Uji", KOTA: "Kota Uji"}
    for code in sorted(areas):
        level = {2: Level.PROVINSI, 5: Level.KOTA if code == KOTA else Level.KABUPATEN, 8: Level.KECAMATAN}[len(code)]
        upper_level = Level.KOTA if code.startswith(KOTA) else Level.KABUPATEN
        session.add(
            Region(
                code=code, name=names.get(code, f"Kecamatan {code}"), level=level,
                parent_code=code.rpartition(".")[0] or None, time_zone="Asia/Jakarta",
                boundary_error_m=BOUNDARY_ERROR_M[upper_level],
            )
        )  # fmt: skip
        session.flush()
        session.add(
            RegionBoundary(
                region_code=code, dataset=dataset, area=stored_area(areas[code]), outline=stored_area(areas[code]),
                label_point=stored_point(LonLat(areas[code].centroid.x, areas[code].centroid.y)), area_km2=1.0,
            )
        )  # fmt: skip
    session.flush()
    return dataset


def _whole(areas: Any) -> MultiPolygon:
    joined = union_all(list(areas))
    return joined if isinstance(joined, MultiPolygon) else MultiPolygon([joined])


_JUDGES = frozenset({Role.DESK_VERIFIER, Role.FIELD_VERIFIER, Role.ASSESSOR, Role.PROVINCIAL_TEAM, Role.CHAIR})


def account(
    session: Session, *posts: tuple[Role, str | None], name: str | None = None, on: date = TODAY, declares: bool = True
) -> Account:  # fmt: skip
    """A person with those posts since 2016; powers as of `on`. The password is `PASSWORD` (see `password_hash`).

    declares: whoever judges has made the statement about conflicts for every period there is, and makes it for those
    that `period` makes later.
    """
    number = next(_numbers)
    person = Account(username=f"orang{number}", name=name or f"Orang {number}", password_hash=_hash())
    person.appointments = [
        Appointment(
            role=role, region_code=code, starts_on=date(2016, 1, 1),
            agency_id=agency(session, code or "").id if role is Role.AGENCY_HEAD else None,
        )
        for role, code in posts
    ]  # fmt: skip
    session.add(person)
    session.flush()
    if declares and any(role in _JUDGES for role, _ in posts):
        session.info.setdefault("judges", []).append(person.id)
        declared(session, [person.id], session.scalars(select(Period.id)).all())
    return person.as_of(on)


def agency(session: Session, code: str, name: str = "Dinas Pekerjaan Umum") -> Agency:
    """The agency of that name of a government."""
    known = session.query(Agency).filter_by(region_code=code, name=name).one_or_none()
    if known is None:
        known = Agency(region_code=code, name=name, kind=AgencyKind.OPD)
        session.add(known)
        session.flush()
    return known


@contextmanager
def beyond_the_rules(session: Session) -> Iterator[None]:
    """What the database would refuse, written down all the same."""
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = replica"))
    yield
    session.flush()
    session.execute(text("SET LOCAL session_replication_role = origin"))


def declared(session: Session, people: Iterable[int], periods: Iterable[int]) -> None:
    """Those people have made the statement for those periods, and declared no tie."""
    for who, which in itertools.product(people, periods):
        known = session.query(CoiDeclaration).filter_by(account_id=who, period_id=which).one_or_none()
        if known is None:
            session.add(
                CoiDeclaration(account_id=who, period_id=which, statement_version=STATEMENT_VERSION, made_at=NOW)
            )
    session.flush()


def second_factor(session: Session, person: Account) -> str:
    """A phone that was set up long ago; answers the secret its codes come from."""
    secret = totp.new_secret()
    sealed = Vault(SECRET_KEY).seal(secret, SecondFactor.owner_of(person.id))
    person.second_factor = SecondFactor(secret=sealed, confirmed_at=NOW - timedelta(days=99), last_step=0)
    session.flush()
    return secret


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


def camat(session: Session, code: str = MINE) -> Account:
    return account(session, (Role.CAMAT, code))


def desk(session: Session, code: str = KABUPATEN) -> Account:
    return account(session, (Role.DESK_VERIFIER, code))


def surveyor(session: Session, code: str = KABUPATEN) -> Account:
    return account(session, (Role.FIELD_VERIFIER, code))


def assessor(session: Session, code: str = KABUPATEN) -> Account:
    return account(session, (Role.ASSESSOR, code))


def chair(session: Session, code: str = KABUPATEN) -> Account:
    return account(session, (Role.CHAIR, code))


def leader(session: Session, code: str = KABUPATEN) -> Account:
    return account(session, (Role.LEADER, code))


def instrument(session: Session, *modes: Mode) -> Instrument:
    """One aspect with an indicator per mode (default: field, desk), weights total 100."""
    wanted = modes or (Mode.FIELD, Mode.DESK)
    share = Decimal(100) / len(wanted)
    territory(session)
    made = Instrument(name=f"Instrumen uji {next(_numbers)}", region_code=KABUPATEN, version=1, example=True)
    made.aspects = [
        Aspect(
            position=1, name="Inovasi", weight=Decimal(100),
            indicators=[
                Indicator(position=n, name=f"Indikator {n}", weight=share, mode=mode, required=True)
                for n, mode in enumerate(wanted, start=1)
            ],
        )
    ]  # fmt: skip
    session.add(made)
    session.flush()
    return made


def period(session: Session, *modes: Mode, code: str = KABUPATEN, quorum: int = 1, units: int = 4) -> Period:
    """An open period of 2018 in which the kecamatan of `code` take part."""
    territory(session)
    tool = instrument(session, *modes)
    made = Period(
        name=f"Penilaian uji {next(_numbers)}", region_code=code, instrument=tool, starts_on=date(2018, 1, 1),
        ends_on=date(2018, 12, 31), time_zone="Asia/Jakarta", quorum=quorum, state=PeriodState.OPEN, opened_at=NOW,
    )  # fmt: skip
    made.participants = [Participant(region_code=f"{code}.{n:02d}") for n in range(1, units + 1)]
    session.add(made)
    session.flush()
    tool.frozen_at = NOW
    session.flush()
    declared(session, session.info.get("judges", ()), [made.id])
    return made


@cache
def decoder() -> Decoder:
    """The decoding children that all tests of a run share; they end with it."""
    shared = Decoder()
    atexit.register(shared.close)
    return shared


def intake(store: Store) -> Intake:
    """The way in to a store, with the usual limits."""
    return Intake(store, decoder())


@dataclass
class Team:
    """The people of a usual case."""

    camat: Account
    desk: Account
    surveyor: Account
    assessor: Account
    chair: Account
    leader: Account
    period: Period
    second: Account  # another verifier of the desk: a rejection needs two people
    store: Store = field(default_factory=lambda: Store.open("memory:///"))

    @property
    def intake(self) -> Intake:
        """The way in to their store."""
        return intake(self.store)


def team(session: Session, *modes: Mode, code: str = KABUPATEN) -> Team:
    """A period with its people; see `case` for evidence."""
    run = period(session, *modes, code=code)
    unit = f"{code}.01"
    people = [make(session, code) for make in (desk, surveyor, assessor, chair, leader)]
    # Most tests are about one unit; the others' silence is decided beforehand.
    silence = UnclaimedZero(period_id=run.id, decided_by=people[3].id, decided_at=NOW, reason="Pleno: tidak diklaim")
    session.add(silence)
    session.flush()
    return Team(camat(session, unit), *people, run, desk(session, code))


def fields(**changes: Any) -> services.CaseFields:
    """What a camat writes about a themed neighbourhood."""
    usual: dict[str, Any] = {
        "title": f"Kampung Tematik {next(_numbers)}", "kind_code": "inovasi", "activity_code": "kampung_tematik",
        "occurred_from": date(2018, 8, 1), "occurred_to": date(2018, 8, 1), "note": "Gang dicat warga.",
        "consent": "not_needed",
    }  # fmt: skip
    return services.CaseFields(**{**usual, **changes})


def incoming(place: LonLat | None = None, **changes: Any) -> services.Incoming:
    """A small phone photo, with EXIF GPS at `place`; `fix=...` adds a browser fix of 8 m taken a minute ago."""
    number = next(_numbers)
    lon, lat = (place.lon, place.lat) if place else (None, None)
    usual: dict[str, Any] = {
        "upload_id": uuid.uuid4(), "name": f"foto{number}.jpg",
        "fix_accuracy_m": 8.0, "fix_at": NOW - timedelta(minutes=1),
        "data": photos.phone_jpeg(lon=lon, lat=lat, taken_at=datetime(2018, 8, 1, 8, 0), seed=number, size=(640, 480)),  # noqa: DTZ001
    }  # fmt: skip
    return services.Incoming(**{**usual, **changes})


def case(
    session: Session, people: Team, state: State = State.DRAFT, *, unit: str | None = None, at: datetime = NOW,
    place: LonLat | None = None, **changes: Any,
) -> Evidence:  # fmt: skip
    """A case of the team's camat with one photo and a device fix inside the unit, led to `state` by its own moves."""
    code = unit or people.camat.grants[0].region_code
    owner = people.camat if unit is None else camat(session, unit)
    made = services.create(
        session, actor=owner, region_code=code, client_id=uuid.uuid4(), fields=fields(**changes), at=at
    )
    fix = place or middle(code)
    services.add_photos(session, made, [incoming(fix, fix=fix)], actor=owner, at=at, intake=people.intake)
    if state is State.WITHDRAWN:
        services.move(session, made, Move.WITHDRAW, actor=owner, at=at)
    elif state is not State.DRAFT:
        services.submit(session, made, actor=owner, at=at)
        _lead(session, made, people, state, at)
    session.flush()
    return made


_WAYS: dict[State, tuple[Move, ...]] = {
    State.SUBMITTED: (),
    State.UNDER_REVIEW: (Move.TAKE,),
    State.RETURNED: (Move.TAKE, Move.RETURN),
    State.REJECTION_PROPOSED: (Move.TAKE, Move.PROPOSE_REJECTION),
    State.REJECTED: (Move.TAKE, Move.PROPOSE_REJECTION, Move.CONFIRM_REJECTION),
    State.VERIFIED_DESK: (Move.TAKE, Move.ACCEPT_AT_DESK),
    State.AWAITING_FIELD: (Move.TAKE, Move.SEND_TO_FIELD),
    State.OBJECTED: (Move.TAKE, Move.PROPOSE_REJECTION, Move.CONFIRM_REJECTION, Move.OBJECT),
    State.VERIFIED_FIELD: (Move.TAKE, Move.SEND_TO_FIELD, Move.CONFIRM_ON_SITE),
    State.MISMATCH: (Move.TAKE, Move.SEND_TO_FIELD, Move.REFUTE_ON_SITE),
}


def _lead(session: Session, made: Evidence, people: Team, state: State, at: datetime) -> None:
    for step in _WAYS[state]:
        on_site = step in (Move.CONFIRM_ON_SITE, Move.REFUTE_ON_SITE)
        actor = people.surveyor if on_site else people.desk
        actor = people.second if step is Move.CONFIRM_REJECTION else actor
        actor = people.camat if step is Move.OBJECT else actor
        until = at + timedelta(minutes=30) if step is Move.TAKE else None
        services.move(session, made, step, actor=actor, at=at, note="catatan uji", until=until)


def visit(session: Session, evidence: Evidence, by: Account, verdict: Verdict | None = Verdict.MATCHES) -> FieldVisit:
    """A visit on the spot; complete with `verdict`, or still going on with None."""
    made = FieldVisit(
        evidence_id=evidence.id, assessor_id=by.id, checked_in_at=NOW, place=stored_point(middle(evidence.region_code)),
        accuracy_m=8.0, metres_off=5.0, verdict=verdict, completed_at=NOW if verdict else None, note="catatan uji",
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def claim(session: Session, people: Team, *cases: Evidence, number: int = 0, unit: str | None = None) -> Claim:
    """The team's camat claims the `number`th indicator of the period with those cases."""
    code = unit or str(people.camat.grants[0].region_code)
    owner = people.camat if unit is None else camat(session, unit)
    indicator = people.period.instrument.aspects[0].indicators[number]
    made = scoring.claim(session, people.period, code, indicator.id, "Kami lakukan.", actor=owner, at=NOW)
    for one in cases:
        scoring.tie(session, made, one.id, actor=owner, at=NOW)
    return made


def several(session: Session) -> Callable[[], AbstractContextManager[sessionmaker[Session]]]:
    """What a command of the terminal is given for several transactions, here all within that of the test."""
    return lambda: nullcontext(sessionmaker(session.get_bind(), join_transaction_mode="create_savepoint"))
