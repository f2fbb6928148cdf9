"""Minutes of the desk's closing, of a day of presentations, of a shortlist and of a reopening: what each says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import KABUPATEN, NOW
from tests.webapp.record.conftest import TYPED, Panel
from tests.webapp.selection import stage
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.errors import NotFound
from webapp.evidence.rules import State
from webapp.minutes import queries, services
from webapp.minutes.models import Minutes
from webapp.minutes.rules import Kind, Standing
from webapp.presentation.models import PresentationSlot, SlotPresence
from webapp.programme.models import Aspect, Indicator, Instrument, Participant, Period
from webapp.programme.rules import Method, Mode, PeriodState
from webapp.record.errors import NotReady
from webapp.record.services import draw_up
from webapp.scoring import queries as scoring
from webapp.scoring.models import Claim, Score
from webapp.selection import services as selection

OKI = "16.02"


def test_the_desk_closes_with_what_became_of_each_participants_cases(panel: Panel) -> None:
    session, people = panel.session, panel.people
    factories.case(session, people, State.VERIFIED_DESK)
    factories.case(session, people, State.RETURNED)
    factories.case(session, people, State.REJECTED)
    factories.case(session, people, State.WITHDRAWN)
    factories.case(session, people, State.AWAITING_FIELD, unit=f"{KABUPATEN}.02")
    made = panel.minutes(Kind.DESK)
    table = made.content["facts"]["tables"][0]
    assert table["columns"][2:] == ["Dikirim", "Diterima di meja", "Ke lapangan", "Dikembalikan", "Ditolak"]
    assert table["rows"][0][2:] == ["3", "1", "0", "1", "1"]
    assert table["rows"][1][2:] == ["1", "0", "1", "0", "0"]
    assert table["rows"][-1][1:] == ["Jumlah", "4", "1", "1", "1", "1"]
    silent = made.content["facts"]["outcome"][1]
    assert "Kecamatan 99.01.03, Kecamatan 99.01.04" in silent
    annexes = made.content["facts"]["annexes"]
    assert [label for label, _ in annexes] == [
        "Foto bukti Kecamatan 99.01.01 (3 berkas)", "Foto bukti Kecamatan 99.01.02 (1 berkas)",
    ]  # fmt: skip
    assert made.number.startswith("BA-VM/0001/")


def test_the_desk_does_not_close_over_a_waiting_case_and_falls_when_one_comes_later(panel: Panel) -> None:
    waiting = factories.case(panel.session, panel.people, State.SUBMITTED)
    with pytest.raises(NotReady):
        panel.minutes(Kind.DESK)
    for move in (factories.Move.TAKE, factories.Move.ACCEPT_AT_DESK):
        until = NOW + timedelta(minutes=30) if move is factories.Move.TAKE else None
        factories.services.move(panel.session, waiting, move, actor=panel.people.desk, at=NOW, until=until)
    made = panel.minutes(Kind.DESK)
    assert queries.standing_of(panel.session, made) is Standing.WAITING
    factories.case(panel.session, panel.people, State.DRAFT)
    assert queries.standing_of(panel.session, made) is Standing.WAITING, "a draft is the unit's own"
    factories.case(panel.session, panel.people, State.SUBMITTED)
    assert queries.standing_of(panel.session, made) is Standing.FALLEN


class Contest:
    """OKI on 25 July 2017: nine units are heard, one of them does not come; two assessors and the chair are there."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.units = stage.places(session, OKI)[:9]
        tool = Instrument(name="Pemaparan OKI", region_code=OKI, version=1, example=True)
        tool.aspects = [
            Aspect(
                position=1, name="Pemaparan", weight=Decimal(100),
                indicators=[
                    Indicator(
                        position=1, name="Penguasaan materi", weight=Decimal(100), mode=Mode.DESK,
                        method=Method.PRESENTATION, evidence_required=0,
                    )
                ],
            )
        ]  # fmt: skip
        session.add(tool)
        session.flush()
        self.period = Period(
            name="OKI 2017", region_code=OKI, instrument=tool, starts_on=date(2017, 1, 1), ends_on=date(2017, 12, 31),
            time_zone="Asia/Jakarta", quorum=2, state=PeriodState.OPEN, opened_at=NOW,
        )  # fmt: skip
        self.period.participants = [Participant(region_code=code) for code in self.units]
        session.add(self.period)
        session.flush()
        tool.frozen_at = NOW
        session.flush()
        self.indicator = tool.aspects[0].indicators[0]
        self.chair = factories.account(session, (Role.CHAIR, OKI), name="Ketua Tim")
        self.judges = [factories.account(session, (Role.ASSESSOR, OKI), name=f"Penilai {letter}") for letter in "AB"]
        self.absent_judge = factories.account(session, (Role.ASSESSOR, OKI), name="Penilai C")

    def hear(self) -> None:
        for n, code in enumerate(self.units):
            begins = datetime(2017, 7, 25, 1, 0, tzinfo=UTC) + timedelta(minutes=40 * n)
            came = n != 4
            slot = PresentationSlot(
                period_id=self.period.id, region_code=code, place="Gedung Kesenian", starts_at=begins,
                ends_at=begins + timedelta(minutes=30), attendance="present" if came else "absent",
                absence_reason="" if came else "Camat dirawat", recorded_by=self.chair.id, recorded_at=NOW,
            )  # fmt: skip
            self.session.add(slot)
            self.session.flush()
            claim = Claim(
                period_id=self.period.id, region_code=code, indicator_id=self.indicator.id, claimed_by=self.chair.id
            )
            self.session.add(claim)
            self.session.flush()
            for judge in self.judges if came else ():
                self.session.add(
                    SlotPresence(
                        slot_id=slot.id, account_id=judge.id, period_id=self.period.id, noted_by=self.chair.id,
                        noted_at=NOW,
                    )
                )  # fmt: skip
            self.session.flush()
            for points, judge in enumerate(self.judges if came else ()):
                self.give(claim, judge, 80 + n + points)
        self.session.expire_all()
        self.chair = self.session.get_one(Account, self.chair.id).as_of(factories.TODAY)

    def give(self, claim: Claim, judge: Account, value: int) -> None:
        self.session.add(
            Score(
                period_id=self.period.id, claim_id=claim.id, indicator_id=self.indicator.id, mode=self.indicator.mode,
                assessor_id=judge.id, value=Decimal(value), scored_at=NOW,
            )
        )  # fmt: skip
        self.session.flush()

    def minutes(self, day: str = "2017-07-25") -> Minutes:
        return draw_up(self.session, self.period, Kind.PRESENTATION, day, TYPED, actor=self.chair, at=NOW)


def test_a_day_of_presentations_tells_who_was_heard_by_whom_and_the_means(session: Session) -> None:
    contest = Contest(session)
    with pytest.raises(NotFound):
        contest.minutes()
    contest.hear()
    made = contest.minutes()
    facts = made.content["facts"]
    assert facts["day"] == "2017-07-25"
    schedule, means = facts["tables"]
    assert len(schedule["rows"]) == 9
    assert schedule["rows"][0][1:] == ["08.00–08.30", "Tanjung Lubuk", "hadir", "2"]
    assert schedule["rows"][4][3:] == ["tidak hadir", "0"]
    assert means["rows"][0] == ["Tanjung Lubuk", "80,50"]
    assert len(means["rows"]) == 8, "who was absent has no mean"
    assert facts["outcome"][0] == "8 peserta memaparkan, 1 tidak hadir."
    assert "Camat dirawat" in facts["outcome"][1]
    there = {one["name"]: one["there"] for one in facts["team"]}
    assert there == {
        "Ketua Tim": "", "Penilai A": "8 dari 8 pemaparan", "Penilai B": "8 dari 8 pemaparan", "Penilai C": "",
    }  # fmt: skip
    assert (len(made.team), made.need) == (4, 3)
    assert "80.00" not in str(facts), "nobody's own values"


def test_a_day_whose_slot_lacks_a_value_has_no_minutes_yet_and_a_changed_value_lets_them_fall(session: Session) -> None:
    contest = Contest(session)
    contest.hear()
    made = contest.minutes()
    assert queries.standing_of(session, made) is Standing.WAITING
    given = session.query(Score).filter_by(assessor_id=contest.judges[0].id).order_by(Score.id).first()
    assert given is not None
    given.value = Decimal(50)
    session.flush()
    assert queries.standing_of(session, made) is Standing.FALLEN
    session.delete(given)
    session.flush()
    with pytest.raises(NotReady):
        contest.minutes()


def test_a_shortlist_tells_who_goes_on_and_what_decided_between_equals(session: Session) -> None:
    units = stage.places(session, OKI)[:3]
    run = stage.period(session, OKI, units, name="OKI 2017", year=2017, rounds=2, shortlist_size=1)
    people = stage.team(session, run, units[0])
    for code, value in zip(units, (90, 90, 70), strict=True):
        stage.scored(session, people, code, value, value)
    with pytest.raises(NotReady):
        draw_up(session, run, Kind.SHORTLIST, "", TYPED, actor=people.chair, at=NOW)
    selection.close_first_round(
        session, run, actor=people.chair, at=NOW, named=[units[1]], reason="Pelayanan keliling lebih luas."
    )
    made = draw_up(session, run, Kind.SHORTLIST, "", TYPED, actor=people.chair, at=NOW)
    facts = made.content["facts"]
    assert [row[:4] for row in facts["tables"][0]["rows"]] == [
        ["1", "Tanjung Lubuk", "90,00", "tidak maju"], ["1", "Pedamaran", "90,00", "maju"],
        ["3", "Mesuji", "70,00", "tidak maju"],
    ]  # fmt: skip
    assert facts["outcome"][0] == "1 peserta maju ke penilaian lanjutan: Pedamaran."
    assert facts["outcome"][-1] == "Alasan tim: Pelayanan keliling lebih luas."
    for signer in (people.chair, people.assessor):
        services.sign(session, made, actor=signer, at=NOW)
    assert queries.signed(session, run, Kind.SHORTLIST) == [made]


@pytest.mark.skipif(not hasattr(scoring, "reopenings"), reason="reopenings come with the gate")
def test_a_reopening_tells_who_asked_why_and_who_granted_it(panel: Panel) -> None:
    from webapp.scoring import services as gate

    session, period = panel.session, panel.period
    panel.valued("80", "70", "60", "50")
    sealed = gate.finalise(session, period, actor=panel.chair, at=NOW)
    with pytest.raises(NotFound):
        panel.minutes(Kind.REOPENING, "1")
    asked = gate.ask_reopening(  # type: ignore[attr-defined]
        session, period, "Bukti tertukar.", "Pasal 5 Perbup 3/2018", [], actor=panel.secretariat, at=NOW
    )
    gate.grant_reopening(session, asked, actor=panel.people.leader, at=NOW)  # type: ignore[attr-defined]
    made = panel.minutes(Kind.REOPENING, str(asked.id))
    facts = made.content["facts"]
    assert "Alasan: Bukti tertukar." in facts["outcome"]
    assert ["Hasil versi 1", sealed.sha256] in facts["annexes"]
