"""The command `petabukti`. Each journey brings its own commands; those of the whole house are here."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import click

from config import BadSetting, Settings
from media.errors import StoreUnavailable
from webapp import catalogue, logs, schema
from webapp.accounts.commands import admin
from webapp.app import create_app
from webapp.background import end_with_parent
from webapp.cluster import ClusterError, cluster_folder, find_binaries, libpq_url
from webapp.custody.commands import audit, custody
from webapp.database import configure, database, require_schema, require_web, sessions, transaction
from webapp.demo.commands import demo
from webapp.errors import Problem
from webapp.evidence.commands import media
from webapp.run import run
from webapp.serving import PortTaken, reserve, serve, stop_on_signals
from webapp.signals.commands import signals
from webapp.terminal import Shell
from webapp.territory.commands import group as regions
from webapp.working import run_worker

_FOLDER = click.Path(file_okay=False, path_type=Path)


class _Group(click.Group):
    """Turns situations into one sentence and exit code 1, for the commands of all journeys."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ClusterError, BadSetting, PortTaken) as why:
            raise _Refusal(str(why)) from why
        except Problem as why:
            raise _Refusal(str(why.sentence)) from why
        except StoreUnavailable as why:
            raise _Refusal("Penyimpanan foto sedang tidak dapat dijangkau.") from why


class _Refusal(click.ClickException):
    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"petabukti: {self.message}", file=file, err=True)


def _with(settings: Settings, **given: Any) -> Settings:
    """The settings, with the options that were given on the command line."""
    return replace(settings, **{name: value for name, value in given.items() if value is not None}).checked()


@click.group(cls=_Group)
@click.option("--data", type=_FOLDER, help="Data directory (default: PETABUKTI_DATA, else data/ beside the program).")
@click.pass_context
def main(ctx: click.Context, data: Path | None) -> None:
    """Petabukti: geotagged evidence for the assessment of sub-district heads.

    Settings come from environment variables; README.md lists them.
    """
    settings = Settings.from_environ(os.environ, data_dir=data and data.resolve())
    ctx.obj = Shell(settings, partial(transaction, settings), partial(sessions, settings))


@main.command("run")
@click.option("--host", help="Address to listen on (default 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (default 8000).")
@click.option("--data", type=_FOLDER, help="Data directory.")
@click.option("--no-demo", is_flag=True, help="Do not load demo data on the first start.")
@click.pass_obj
def run_command(shell: Shell, host: str | None, port: int | None, data: Path | None, no_demo: bool) -> None:
    """Set everything up, serve, and print the address."""
    data_dir = data and data.resolve()
    run(_with(shell.settings, host=host, port=port, data_dir=data_dir, demo=False if no_demo else None))


@main.command("serve")
@click.option("--host", help="Address to listen on (default 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (default 8000).")
@click.pass_obj
def serve_command(shell: Shell, host: str | None, port: int | None) -> None:
    """Serve in production: DATABASE_URL is required, nothing is set up."""
    if shell.settings.database_url is None:
        raise _Refusal("serve memerlukan DATABASE_URL; untuk mencoba di satu komputer gunakan: petabukti run")
    stop_on_signals()
    logs.configure()
    settings = _with(shell.settings, host=host, port=port)
    with reserve(settings) as door, database(settings) as url:
        require_schema(settings, url)
        configure(settings, url)
        require_web(settings, url)
        app = create_app(replace(settings, database_url=url))
        with app.extensions["petabukti_decoder"]:
            serve(app, settings, door)


@main.command("worker")
@click.pass_obj
def worker_command(shell: Shell) -> None:
    """Work through background tasks until stopped."""
    supervised = end_with_parent()
    os.nice(5)  # whoever waits in front of a page comes first
    logs.configure(shell.settings.data_dir / "log" if supervised else None, "worker")
    with database(shell.settings) as url:
        run_worker(replace(shell.settings, database_url=url))


@main.command("migrate")
@click.option("--to", "revision", default="head", show_default=True, help="Revision to go to; base empties everything.")
@click.option("--down", is_flag=True, help="Go back to the revision instead of forward.")
@click.pass_obj
def migrate_command(shell: Shell, revision: str, down: bool) -> None:
    """Bring the database to the newest schema, or back."""
    with database(shell.settings) as url:
        (schema.downgrade if down else schema.upgrade)(url, revision)
    click.echo(f"Skema kini di {revision}.")


@main.command("psql", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def psql_command(ctx: click.Context, arguments: tuple[str, ...]) -> None:
    """Open psql on the database; further arguments are passed on."""
    shell: Shell = ctx.obj
    ours = shell.settings.database_url is None
    program = find_binaries(cluster_folder(shell.settings.data_dir)).path("psql") if ours else "psql"
    with database(shell.settings) as url:
        ctx.exit(subprocess.run([program, libpq_url(url), *arguments], check=False).returncode)


@main.command("strings")
def strings_command() -> None:
    """Bring the English catalogue to what the code says now, and list what still lacks a translation."""
    for sentence in catalogue.update():
        click.echo(sentence)


for _journey in (regions, admin, demo, media, signals, audit, custody):
    main.add_command(_journey)

if __name__ == "__main__":
    main(prog_name="petabukti")
