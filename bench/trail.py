"""How long the trail takes to grow, to prove and to check: `.venv/bin/python -m bench.trail [events …]`.

A private PostgreSQL of its own is filled with lines of audit history (1,000, 10,000 and 100,000 unless told) and thrown
away. Events a second with and without their leaves, sealing with a signed head, one inclusion proof, and the whole
check by `webapp.trail.verifying`, each in seconds.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from webapp import db, schema
from webapp.cluster import Cluster
from webapp.trail import merkle, queries, services, verifying

_WRITE = text("""
    INSERT INTO audit_event (at, action, object_type, object_id, address, detail)
    SELECT clock_timestamp(), 'evidence.edit', 'evidence', (n % 5000)::text, '10.0.0.1',
        jsonb_build_object('evidence_id', n % 5000, 'was', 'draft', 'became', 'submitted')
    FROM generate_series(1, :count) AS n
""")


def measured(engine: Engine, key: Ed25519PrivateKey, count: int) -> tuple[float, ...]:
    """Size, then seconds: to write `count` lines bare and with leaves, to seal them, for a proof, for the check, and of
    it the processor time of this process.
    """
    seconds = []
    for bare in (True, False):
        began = time.monotonic()
        with engine.connect() as connection:
            outer = connection.begin()
            if bare:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(_WRITE, {"count": count})
            outer.rollback() if bare else outer.commit()
        seconds.append(time.monotonic() - began)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    began = time.monotonic()
    with Session(engine) as session, session.begin():
        head = services.sign_head(session, key, at=db.utcnow())
        assert head is not None
        size, root = head.size, head.root
    seconds.append(time.monotonic() - began)
    seconds.append(statistics.median(proof(engine, size, root, size * at // 11) for at in range(1, 11)))
    began, spent = time.monotonic(), time.process_time()
    with engine.connect() as connection, connection.begin():
        verdict = verifying.verify(connection, [key.public_key().public_bytes_raw()])
    seconds += [time.monotonic() - began, time.process_time() - spent]
    assert not verdict.findings
    assert verdict.size == size
    return size, *seconds


def proof(engine: Engine, size: int, root: bytes, position: int) -> float:
    """One proof from nothing: a new session, nothing read before."""
    with Session(engine) as session:
        session.execute(text("SELECT 1"))
        began = time.monotonic()
        tree = queries.Tree(session)
        path = merkle.inclusion(position, size, tree.node)
        took = time.monotonic() - began
        assert merkle.includes(tree.node(0, position), position, size, path, root)
    return took


def main() -> None:
    counts = [int(one) for one in sys.argv[1:]] or [1_000, 10_000, 100_000]
    with tempfile.TemporaryDirectory(prefix="petabukti-bench-") as home:
        Path(home).chmod(0o711)
        with Cluster(Path(home) / "pg") as cluster:
            for number, count in enumerate(counts):
                name = f"trail_{number}"
                server = create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
                with server.connect() as connection:
                    connection.execute(text(f"CREATE DATABASE {name}"))
                server.dispose()
                engine = db.engine_for(cluster.url(name))
                with engine.begin() as connection:
                    connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
                schema.upgrade(cluster.url(name))
                if number == 0:
                    print(
                        "| leaves | written/s bare | with leaves | seal, head s | one proof ms | check s | own CPU s |"
                    )
                    print("|--:|--:|--:|--:|--:|--:|--:|")
                size, bare, with_leaves, sealing, one, check, cpu = measured(
                    engine, Ed25519PrivateKey.generate(), count
                )
                print(
                    f"| {size:,} | {count / bare:,.0f} | {count / with_leaves:,.0f} | {sealing:.2f} | {1000 * one:.1f} "
                    f"| {check:.2f} | {cpu:.2f} |",
                    flush=True,
                )
                engine.dispose()


if __name__ == "__main__":
    main()
