"""A sum that is not what the cases say is found at night, told and mended; and two people who find something about one
case at once count it once.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from tests import factories
from tests.factories import FAR, MINE, NEXT_DOOR, NOW, Team
from tests.webapp.insight.conftest import desa, evidence
from webapp.evidence import services
from webapp.evidence.rules import State
from webapp.jobs import CHORES, Tools
from webapp.signals.models import Finding

TABLES = ("case_tally", "case_month", "case_signal", "case_cell")


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row that counts anything, of each table of sums."""
    with engine.connect() as connection:
        rows = {one: connection.execute(text(f"SELECT * FROM {one}")).mappings().all() for one in TABLES}
    return {one: sorted(map(_said, filter(_counts, told)), key=str) for one, told in rows.items()}


_KEYS = {"kind_code", "period_id", "depth", "region_code", "month", "word", "level", "cell"}


def _counts(row: object) -> bool:
    return any(value for name, value in dict(row).items() if name not in _KEYS)  # type: ignore[call-overload]


def _said(row: object) -> tuple[object, ...]:
    return tuple((name, value or 0) for name, value in sorted(dict(row).items()))  # type: ignore[call-overload]


def a_country(engine: Engine) -> Team:
    """Cases of many states and places with open signals, some of them folded."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        people = factories.team(session)
        made = [
            evidence(session, people, state, unit, placed=place)
            for state in (State.SUBMITTED, State.REJECTED, State.VERIFIED_DESK, State.DRAFT)
            for unit in (MINE, NEXT_DOOR, FAR, desa(session))
            for place in (True, False)
        ]
        session.add_all(
            Finding(evidence_id=one.id, code="edited", weight="weak", detail={}, found_at=NOW) for one in made[::3]
        )
        session.flush()
        services.fold(session, 45)
    return people


def recount(engine: Engine, tmp_path: Path) -> int:
    tools = Tools(Settings(data_dir=tmp_path), sessionmaker(engine), None)  # type: ignore[arg-type]
    (chore,) = (one for one in CHORES if one.name == "evidence.recount")
    with Session(engine) as session:
        return chore.work(session, tools)


SPOILED = (
    "UPDATE case_tally SET submitted = submitted + 3 WHERE depth = 2 AND kind_code = '' AND period_id = 0",
    "UPDATE case_tally SET grade_d = 77 WHERE depth = 0",
    "DELETE FROM case_month WHERE depth = 3",
    "UPDATE case_month SET verified = NULL, began_rejected = 5",
    "UPDATE case_signal SET cases = cases - 1",
    "UPDATE case_cell SET lon_e7 = lon_e7 + 1 WHERE level > 4",
    "INSERT INTO case_signal (kind_code, period_id, depth, region_code, word, cases) VALUES ('', 0, 1, '99', '1x', 9)",
)  # fmt: skip


def test_sums_that_were_spoiled_are_told_and_mended(
    fresh_database: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    a_country(fresh_database)
    assert recount(fresh_database, tmp_path) == 0
    right = contents(fresh_database)
    assert all(right.values())
    for wrong in SPOILED:
        with fresh_database.begin() as connection:
            connection.execute(text(wrong))
        assert contents(fresh_database) != right, wrong
        with caplog.at_level(logging.WARNING, "webapp.jobs"):
            assert recount(fresh_database, tmp_path) > 0, wrong
        assert "were mended" in caplog.messages[-1]
        assert contents(fresh_database) == right, wrong
    assert recount(fresh_database, tmp_path) == 0


def test_a_case_that_was_changed_behind_the_journals_back_is_counted_in_the_morning(
    fresh_database: Engine, tmp_path: Path
) -> None:
    a_country(fresh_database)
    with fresh_database.begin() as connection:
        connection.execute(text("ALTER TABLE evidence DISABLE TRIGGER journal_cases_update"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text(
                "UPDATE evidence SET state = 'rejected', dismissed_at = submitted_at, occurred_to = occurred_to + 40 "
                "WHERE state = 'submitted'"
            )
        )
        connection.execute(text("ALTER TABLE evidence ENABLE ALWAYS TRIGGER journal_cases_update"))
    assert recount(fresh_database, tmp_path) > 0
    with Session(fresh_database) as session, session.begin():
        while services.fold(session):
            pass
        told = session.execute(text("SELECT submitted, rejected FROM case_tally WHERE depth = 0 AND kind_code = '' "
                                    "AND period_id = 0")).one()  # fmt: skip
    assert tuple(told) == (0, 16)
    assert recount(fresh_database, tmp_path) == 0


def test_signals_found_about_one_case_at_once_count_it_once(fresh_database: Engine, tmp_path: Path) -> None:
    """Weak, strong, gone and found again by several hands, while others move the case to and fro."""
    with Session(fresh_database) as session, session.begin():
        people = factories.team(session)
        numbers = [evidence(session, people, State.SUBMITTED, MINE).id for _ in range(2)]

    def find(weight: str, other: int) -> None:
        for turn in range(20):
            for number in numbers:
                with Session(fresh_database) as session, session.begin():
                    session.execute(
                        text(_FOUND), {"id": number, "weight": weight, "other": other, "gone": turn % 2 > 0}
                    )

    def move() -> None:
        for turn in range(40):
            with fresh_database.begin() as connection:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(
                    text("UPDATE evidence SET state = :state WHERE id = :id"),
                    {"state": "draft" if turn % 2 else "returned", "id": numbers[turn % 4 // 2]},
                )

    hands = [threading.Thread(target=find, args=(w, n)) for w, n in (("weak", numbers[0]), ("strong", numbers[1]))]
    hands += [threading.Thread(target=find, args=("note", None)), threading.Thread(target=move)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    assert recount(fresh_database, tmp_path) == 0


_FOUND = """
INSERT INTO finding (evidence_id, code, weight, found_at, gone_at, other_evidence_id)
VALUES (:id, 'same_photo', :weight, now(), CASE WHEN :gone THEN now() END, :other)
ON CONFLICT (evidence_id, code, coalesce(photo_id, 0), coalesce(other_photo_id, 0), coalesce(other_evidence_id, 0))
DO UPDATE SET weight = excluded.weight, gone_at = excluded.gone_at
"""
