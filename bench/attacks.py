"""How many cheats the signals find, how many honest people they trouble: `bench.attacks [variants] [share]`.

A private PostgreSQL is filled by `bench.cheats` with a labelled set (20 variants of each kind unless told, and 500
honest stories), every case is looked at as a worker would, and two tables are printed as Markdown.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bench.cheats import CHEATS, HONEST, UNSEEN, Maker, World
from webapp import schema
from webapp.cluster import DATABASE, Cluster
from webapp.evidence.models import Evidence
from webapp.signals import services
from webapp.signals.models import Finding
from webapp.signals.rules import Weight


@dataclass
class Tally:
    """Of one kind: how many there were, how heavy the heaviest signal of each was, and which signals spoke."""

    total: int = 0
    strong: int = 0
    weak: int = 0
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def flagged(self) -> int:
        return self.strong + self.weak

    def add(self, findings: dict[str, str]) -> None:
        self.total += 1
        heavy = set(findings.values())
        self.strong += Weight.STRONG in heavy
        self.weak += Weight.STRONG not in heavy and Weight.WEAK in heavy
        self.codes.update(code for code, weight in findings.items() if weight != Weight.NOTE)


def tried(world: World, wanted: list[tuple[str, Maker]]) -> dict[str, Tally]:
    """Let every story happen, look at all cases, and say what was found about those that are judged."""
    judged = [(kind, make(world).id) for kind, make in wanted]
    for number in world.session.scalars(select(Evidence.id).order_by(Evidence.id)).all():
        services.look(world.session, number, at=world.moment())
    found: dict[str, Tally] = {kind: Tally() for kind, _ in wanted}
    for kind, number in judged:
        rows = world.session.execute(
            select(Finding.code, Finding.weight).where(Finding.evidence_id == number, Finding.gone_at.is_(None))
        )
        found[kind].add({row.code: row.weight for row in rows})
    return found


def stories(variants: int, honest: float = 1.0) -> list[tuple[str, Maker]]:
    """Every cheat as often as wanted, and that share of the honest ones, at least two of each, shuffled."""
    wanted = [(kind, make) for kind, make in (CHEATS | UNSEEN).items() for _ in range(variants)]
    for kind, (make, number) in HONEST.items():
        wanted += [(kind, make)] * max(2, round(number * honest))
    random.Random(9).shuffle(wanted)
    return wanted


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def summed(found: dict[str, Tally], kinds: Iterable[str]) -> Tally:
    whole = Tally()
    for kind in kinds:
        one = found[kind]
        whole.total, whole.strong, whole.weak = (
            whole.total + one.total,
            whole.strong + one.strong,
            whole.weak + one.weak,
        )
    return whole


def report(found: dict[str, Tally]) -> Iterator[str]:
    yield "| cheat | tried | caught | of these strong | by |"
    yield "|---|--:|--:|--:|---|"
    for kind in [*CHEATS, *UNSEEN]:
        one = found[kind]
        label = f"*{kind}* (not seen)" if kind in UNSEEN else kind
        told = ", ".join(f"`{code}`" for code, _ in one.codes.most_common(2)) or "–"
        yield f"| {label} | {one.total} | {share(one.flagged, one.total)} | {share(one.strong, one.total)} | {told} |"
    seen = summed(found, CHEATS)
    caught, strong = share(seen.flagged, seen.total), share(seen.strong, seen.total)
    yield f"| **all a server can see** | {seen.total} | **{caught}** | {strong} | |"
    yield ""
    yield "| honest | tried | strong | weak | by |"
    yield "|---|--:|--:|--:|---|"
    for kind in HONEST:
        one = found[kind]
        told = ", ".join(f"`{code}`" for code, _ in one.codes.most_common(2)) or "–"
        yield f"| {kind} | {one.total} | {share(one.strong, one.total)} | {share(one.weak, one.total)} | {told} |"
    fair = summed(found, HONEST)
    strong, weak = share(fair.strong, fair.total), share(fair.weak, fair.total)
    yield f"| **all honest** | {fair.total} | **{strong}** | **{weak}** | |"


@contextmanager
def private_session() -> Iterator[Session]:
    """A database of our own, thrown away afterwards."""
    home = Path(tempfile.mkdtemp(prefix="petabukti-bench-"))
    home.chmod(0o711)
    try:
        with Cluster(home / "pg", durable=False) as cluster:
            url = cluster.url(DATABASE)
            schema.upgrade(url)
            engine = create_engine(url)
            with Session(engine) as session:
                yield session
            engine.dispose()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main(variants: int, honest: float) -> None:
    start = time.perf_counter()
    with private_session() as session:
        found = tried(World.made(session), stories(variants, honest))
    print("\n".join(report(found)))
    print(f"\n{sum(one.total for one in found.values())} stories in {time.perf_counter() - start:.0f} s.")


if __name__ == "__main__":
    main(*(int(sys.argv[1]) if len(sys.argv) > 1 else 20, float(sys.argv[2]) if len(sys.argv) > 2 else 1.0))
