"""Models and migrations say the same; every migration goes forward and back, with data in between."""

from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests import factories
from webapp import schema
from webapp.cluster import Cluster
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


def contents(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        cases = connection.execute(text("SELECT id, title, state, grade, region_result FROM evidence ORDER BY id"))
        moves = connection.execute(text("SELECT evidence_id, move, was, became FROM evidence_move ORDER BY id"))
        return [*map(tuple, cases), *map(tuple, moves)]
