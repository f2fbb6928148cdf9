"""Commands of accounts: the first administrator, and a way back in."""

from __future__ import annotations

import sys
from zoneinfo import ZoneInfo

import click

from webapp import db
from webapp.accounts import services
from webapp.terminal import Shell


@click.group("admin")
def admin() -> None:
    """Create the first administrator, or let somebody in again who has lost password or phone."""


@admin.command("create")
@click.option("--username", prompt="Nama pengguna", help="Name to sign in with.")
@click.option("--name", prompt="Nama lengkap", help="Full name.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@click.pass_obj
def create(shell: Shell, username: str, name: str, password_stdin: bool) -> None:
    """Create the first administrator of the whole country; refused when there is one."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _asked()
    at = db.utcnow()
    today = at.astimezone(ZoneInfo(shell.settings.time_zone)).date()
    with shell.transaction() as session:
        services.create_first_administrator(
            session, username, name, password, at, on=today, organisation=shell.settings.organisation
        )
    click.echo(f"Administrator {username} dibuat; silakan masuk lewat peramban.")


@admin.command("reset")
@click.argument("username")
@click.pass_obj
def reset(shell: Shell, username: str) -> None:
    """Print a one-time password for USERNAME; all of that person's sessions end."""
    with shell.transaction() as session:
        password = services.reset_by_operator(session, username, db.utcnow())
    click.echo(f"Kata sandi sekali pakai untuk {username}: {password}")


@admin.command("reset-second-factor")
@click.argument("username")
@click.pass_obj
def reset_second_factor(shell: Shell, username: str) -> None:
    """Take away the second factor of USERNAME, who has lost it; all of that person's sessions end."""
    with shell.transaction() as session:
        services.reset_factor_by_operator(session, username, db.utcnow())
    click.echo(f"Faktor kedua {username} dihapus; yang baru dipasang saat masuk berikutnya bila wajib.")


def _asked() -> str:
    asked: str = click.prompt("Kata sandi", hide_input=True, confirmation_prompt="Ulangi kata sandi")
    return asked
