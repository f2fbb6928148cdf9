"""`petabukti signals …`: signals of cases that were there before signals were, or whose rules have changed."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from webapp import db
from webapp.evidence.models import Evidence
from webapp.signals import services
from webapp.signals.models import CaseLook
from webapp.terminal import Counter, Shell


@click.group("signals")
def signals() -> None:
    """Signals about photos and cases."""


@signals.command("look")
@click.option("--all", "again", is_flag=True, help="Also look again at cases that were looked at before.")
@click.pass_obj
def look(shell: Shell, *, again: bool) -> None:
    """Work out the signals of every case that nobody has looked at yet. A transaction for each case, all short."""
    with shell.sessions() as sessions:
        cases, found = look_at_all(sessions, again=again, count=Counter())
    click.echo(f"{cases} bukti dilihat, {found} sinyal.")


def look_at_all(
    sessions: sessionmaker[Session], *, again: bool = True, count: Counter | None = None
) -> tuple[int, int]:
    """Look at every case (`again`), or at those that were never looked at. Answers how many, and how many signals."""
    with db.transaction(sessions) as session:
        asked = select(Evidence.id).order_by(Evidence.id)
        if not again:
            asked = asked.where(~select(CaseLook.evidence_id).where(CaseLook.evidence_id == Evidence.id).exists())
        numbers = list(session.scalars(asked))
    found = 0
    for done, number in enumerate(numbers, start=1):
        with db.transaction(sessions) as session:
            found += services.look(session, number, at=db.utcnow())
        if count is not None:
            count("bukti", done, len(numbers))
    return len(numbers), found
