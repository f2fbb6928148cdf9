"""Minutes of the plenary: what they say, who signs them, and when they are in force."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import factories
from tests.factories import KABUPATEN, NOW
from tests.webapp.record.conftest import TYPED, Panel
from webapp import papers
from webapp.access import Role
from webapp.conflict.rules import Tie
from webapp.conflict.services import NewTie, declare
from webapp.errors import NotAllowed
from webapp.minutes import queries, services
from webapp.minutes.errors import NotOfTheTeam, NotTheNewest, RemarkNeeded, SignedAlready
from webapp.minutes.models import Minutes, MinutesSignature
from webapp.minutes.rules import Kind, Standing
from webapp.record.errors import NotReady
from webapp.scoring import services as scoring


def sign(panel: Panel, made: Minutes, *people: object, **said: object) -> None:
    for one in people:
        services.sign(panel.session, made, actor=one, at=NOW, **said)  # type: ignore[arg-type]


def test_the_plenary_says_ranks_totals_team_basis_and_what_it_was_drawn_from(panel: Panel) -> None:
    panel.valued("80", "70.5", "70.5", "12")
    made = panel.minutes()
    facts = made.content["facts"]
    placings = facts["tables"][0]
    assert placings["columns"] == ["Peringkat", "Kecamatan", "Kode", "Nilai akhir"]
    assert [row[0] for row in placings["rows"]] == ["1", "2", "2", "4"]
    assert [row[3] for row in placings["rows"]] == ["80,00", "70,50", "70,50", "12,00"]
    assert facts["basis"] == ["PP 17/2018", "Perbup Uji 3/2018"]
    assert facts["decree"] == TYPED.decree
    assert [one["name"] for one in facts["team"]] == [
        panel.chair.name, *sorted((panel.first.name, panel.second.name)),
    ]  # fmt: skip
    assert facts["team"][0]["post"] == "Ketua tim penilai"
    assert made.number == f"BA-RP/0001/{KABUPATEN}/VIII/2018"
    assert (made.edition, made.need, made.chairs) == (1, 2, [panel.chair.id])
    assert made.sha256 == papers.digest(made.content)


def test_nothing_is_drawn_up_while_a_value_is_missing(panel: Panel) -> None:
    claim = panel.valued("80")[0]
    panel.session.execute(text("DELETE FROM score"))
    with pytest.raises(NotReady):
        panel.minutes()
    assert claim.period_id == panel.period.id


def test_more_than_half_and_the_chair_make_minutes_signed(panel: Panel) -> None:
    panel.valued("80", "70")
    made = panel.minutes()
    sign(panel, made, panel.first, panel.second)
    assert queries.standing_of(panel.session, made) is Standing.WAITING, "two of three, but not the chair"
    assert queries.signed(panel.session, panel.period, Kind.PLENARY) == []
    sign(panel, made, panel.chair)
    assert queries.standing_of(panel.session, made) is Standing.SIGNED
    assert queries.signed(panel.session, panel.period, Kind.PLENARY) == [made]


def test_a_quorum_that_does_not_agree_decides_nothing(panel: Panel) -> None:
    panel.valued("80")
    made = panel.minutes()
    sign(panel, made, panel.chair)
    sign(panel, made, panel.first, agrees=False, remark="Nilai kecamatan pertama terlalu tinggi.")
    assert not queries.is_signed(made), "one agrees, one does not"
    sign(panel, made, panel.second)
    assert queries.is_signed(made)


def test_who_does_not_agree_says_why(panel: Panel) -> None:
    panel.valued("80")
    made = panel.minutes()
    with pytest.raises(RemarkNeeded):
        sign(panel, made, panel.first, agrees=False, remark="  ")
    with pytest.raises(DBAPIError, match="dissent_is_explained"), panel.session.begin_nested():
        panel.session.execute(
            text("INSERT INTO minutes_signature (minutes_id, account_id, post, agrees, signed_at) "
                 "VALUES (:made, :who, 'assessor', false, now())"),
            {"made": made.id, "who": panel.first.id},
        )  # fmt: skip


def test_a_signature_is_neither_doubled_nor_altered_nor_taken_back(panel: Panel) -> None:
    panel.valued("80")
    made = panel.minutes()
    sign(panel, made, panel.first)
    with pytest.raises(SignedAlready):
        sign(panel, made, panel.first, agrees=False, remark="Saya berubah pikiran.")
    again = MinutesSignature(minutes_id=made.id, account_id=panel.first.id, post="x", agrees=True, signed_at=NOW)
    with pytest.raises(DBAPIError, match="member_signs_once"), panel.session.begin_nested():
        panel.session.add(again)
        panel.session.flush()
    for statement in (
        "UPDATE minutes_signature SET agrees = false, remark = 'x'", "DELETE FROM minutes_signature",
        "UPDATE minutes SET number = 'x'", "DELETE FROM minutes",
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match="history_is_append_only"), panel.session.begin_nested():
            panel.session.execute(text(statement))


def test_nobody_from_outside_the_team_signs(panel: Panel) -> None:
    panel.valued("80")
    made = panel.minutes()
    late = factories.assessor(panel.session)  # holds the post, but was not of the team the minutes name
    above = factories.account(panel.session, (Role.PROVINCIAL_TEAM, "99"))
    with pytest.raises(NotOfTheTeam):
        sign(panel, made, late)
    for stranger in (above, panel.secretariat):
        with pytest.raises(NotAllowed):
            sign(panel, made, stranger)
    with pytest.raises(DBAPIError, match="only_the_team_signs"), panel.session.begin_nested():
        panel.session.add(
            MinutesSignature(minutes_id=made.id, account_id=late.id, post="assessor", agrees=True, signed_at=NOW)
        )
        panel.session.flush()


def test_a_member_with_a_conflict_signs_and_the_paper_says_what_they_had_no_part_in(panel: Panel) -> None:
    unit = f"{KABUPATEN}.02"
    tied = factories.account(panel.session, (Role.ASSESSOR, KABUPATEN), name="Penilai Berkerabat", declares=False)
    declare(panel.session, panel.period, [NewTie(unit, Tie.KIN, "Adik saya")], actor=tied, at=NOW)
    panel.valued("80", "70")
    made = panel.minutes()
    listed = {one["name"]: one["recused"] for one in made.content["facts"]["team"]}
    assert listed["Penilai Berkerabat"] == [f"Kecamatan {unit}"]
    assert listed["Siti Penilai"] == []
    assert "Adik" not in papers.frozen(made.content), "what the tie is, is for those who oversee"
    sign(panel, made, tied, panel.first, panel.chair)
    assert queries.is_signed(made)


def test_the_same_facts_are_the_same_edition_and_other_facts_another(panel: Panel) -> None:
    claims = panel.valued("80", "70")
    first = panel.minutes()
    assert panel.minutes() is first
    sign(panel, first, panel.first, panel.chair)
    scoring.score(panel.session, claims[1], Decimal(90), actor=panel.first, at=NOW, version=1, reason="Salah hitung.")
    assert queries.standing_of(panel.session, first) is Standing.FALLEN
    with pytest.raises(NotTheNewest):
        sign(panel, first, panel.second)
    second = panel.minutes()
    assert (second.edition, second.number) == (2, f"BA-RP/0002/{KABUPATEN}/VIII/2018")
    assert second.basis_sha256 != first.basis_sha256
    assert queries.standing_of(panel.session, first) is Standing.REPLACED
    assert queries.signed(panel.session, panel.period, Kind.PLENARY) == [], "the newest edition is not signed"


def test_who_claimed_nothing_has_zero_and_a_shared_last_place(panel: Panel) -> None:
    panel.valued("80", "60")
    assert [row[0] for row in panel.minutes().content["facts"]["tables"][0]["rows"]] == ["1", "2", "3", "3"]


def test_minutes_and_signatures_leave_leaves_in_the_trail(panel: Panel) -> None:
    panel.valued("80")
    made = panel.minutes()
    sign(panel, made, panel.chair, panel.first)
    kinds = text("SELECT kind, count(*) FROM trail_leaf WHERE kind LIKE 'minutes%' GROUP BY kind ORDER BY kind")
    assert [tuple(row) for row in panel.session.execute(kinds)] == [("minutes", 1), ("minutes_signature", 2)]
