"""What the demo shows beyond its cases: who copied whom, and what everybody may see; by the product's own verbs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from media.redact import Redactor
from media.store import Store
from webapp.demo.items import name_of
from webapp.demo.people import Team
from webapp.evidence.models import Evidence
from webapp.publication import services as publication
from webapp.publication.models import Publication
from webapp.publication.rules import Box, Precision
from webapp.replication.services import Source, name_source

HOUR = timedelta(hours=1)
# Copy, its source among the cases of the same unit, or words about something elsewhere and the region they are about.
COPIES: tuple[tuple[str, str | None, str, str | None], ...] = (
    ("MGH-09", "MGH-08", "", None),  # not verified yet
    ("MGH-15", None, "Pasar Sehat binaan Kota Bandung", "32.73"),
    ("BDG-11", None, "Taman inovatif di Seoul (tugas studi 2018)", None),
)


@dataclass(frozen=True)
class Told:
    """A publication: its point, boxes on its photo (none: nothing is to be covered), and whether it is out already."""

    key: str
    note: str
    precision: Precision = Precision.EXACT
    boxes: tuple[Box, ...] = ()
    out: bool = True


PUBLICATIONS = (
    Told("MGH-06", "Warga tiga kelurahan memilah sampah dari rumah."),
    Told("MGH-03", "Loket dengan meja rendah dan jalur landai.", Precision.GRID, out=False),  # the second look waits
    Told("BDG-03", "Jumat keliling ke masjid lingkungan.", Precision.GRID, (Box(0.36, 0.5, 0.12, 0.2),)),
    Told("BDG-05", "Makan malam bersama warga.", Precision.KECAMATAN, (Box(0.3, 0.4, 0.35, 0.3),), out=False),
    Told("BDG-07", "Jajanan warga di satu ruas jalan.", Precision.EXACT, (Box(0.6, 0.55, 0.1, 0.2),)),
    Told("BDG-09", "Saluran dan taman kelurahan dirawat bersama."),
)


def tell_copies(session: Session, teams: Mapping[str, Team], *, at: datetime) -> None:
    """Camat say what theirs was adapted from."""
    for key, source, words, region in COPIES:
        case = _case(session, key)
        said = Source(_case(session, source).id if source else None, words, region)
        name_source(session, case.id, said, actor=_team(teams, key).camat(case.region_code), at=at)


def tell_publications(session: Session, teams: Mapping[str, Team], store: Store, *, at: datetime) -> None:
    """The one information officer of each region prepares and publishes; its secretariat gives the second look."""
    for number, told in enumerate(PUBLICATIONS):
        _tell(session, told, _team(teams, told.key), store, at + number * HOUR)


def _tell(session: Session, told: Told, team: Team, store: Store, at: datetime) -> Publication:
    case, officer = _case(session, told.key), team.informer
    wanted = publication.Wanted(case.title, told.note, told.precision, photos=[case.photos[0].id])
    one = publication.prepare(session, case, wanted, actor=officer, at=at)
    publication.cover(
        session, one, one.photos[0], told.boxes, clear=not told.boxes, alt=f"Gambar contoh: {case.title}",
        actor=officer, at=at + HOUR / 6, store=store, redactor=Redactor(),
    )  # fmt: skip
    if told.out:
        publication.approve(session, one, actor=team.secretariat, at=at + HOUR / 4)
        publication.publish(session, one, actor=officer, at=at + HOUR / 3)
    return one


def _team(teams: Mapping[str, Team], key: str) -> Team:
    return teams[key[:3]]


def _case(session: Session, key: str) -> Evidence:
    return session.scalars(select(Evidence).where(Evidence.client_id == name_of(key))).one()
