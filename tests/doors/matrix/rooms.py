"""Meetings, agreements and regulations of the world: their making, their addresses and their forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

from sqlalchemy.orm import Session

from tests.doors.matrix.people import AWAY, AWAY_UNIT
from tests.doors.matrix.relations import REGIONS, Values
from tests.doors.matrix.table import Cell
from tests.doors.matrix.world import UNKNOWN, World
from tests.factories import KABUPATEN, KOTA, MINE, NEXT_DOOR, NOW
from webapp.accounts.models import Account
from webapp.agreement.models import Agreement, AgreementSet, AgreementStep
from webapp.meeting import services as meetings
from webapp.meeting.models import Meeting, MeetingAnnex, MeetingAttendance, MeetingItem, MeetingSeries
from webapp.meeting.rules import digest
from webapp.recap.queries import FORMAT
from webapp.register.models import Regulation
from webapp.scoring.citation_models import ClaimRegulation
from webapp.scoring.models import Claim

DAY = date(2018, 8, 1)
# area of each place; whose meetings a kecamatan of "here" is invited to
PLACES = {"here": KABUPATEN, "unit": MINE, "closed": MINE, "neighbour": NEXT_DOOR, "elsewhere": KOTA, "away": AWAY_UNIT}

RECAP = {
    "format": FORMAT, "title": "", "region": "", "year": 2018, "as_of": NOW.isoformat(), "threshold": "75.00",
    "quarters": [1], "value": None, "grade": "", "lines": [],
}  # fmt: skip


class Rooms:
    """Makes them and writes down their ids. Rows, not deeds: who may do what is tried by the table."""

    def __init__(self, session: Session, world: World) -> None:
        self.session, self.made = session, world
        self.by: Account = world.people["S"]

    def make(self) -> None:
        """Everything."""
        for place, code in PLACES.items():
            self._meeting(place, code)
        self._agreements()
        self._regulations()

    def _meeting(self, place: str, code: str) -> None:
        invited = [MINE] if place == "here" else []
        run = MeetingSeries(
            region_code=code, kind="rakor", name=f"Rapat {place}", starts_on=DAY, invited=invited, made_by=self.by.id,
            made_at=NOW,
        )  # fmt: skip
        one = Meeting(
            series=run, region_code=code, number=1, held_on=DAY, starts_at=time(9), agenda="Satu", invited=invited,
            made_by=self.by.id, made_at=NOW,
        )  # fmt: skip
        one.attendance = [MeetingAttendance(unit_kind="other", unit_name="Unit", present=True, heads=1)]
        self.session.add_all((run, one))
        self.session.flush()
        task = MeetingItem(
            series_id=run.id, meeting_id=one.id, what="Kerja", owner_kind="other", owner_name="Unit", due_on=DAY,
            made_by=self.by.id, made_at=NOW,
        )  # fmt: skip
        self.session.add(task)
        self.session.flush()
        self.made.series[place], self.made.meetings[place], self.made.tasks[place] = run.id, one.id, task.id
        recap = {**RECAP, "title": f"Rekap {place}"}
        kept = MeetingAnnex(
            meeting_id=one.id, title=recap["title"], content=recap, sha256=digest(recap), actor_id=self.by.id, at=NOW
        )
        one.annexes.append(kept)
        self.session.flush()
        self.made.annexes[place] = kept.id
        if place == "closed":
            meetings.close(self.session, one, actor=self.made.people["C"], at=NOW)

    def _agreements(self) -> None:
        people = self.made.people
        for place, code in (("here", KABUPATEN), ("elsewhere", KOTA), ("away", AWAY)):
            rule = AgreementSet(
                region_code=code, name="Kumpulan", term_months=12, window_months=6, covers_camat=False, basis="-",
                made_by=self.by.id, made_at=NOW,
            )  # fmt: skip
            self.session.add(rule)
            self.session.flush()
            self.made.agreement_sets[place] = rule.id
            self._agreement(place, rule, None)
            if place == "here":
                self._agreement("held", rule, people["R"])
                self._agreement("self", rule, people["L"])
                done = self._agreement("over", rule, None)
                self.session.add(
                    AgreementStep(
                        agreement_id=done.id, number=1, kind="met", reason="Tercapai", decided_on=NOW.date(),
                        actor_id=people["L"].id, at=NOW,
                    )
                )  # fmt: skip
        self.session.flush()

    def _agreement(self, name: str, rule: AgreementSet, holder: Account | None) -> Agreement:
        one = Agreement(
            set_id=rule.id, region_code=rule.region_code, set_name=rule.name, basis="-", unit_name="Dinas",
            post="Kepala Dinas", holder_id=holder.id if holder else None, targets=["Satu"], agreed_on=date(2017, 7, 4),
            due_on=date(2018, 7, 4), window_until=date(2019, 1, 4), made_by=self.by.id, made_at=NOW,
        )  # fmt: skip
        self.session.add(one)
        self.session.flush()
        self.made.agreements[name] = one.id
        return one

    def _regulations(self) -> None:
        where = {"here": KABUPATEN, "above": "99", "elsewhere": KOTA, "away": AWAY, "revoked": KABUPATEN}
        for number, (place, code) in enumerate(where.items(), start=1):
            one = Regulation(
                region_code=code, kind="perbup", number=str(number), year=2016, title="Pelimpahan",
                in_force_from=date(2016, 5, 1), made_by=self.by.id, made_at=NOW,
            )  # fmt: skip
            if place == "revoked":
                one.revoked_on, one.revoked_because = date(2017, 1, 1), "Putusan"
            self.session.add(one)
            self.session.flush()
            self.made.regulations[place] = one.id
        for name, place in (("proven", "here"), ("theirs", "elsewhere"), ("final", "here")):
            claim = self.session.get_one(Claim, self.made.claims[name])
            self.session.add(
                ClaimRegulation(
                    claim_id=claim.id, regulation_id=self.made.regulations[place], period_id=claim.period_id,
                    cited_by=claim.claimed_by, cited_at=NOW,
                )
            )  # fmt: skip
        self.session.flush()


def _of_meeting(world: World, cell: Cell, verb: str) -> Values:
    if verb in ("listing", "new_series"):
        return {}
    if verb in ("series", "call"):
        return {"series_id": world.series.get(cell.relation, UNKNOWN)}
    others = {"crossed": ("unit", "elsewhere"), "unknown_item": ("unit", "unknown")}
    place, other = others.get(cell.relation, (cell.relation, cell.relation))
    task = {"item_id": world.tasks.get(other, UNKNOWN)} if verb == "settle" else {}
    return {"meeting_id": world.meetings.get(place, UNKNOWN), **task}


def _of_agreement(world: World, cell: Cell, verb: str) -> Values:
    return {"agreement_id": world.agreements.get(cell.relation, UNKNOWN)} if verb in ("show", "decide") else {}


def _of_register(world: World, cell: Cell, verb: str) -> Values:
    return {} if verb in ("listing", "new") else {"regulation_id": world.regulations.get(cell.relation, UNKNOWN)}


VALUES: dict[str, Callable[[World, Cell, str], Values]] = {
    "meeting": _of_meeting, "agreement": _of_agreement, "register": _of_register,
}  # fmt: skip


def _attendance(world: World, cell: Cell) -> Values:
    return {"unit_kind": "other", "unit_name": "Unit baru", "unit_heads": "2"}


def _task(world: World, cell: Cell) -> Values:
    """For the one unit of the meeting's list, whose number nobody wrote down: the first of the house are theirs."""
    places = list(PLACES)
    owner = places.index(cell.relation) + 1 if cell.relation in PLACES else UNKNOWN
    return {"what": "Kerjakan", "owner": str(owner), "due_on": "2018-08-31"}


def _entry(world: World, cell: Cell) -> Values:
    code = {"above": "99", "revoked": KABUPATEN}.get(cell.relation, REGIONS.get(cell.relation, "12.34"))
    return {
        "region_code": code, "kind": "perbup", "number": "99", "year": "2016", "title": "Pelimpahan baru",
        "in_force_from": "2016-05-01", "ends_on": "", "delegates": "", "file_sha256": "", "evidence_id": "",
    }  # fmt: skip


def _cited(world: World, cell: Cell) -> Values:
    place = {"theirs": "elsewhere", "elsewhere": "elsewhere", "foreign_elsewhere": "elsewhere"}.get(
        cell.relation, "here"
    )
    return {"regulation_id": str(world.regulations[place])}


FORMS: dict[str, Callable[[World, Cell], Values]] = {
    "meeting.new_series": lambda world, cell: {
        "region_code": REGIONS[cell.relation], "kind": "rakor", "name": "Rapat baru", "weekday": "",
        "starts_on": "2018-08-01", "agencies": "", "others": "Unit",
    },
    "meeting.call": lambda world, cell: {"held_on": "2018-08-08", "starts_at": "09:00", "venue": "Aula"},
    "meeting.write": lambda world, cell: {
        "held_on": "2018-08-01", "starts_at": "09:00", "ends_at": "", "venue": "Aula", "agenda": "Dua",
        "decisions": "", "evidence_id": "", "lon": "", "lat": "",
    },
    "meeting.locate": lambda world, cell: {"lon": "100.05", "lat": "-1.95", "accuracy_m": "8", "fix_at": ""},
    "meeting.attend": _attendance,
    "meeting.give": _task,
    "meeting.settle": lambda world, cell: {"state": "done", "reason": "Sudah."},
    "meeting.amend": lambda world, cell: {"body": "Ralat."},
    "agreement.new_set": lambda world, cell: {
        "region_code": REGIONS[cell.relation], "name": "Kumpulan baru", "term_months": "12", "window_months": "6",
        "basis": "",
    },
    "agreement.new": lambda world, cell: {
        "set_id": str(world.agreement_sets.get(cell.relation, UNKNOWN)), "unit_name": "Dinas", "post": "Kepala Dinas",
        "unit_code": "", "holder": "", "targets": "Satu", "agreed_on": "2018-07-04",
    },
    "agreement.decide": lambda world, cell: {"kind": "met", "reason": "Tercapai."},
    "register.new": _entry,
    "register.correct": _entry,
    "register.revoke": lambda world, cell: {"revoked_on": "2018-01-01", "revoked_by": "", "because": "Putusan."},
    "scoring.cite": _cited,
    "scoring.uncite": _cited,
}  # fmt: skip
