"""`petabukti regions …`: boundaries in from a file or an address, and what is there already."""

from __future__ import annotations

import http.client
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import click

from geo.boundaries import ANY_CODE, ColumnMapping, Limits
from geo.reading import Rules
from webapp.db import utcnow
from webapp.terminal import Counter, Shell
from webapp.territory import queries, services
from webapp.territory.errors import BoundaryFileRefused, ImportRefused
from webapp.territory.rules import LEVEL_LABELS, Level
from webapp.territory.services import DatasetFacts, How, ImportReport

SHOWN = 40  # refused rows printed; the rest are counted
_SCHEMES = ("http", "https", "file")


@click.group("regions")
def group() -> None:
    """Regions and their boundaries."""


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def dress(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return dress


_DATASET = _options(
    click.option("--dataset", required=True, help="Name of the dataset, e.g. 'BIG batas wilayah 2025'."),
    click.option("--source", required=True, help="Where it comes from: office, address, letter."),
    click.option("--licence", required=True, help="Under which terms it may be used."),
    click.option("--attribution", required=True, help="What maps must show."),
    click.option("--vintage", required=True, help="Year or date of the boundaries."),
)
_COLUMNS = _options(
    click.option("--code-column", default="code", show_default=True, help="Column with the Kemendagri code (text)."),
    click.option("--name-column", default="name", show_default=True, help="Column with the name."),
    click.option("--crs", help="CRS of the file where it does not say, e.g. EPSG:32748."),
    click.option("--layer", help="Layer of a GeoPackage that has several."),
)
_CHOICES = _options(
    click.option("--dry-run", is_flag=True, help="Report only; change nothing."),
    click.option("--skip-refused", is_flag=True, help="Take the rest although rows are refused."),
)


@group.command("import")
@click.argument("source_file", metavar="FILE|URL")
@_COLUMNS
@click.option("--level-column", help="Column with the level (default: the code says it).")
@click.option("--bps-column", help="Column with the BPS code.")
@click.option("--level", type=click.Choice([str(level) for level in Level]), help="Level every row must have.")
@_DATASET
@click.option("--approximate", is_flag=True, help="Label the boundaries as approximate.")
@click.option("--decree", help="Decree that names the regions; written to what is added or changed.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="Day from which the regions are valid.")
@_CHOICES
@click.pass_obj
def import_command(shell: Shell, /, source_file: str, **given: Any) -> None:
    """Import boundaries from GeoJSON, GeoPackage or a zipped Shapefile, in any CRS.

    The parent of a region follows from its code. Everything is one transaction: unless every row can be taken (or
    --skip-refused is given) nothing changes.
    """
    mapping = ColumnMapping(given["code_column"], given["name_column"], given["bps_column"], given["level_column"])
    rules = Rules(assume_crs=given["crs"], layer=given["layer"])
    level = Level(given["level"]) if given["level"] else None
    how = How(given["dry_run"], given["skip_refused"], level, Counter())
    with local_file(source_file) as path, shell.transaction() as session:
        report = services.import_boundaries(
            session, path, facts_of(given), mapping=mapping, rules=rules, how=how, at=utcnow()
        )
    _finish(report)


@group.command("abroad")
@click.argument("source_file", metavar="FILE|URL")
@click.option("--country", required=True, help="ISO code of the country, e.g. KR.")
@click.option("--city", required=True, help="City the names belong to, e.g. Seoul.")
@_COLUMNS
@_DATASET
@_CHOICES
@click.pass_obj
def abroad_command(shell: Shell, /, source_file: str, country: str, city: str, **given: Any) -> None:
    """Import names of the parts of a city abroad (labels only, never regions)."""
    mapping = ColumnMapping(given["code_column"], given["name_column"])
    rules = Rules(within=None, codes=ANY_CODE, assume_crs=given["crs"], layer=given["layer"])
    how = How(given["dry_run"], given["skip_refused"])
    with local_file(source_file) as path, shell.transaction() as session:
        report = services.load_places_abroad(
            session, path, facts_of(given), country=country, city=city, mapping=mapping, rules=rules, how=how,
            at=utcnow(),
        )  # fmt: skip
    _finish(report)


@group.command("countries")
@click.argument("source_file", metavar="FILE|URL")
@click.pass_obj
def countries_command(shell: Shell, source_file: str) -> None:
    """Load the countries around Indonesia from a countries-*.json of npm world-atlas."""
    with local_file(source_file) as path, shell.transaction() as session:
        count = services.load_countries(session, services.read_world(path), at=utcnow())
    click.echo(f"{count} negara dimuat.")


@group.command("approximate")
@click.pass_obj
def approximate_command(shell: Shell) -> None:
    """Draw approximate boundaries for regions of the built-in list that have none."""
    with shell.transaction() as session:
        report = services.load_approximate(session, at=utcnow(), progress=Counter())
    _finish(report)


@group.command("list")
@click.argument("code", required=False)
@click.pass_obj
def list_command(shell: Shell, code: str | None) -> None:
    """List the provinces, or the regions directly below CODE."""
    with shell.transaction() as session:
        for region, area_km2, approximate in queries.listing(session, code):
            size = (
                "tanpa batas" if area_km2 is None else f"{area_km2:,.1f} km2" + (" (perkiraan)" if approximate else "")
            )
            click.echo(f"{region.code:<14}{LEVEL_LABELS[Level(region.level)]!s:<12}{region.name}  {size}")


@group.command("datasets")
@click.pass_obj
def datasets_command(shell: Shell) -> None:
    """List the datasets of boundaries and how many regions each draws now."""
    with shell.transaction() as session:
        for dataset, in_use in queries.datasets(session):
            click.echo(
                f"{dataset.name} ({dataset.vintage}): {in_use} batas berlaku; {dataset.licence}; {dataset.source}"
            )


def facts_of(given: dict[str, Any]) -> DatasetFacts:
    """The dataset as the options describe it."""
    valid_from: datetime | None = given.get("valid_from")
    return DatasetFacts(
        given["dataset"], given["source"], given["licence"], given["attribution"], given["vintage"],
        given.get("approximate", False), given.get("decree"), valid_from.date() if valid_from else None,
    )  # fmt: skip


@contextmanager
def local_file(place: str, limit: int = Limits().file_bytes) -> Iterator[Path]:
    """The file itself, or what stands at an http, https or file address, fetched up to `limit` bytes."""
    parts = urlsplit(place)
    if "://" not in place:
        yield Path(place)
    elif parts.scheme not in _SCHEMES:
        raise BoundaryFileRefused("address_refused", parts.scheme)
    elif parts.scheme == "file":
        yield Path(url2pathname(parts.path))
    else:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "batas"
            _download(place, target, limit)
            yield target


def _download(address: str, target: Path, limit: int) -> None:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer, target.open("wb") as file:  # noqa: S310 # nosec B310 # scheme checked
            announced = int(answer.headers.get("Content-Length") or 0)
            if announced > limit:
                raise BoundaryFileRefused("file_too_big", address)
            while piece := answer.read(1 << 20):
                if file.tell() + len(piece) > limit:
                    raise BoundaryFileRefused("file_too_big", address)
                file.write(piece)
            if file.tell() < announced:
                raise BoundaryFileRefused("download_failed", f"{file.tell()} < {announced}")
    except urllib.error.HTTPError as why:
        with why:  # it holds the connection
            raise BoundaryFileRefused("download_failed", f"HTTP {why.code}") from why
    except (OSError, ValueError, http.client.HTTPException) as why:
        raise BoundaryFileRefused("download_failed", str(why)[:200]) from why


def print_report(report: ImportReport) -> None:
    """The report for the person who waits."""
    click.echo(
        f"{report.dataset}: {len(report.added)} baru, {len(report.changed)} berubah, {len(report.unchanged)} tetap, "
        f"{len(report.refused)} ditolak"
    )
    for code, what in report.repaired[:SHOWN]:
        click.echo(f"  diperbaiki {code}: {what}")
    for line in report.refused[:SHOWN]:
        where = f" di {line.at[0]:.6g}, {line.at[1]:.6g}" if line.at else ""
        detail = f" [{line.detail}]" if line.detail else ""
        name = " ".join(text for text in (line.code, line.name) if text) or "-"
        click.echo(f"  ditolak baris {line.row} ({name}): {line.sentence}{where}{detail}  <{line.reason}>")
    if len(report.refused) > SHOWN:
        click.echo(f"  … dan {len(report.refused) - SHOWN} baris lain")


def _finish(report: ImportReport) -> None:
    print_report(report)
    if report.dry_run:
        click.echo("Percobaan: tidak ada yang diubah.")
    elif report.applied:
        click.echo("Tersimpan.")
    elif report.refused:
        raise ImportRefused
    else:
        click.echo("Semua sudah sama; tidak ada yang diubah.")
