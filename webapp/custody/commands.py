"""`petabukti audit …`: sign, show and check the trail. `petabukti custody …`: hand evidence over."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from media.store import Store
from webapp import audit as history
from webapp import db
from webapp.custody import packing, queries
from webapp.evidence import services as evidence
from webapp.evidence.services import LOSSES
from webapp.terminal import Counter, Shell
from webapp.trail import notes, outside, services, verifying
from webapp.trail import queries as trail
from webapp.trail.keys import public_pem, read_public, signing_key
from webapp.trail.verifying import Finding, Kept, Verdict, What

SAID = {
    What.CONTENT: "isi berubah",
    What.MISSING: "hilang",
    What.EXTRA: "disisipkan",
    What.REORDERED: "urutan berubah",
    What.REWRITTEN: "ditulis ulang",
    What.SHORTER: "lebih pendek daripada yang ditandatangani (ekor dipotong, atau cadangan lama dipulihkan)",
    What.STATE: "status tanpa langkah riwayat",
    What.HEAD: "kepala jejak tidak sah",
    What.TILE: "simpul dalam berubah",
    What.FORM: "kolom belum tercakup jejak",
}
_SHOWN = 20
_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
_TO = click.Path(dir_okay=False, path_type=Path)


@click.group("audit")
def audit() -> None:
    """The trail of history: a Merkle tree with signed heads."""


@audit.command("key")
@click.option("--pem", is_flag=True, help="As PEM, for openssl.")
@click.pass_obj
def key_command(shell: Shell, *, pem: bool) -> None:
    """Print the public key. Whoever keeps it elsewhere can check without trusting this machine."""
    public = signing_key(shell.settings.trail_key_file).public_key().public_bytes_raw()
    click.echo(public_pem(public) if pem else public.hex(), nl=not pem)
    if not pem:
        click.echo(f"Sidik kunci: {notes.key_id(public)}", err=True)


@audit.command("checkpoint")
@click.option("--to", type=_TO, help="Write it into this file, which must not exist yet.")
@click.pass_obj
def checkpoint(shell: Shell, to: Path | None) -> None:
    """Sign a head over everything and print it as a checkpoint: to be mailed, printed, kept elsewhere."""
    key = signing_key(shell.settings.trail_key_file)
    with shell.transaction() as session:
        head = services.sign_head(session, key, at=db.utcnow())
        text = trail.note_of(head).text if head else None
    if text is None:
        raise click.ClickException("Jejak masih kosong.")
    if to is None:
        click.echo(text, nl=False)
        return
    try:
        with to.open("x") as file:
            file.write(text)
    except FileExistsError as there:
        raise click.ClickException(f"{to} sudah ada; titik periksa tidak ditimpa.") from there
    click.echo(f"Titik periksa ditulis ke {to}.")


@audit.command("verify")
@click.option("--checkpoint", "checkpoints", type=_FILE, multiple=True, help="A checkpoint that was kept elsewhere.")
@click.option("--key", "keys", type=_FILE, multiple=True, help="Trust this public key instead of the one here.")
@click.option("--media", is_flag=True, help="Also read every original and compare its SHA-256; may take hours.")
@click.pass_context
def verify(ctx: click.Context, *, checkpoints: Sequence[Path], keys: Sequence[Path], media: bool) -> None:
    """Recompute everything from the rows. Names the first altered record; exit code 1 when there is one.

    Checkpoints in PETABUKTI_CHECKPOINTS are compared too.
    """
    shell: Shell = ctx.obj
    settings = shell.settings
    kept = [Kept(str(file), file.read_text(errors="replace")) for file in checkpoints]
    if settings.checkpoints:
        kept += [Kept(name, text) for name, text in outside.Shelf(settings.checkpoints).notes()]
    began = time.monotonic()
    with shell.sessions() as sessions:
        verdict = _checked(sessions, _trusted(settings, keys), kept)
        _tell(verdict, time.monotonic() - began)
        lost = _reread(sessions, Store.open(settings.media_place)) if media else 0
    ctx.exit(1 if verdict.findings or lost else 0)


def _trusted(settings: Settings, given: Sequence[Path]) -> list[bytes]:
    """The keys that count: those given, else the one here. Nothing is made for the sake of a check."""
    if given:
        return [read_public(file.read_text(errors="replace")) for file in given]
    place = settings.trail_key_file
    return [signing_key(place).public_key().public_bytes_raw()] if place.exists() else []


def _checked(sessions: sessionmaker[Session], keys: Sequence[bytes], kept: Sequence[Kept]) -> Verdict:
    with sessions() as session, session.begin():
        return verifying.verify(session.connection(), keys, kept)


def _tell(verdict: Verdict, seconds: float) -> None:
    for table, count in sorted(verdict.rows.items()):
        click.echo(f"{table}: {count} baris diperiksa")
    click.echo(f"{verdict.size} daun, akar {verdict.root.hex()}")
    click.echo(
        f"{verdict.heads} kepala, {verdict.checkpoints} titik periksa dari luar; {verdict.signed} daun tercakup tanda "
        f"tangan, {max(0, verdict.size - verdict.signed) + verdict.waiting} belum; {seconds:.1f} s".replace(".", ",")
    )
    first = verdict.first
    if first is None:
        click.echo("UTUH: tidak ada catatan yang berubah.")
        return
    click.echo(f"BERUBAH: catatan pertama {_said(first)}")
    others = sorted((one for one in verdict.findings if one is not first), key=lambda one: one.rank)
    for one in others[:_SHOWN]:
        click.echo(f"  juga {_said(one)}")
    if len(others) > _SHOWN:
        click.echo(f"  dan {len(others) - _SHOWN} lainnya")


def _said(found: Finding) -> str:
    place = "" if found.position is None else f", posisi {found.position}"
    return f"{found.table} {found.key}{place}: {SAID[found.what]}{f' ({found.detail})' if found.detail else ''}"


def _reread(sessions: sessionmaker[Session], store: Store) -> int:
    """How many photos are not what was received."""
    lost = 0
    for found in evidence.compare(sessions, store, reread=True):
        if found.what in LOSSES:
            lost += 1
            click.echo(f"foto {found.photo_id}: {found.what} ({found.place})")
    click.echo(f"berkas asli: {lost} hilang atau berubah")
    return lost


@click.group("custody")
def custody() -> None:
    """Handing evidence over, with its history and proofs."""


@custody.command("export")
@click.option("--case", "case_id", type=int, help="One case, by its number.")
@click.option("--period", "period_id", type=int, help="All cases of a period that were sent.")
@click.option("--to", type=_TO, required=True, help="The zip to write; it must not exist yet.")
@click.pass_obj
def export(shell: Shell, case_id: int | None, period_id: int | None, to: Path) -> None:
    """Write originals, hashes, history, proofs and an offline verifier into one zip."""
    if (case_id is None) == (period_id is None):
        raise click.UsageError("Pilih salah satu: --case atau --period.")
    settings, store = shell.settings, Store.open(shell.settings.media_place)
    with shell.sessions() as sessions:
        with db.transaction(sessions) as session:
            head = services.sign_head(session, signing_key(settings.trail_key_file), at=db.utcnow())
        if head is None:
            raise click.ClickException("Jejak masih kosong.")
        with db.transaction(sessions) as session:
            scope = queries.scope(session, case_id=case_id, period_id=period_id)
            parcel = packing.gather(session, scope, head, at=db.utcnow())
            history.record(
                session, "custody.export", at=db.utcnow(), actor_id=None, on=(scope.kind, scope.number),
                region_code=scope.region_code, manifest_sha256=parcel.manifest_sha256, files=len(parcel.photos),
            )  # fmt: skip
    _write(to, parcel, store)
    click.echo(f"{len(parcel.photos)} berkas asli, manifest SHA-256 {parcel.manifest_sha256}; ditulis ke {to}")


def _write(to: Path, parcel: packing.Parcel, store: Store) -> None:
    """The whole zip or none. A count for whoever waits."""
    beside, count, total = to.with_name(f".{to.name}.{os.getpid()}"), Counter(), len(parcel.photos)
    if to.exists():
        raise click.ClickException(f"{to} sudah ada.")
    try:
        with beside.open("xb") as file:
            for piece in packing.zipped(parcel, store, lambda done: count("Berkas asli", done, total)):
                file.write(piece)
        beside.rename(to)
    finally:
        beside.unlink(missing_ok=True)
        sys.stdout.flush()
