"""B3: four activities that surely earn points: a verified event the configured points, up to the cap of the period."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from tests import photos
from tests.factories import NOW
from tests.webapp.rows import ground
from tests.webapp.rows.sip import ROUNDS, Sip, camat, sip
from tests.webapp.scoring import valuing
from webapp.accounts.models import Account
from webapp.evidence.models import Evidence
from webapp.evidence.rules import State
from webapp.scoring import queries, services
from webapp.signals import services as signals

COBLONG = {"lat": -6.8768, "lon": 107.6160}  # BDG-01


def round_of(
    session: Session, run: Sip, activity: str, number: int, *, owner: Account | None = None,
    state: State = State.VERIFIED_FIELD, **changes: object,
) -> Evidence:  # fmt: skip
    """One more event, on a day of its own."""
    place = {**COBLONG, **{key: changes.pop(key) for key in ("lat", "lon") if key in changes}}
    return ground.filed(  # type: ignore[misc]
        session, run.people, owner or run.people.camat, state, on=date(2017, 2, 3) + timedelta(weeks=number),
        title=f"{ROUNDS[activity]} ke-{number}", kind_code="kegiatan", activity_code=activity, **place, **changes,
    )  # fmt: skip


def test_b3_each_verified_event_raises_the_third_group_by_exactly_its_points(session: Session) -> None:
    run = sip(session)
    people = run.people
    claims = [
        valuing.claim(session, people, asked, round_of(session, run, activity, number))
        for number, (activity, asked) in enumerate(zip(ROUNDS, run.rounds, strict=True), start=1)
    ]
    # One event of each: 2 of 10 points in each of four, that is 20 of 100 in the group and 6 of 100 in the whole.
    assert (run.group(session, 3), run.total(session)) == ("20.00", "6.00")
    dawn = claims[1]
    for number, expected in ((2, "25.00"), (3, "30.00"), (4, "35.00"), (5, "40.00"), (6, "40.00")):
        case = round_of(session, run, "subuh_keliling", number + 10)
        services.tie(session, dawn, case.id, actor=people.camat, at=NOW)
        assert run.group(session, 3) == expected  # 2 of 10 in one of four: 5 of the group; the sixth is above the cap
    assert run.total(session) == "12.00"
    waiting = round_of(session, run, "jumat_keliling", 30, state=State.UNDER_REVIEW)
    services.tie(session, claims[2], waiting.id, actor=people.camat, at=NOW)
    assert run.group(session, 3) == "40.00"  # not verified yet: no points


def test_b3_the_same_photo_twice_is_flagged_and_counts_once(session: Session) -> None:
    run = sip(session)
    people = run.people
    photo = photos.phone_jpeg(lon=COBLONG["lon"], lat=COBLONG["lat"], seed=15, size=(640, 480))
    first = round_of(session, run, "subuh_keliling", 1, photo=photo)
    made = valuing.claim(session, people, run.rounds[1], first)
    assert run.group(session, 3) == "5.00"
    again = round_of(session, run, "subuh_keliling", 2, photo=photo)
    services.tie(session, made, again.id, actor=people.camat, at=NOW)
    assert run.group(session, 3) == "5.00"
    assert queries.standing_of(session, made).events == 1

    # BDG-15: Rancasari sends Coblong's photo; the signal stands beside its claim until the desk rejects the case.
    rancasari = camat(session, "32.73.23")
    copied = round_of(
        session,
        run,
        "subuh_keliling",
        3,
        owner=rancasari,
        photo=photo,
        state=State.SUBMITTED,
        lat=-6.9546,
        lon=107.6742,
    )
    theirs = valuing.claim(session, people, run.rounds[1], copied, by=rancasari)
    signals.look(session, copied.id, at=NOW)
    assert queries.doubted(session, queries.cases_of([theirs])) == {copied.id}
    ground.reject(session, people, copied)
    assert (run.group(session, 3, "32.73.23"), queries.standing_of(session, theirs).events) == ("0.00", 0)
