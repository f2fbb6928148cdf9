"""`petabukti demo`: the demo data, and who can sign in to it."""

import click

from webapp import db
from webapp.demo.start import DemoLoaded, load_into_new, remembered
from webapp.terminal import Counter, Shell


@click.group("demo")
def demo() -> None:
    """Demo data: five founding areas with 54 cases."""


@demo.command("load")
@click.pass_obj
def load_command(shell: Shell) -> None:
    """Load the demo into a database that has no people yet."""
    with shell.transaction() as session:
        try:
            load_into_new(session, shell.settings, at=db.utcnow(), progress=Counter())
        except DemoLoaded as why:
            raise click.ClickException("Data contoh hanya untuk basis data yang belum berisi pengguna.") from why
    for line in remembered(shell.settings):
        click.echo(line)


@demo.command("accounts")
@click.pass_obj
def accounts_command(shell: Shell) -> None:
    """Print who can sign in to the demo of this data directory."""
    for line in remembered(shell.settings):
        click.echo(line)
