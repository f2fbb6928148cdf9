"""A finished assessment under a signed head, made once, and copies of it for whoever would alter one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests import factories
from tests.conftest import _administer
from tests.factories import NOW
from webapp import db
from webapp.access import Role
from webapp.cluster import Cluster
from webapp.evidence import services as evidence
from webapp.evidence.rules import Move, State
from webapp.programme.rules import Mode, StageKind
from webapp.scoring import services as scoring
from webapp.selection import services as selection
from webapp.selection.services.awarding import Decree
from webapp.trail import queries, services, verifying
from webapp.trail.keys import signing_key
from webapp.trail.verifying import Finding, Kept, Verdict, What

SIGNED_AT = datetime(2018, 8, 7, tzinfo=UTC)
_copies = itertools.count(1)


@dataclass
class Archive:
    """A database whose trail has heads, and a superuser in it whom no trigger stops."""

    engine: Engine
    key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def alter(self, *statements: str, **values: Any) -> None:
        """What a superuser can do: no trigger runs, no constraint is left."""
        with self.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                connection.execute(text(statement), values)

    def ask(self, question: str, **values: Any) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(text(question), values).scalar()

    def check(self, *checkpoints: str, key: Ed25519PrivateKey | None = None) -> Verdict:
        kept = [Kept(f"titik-{number}", one) for number, one in enumerate(checkpoints)]
        public = (key or self.key).public_key().public_bytes_raw()
        with self.engine.connect() as connection, connection.begin():
            return verifying.verify(connection, [public], kept)

    def found(self, *checkpoints: str) -> Finding:
        """The first altered record. There must be one."""
        first = self.check(*checkpoints).first
        assert first is not None
        return first

    def sign(self, hours: int = 0) -> str:
        """A further head; answers its checkpoint."""
        with Session(self.engine) as session, session.begin():
            head = services.sign_head(session, self.key, at=SIGNED_AT + timedelta(hours=hours))
            assert head is not None
            return queries.note_of(head).text

    def add_lines(self, count: int) -> None:
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO audit_event (at, action, object_type, object_id) "
                    "SELECT now(), 'evidence.edit', 'evidence', n::text FROM generate_series(1, :count) AS n"
                ),
                {"count": count},
            )

    def forge_leaf(self, event_id: int) -> None:
        """Make the leaf of a line anew from the row as it is now: what a careful forger does."""
        self.alter(
            """UPDATE trail_leaf SET leaf_hash = (
                SELECT sha256('\\x00'::bytea || convert_to(said.content, 'UTF8'))
                FROM audit_event, trail_form,
                    LATERAL wall.leaf_content(expression, audit_event, trail_leaf.salt) AS said
                WHERE audit_event.id = :event AND trail_form.kind = 'audit_event'
            ) WHERE kind = 'audit_event' AND key = CAST(:event AS text)""",
            event=event_id,
        )


def finished(session: Session) -> None:
    """A case found on site, scored and sealed, beside one that was returned and sent again."""
    people = factories.team(session, Mode.FIELD)
    case = factories.case(session, people, State.AWAITING_FIELD, note='Gang "Mawar"\n\\ 😀 \u2028 é')
    made = factories.claim(session, people, case)
    factories.visit(session, case, people.surveyor)
    evidence.move(session, case, Move.CONFIRM_ON_SITE, actor=people.surveyor, at=NOW)
    scoring.score(session, made, Decimal("81.50"), actor=people.assessor, at=NOW)
    returned = factories.case(session, people, State.RETURNED)
    evidence.submit(session, returned, actor=people.camat, at=NOW)
    evidence.move(session, returned, Move.WITHDRAW, actor=people.camat, at=NOW)
    _select(session, people)


def _select(session: Session, people: factories.Team) -> None:
    """The first round is closed, the result sealed, the best awarded and nominated to a period of the province."""
    run, secretariat = people.period, factories.account(session, (Role.SECRETARIAT, factories.KABUPATEN))
    run.shortlist_size, run.award_size = 1, 1
    selection.close_first_round(session, run, actor=people.chair, at=NOW)
    scoring.close_stage(session, run, StageKind.ADVANCED, actor=secretariat, at=NOW)
    scoring.finalise(session, run, actor=people.chair, at=NOW)
    above = factories.period(session, code="99", units=0)
    selection.make_award(session, run, Decree("SK 1", NOW.date()), actor=people.chair, at=NOW)
    selection.nominate(session, run, factories.MINE, above.id, actor=secretariat, at=NOW)


@pytest.fixture(scope="session")
def sealed_template(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The name of a database that is only copied, and where its key lies."""
    _administer(cluster, f"CREATE DATABASE sealed TEMPLATE {template}")
    engine, key = db.engine_for(cluster.url("sealed")), tmp_path_factory.mktemp("key") / "trail.key"
    with Session(engine) as session, session.begin():
        finished(session)
    archive = Archive(engine, signing_key(key))
    archive.sign()
    archive.add_lines(40)
    archive.sign(hours=1)
    archive.add_lines(300)
    archive.sign(hours=2)
    engine.dispose()
    return "sealed", key


@pytest.fixture
def archive(cluster: Cluster, sealed_template: tuple[str, Path]) -> Iterator[Archive]:
    """A copy of one's own."""
    source, key = sealed_template
    name = f"archive_{next(_copies)}"
    _administer(cluster, f"CREATE DATABASE {name} TEMPLATE {source}")
    engine = db.engine_for(cluster.url(name))
    yield Archive(engine, signing_key(key))
    engine.dispose()
    _administer(cluster, f"DROP DATABASE {name} WITH (FORCE)")


def told(found: Finding) -> tuple[What, str, str]:
    """What a finding names."""
    return found.what, found.table, found.key
