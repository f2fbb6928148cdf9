"""Models and migrations say the same; every migration goes forward and back, with data in between."""

from datetime import timedelta

from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests import factories
from webapp import schema
from webapp.access import Role
from webapp.cluster import Cluster
from webapp.evidence import services
from webapp.evidence.rules import State


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_models_and_migrations_agree(fresh_database: Engine) -> None:
    command.check(schema.alembic_config(url_of(fresh_database)))


def test_every_migration_goes_back_to_nothing_and_forward_again(cluster: Cluster, fresh_database: Engine) -> None:
    url = url_of(fresh_database)
    schema.downgrade(url, "base")
    with fresh_database.connect() as connection:
        left = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        ).all()
    assert set(left) <= {"alembic_version", "spatial_ref_sys"}
    schema.upgrade(url)


def test_cases_survive_the_way_back_to_the_first_schema_and_forward_again(fresh_database: Engine) -> None:
    """Down to where cases can exist at all (0003: their kinds are rows), and up again."""
    with Session(fresh_database) as session, session.begin():
        people = factories.team(session)
        factories.case(session, people, State.VERIFIED_DESK)
    before = contents(fresh_database)
    schema.downgrade(url_of(fresh_database), "0003")
    schema.upgrade(url_of(fresh_database))
    assert contents(fresh_database) == before


def test_when_a_case_was_dismissed_is_read_from_its_moves_and_sealing_changes_nothing(fresh_database: Engine) -> None:
    """Also of a locked case; what was counted before is counted afterwards."""
    with Session(fresh_database) as session, session.begin():
        people = factories.team(session)
        chair = factories.account(session, (Role.CHAIR, factories.KABUPATEN))
        factories.case(session, people, State.REJECTED)
        factories.case(session, people, State.SUBMITTED)
        services.lock_all(session, people.period.id, actor=chair, at=factories.NOW + timedelta(days=30))
    before = _dismissals(fresh_database)
    assert [state for state, at in before if at] == ["rejected"]
    schema.downgrade(url_of(fresh_database), "0188")
    schema.upgrade(url_of(fresh_database))
    assert _dismissals(fresh_database) == before
    with Session(fresh_database) as session, session.begin():
        assert services.fold(session) == 2
        assert services.recount(session, "99") == dict.fromkeys(services.recount(session, "99"), 0)


def _dismissals(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [*map(tuple, connection.execute(text("SELECT state, dismissed_at FROM evidence ORDER BY id")))]


def contents(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        cases = connection.execute(text("SELECT id, title, state, grade, region_result FROM evidence ORDER BY id"))
        moves = connection.execute(text("SELECT evidence_id, move, was, became FROM evidence_move ORDER BY id"))
        return [*map(tuple, cases), *map(tuple, moves)]
