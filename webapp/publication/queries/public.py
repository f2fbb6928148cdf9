"""What everybody may read. Only the views of migration 0180 are asked here: they hold nothing else."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import Select, column, exists, func, select, table
from sqlalchemy.orm import Session, joinedload

from geo.columns import point_type, read_point
from geo.values import LonLat
from webapp.access import within
from webapp.evidence.models import Activity, EvidenceKind
from webapp.publication.rules import Precision
from webapp.territory.models import Region
from webapp.territory.queries import among

MOST_SHOWN = 1_000  # of the newest, on the page, in GeoJSON and in the feed alike
_ITEM = table(
    "public_item",
    *map(column, ("public_id", "title", "note", "kind_code", "activity_code", "region_code", "occurred_from")),
    *map(column, ("occurred_to", "precision", "published_at")), column("place", point_type()), schema="wall",
)  # fmt: skip
_PHOTO = table(
    "public_photo", *map(column, ("public_id", "position", "digest", "width", "height", "alt")), schema="wall"
)
_CHANGE = table("public_change", column("at"), schema="wall")


@dataclass(frozen=True)
class PublicPhoto:
    """A covered picture: `digest` is its own, `width` and `height` in pixels, `alt` what is to be seen on it."""

    digest: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Item:
    """One published case. `region_code`: of the kecamatan; `place`: as coarse as `precision` says, degrees."""

    public_id: uuid.UUID
    title: str
    note: str
    kind: EvidenceKind | None
    activity: Activity | None
    region_code: str
    region_name: str
    upper_name: str
    occurred_from: date
    occurred_to: date
    precision: Precision
    place: LonLat | None
    published_at: datetime
    photos: Sequence[PublicPhoto] = field(default_factory=tuple)


@dataclass(frozen=True)
class Sieve:
    """What a visitor wants to see: the code of a kind, and of a region with all below it; "" for everything."""

    kind: str = ""
    region: str = ""

    def args(self) -> dict[str, str]:
        """The same as parameters of an address."""
        return {name: value for name, value in (("jenis", self.kind), ("wilayah", self.region)) if value}


@dataclass(frozen=True)
class Found:
    """What a sieve leaves: the newest of it, and how many there are altogether."""

    items: Sequence[Item]
    total: int

    @property
    def unplaced(self) -> int:
        """How many of those shown have no point."""
        return sum(item.place is None for item in self.items)


def found(session: Session, sieve: Sieve) -> Found:
    """Published items, newest first: the one reading behind page, GeoJSON and feed."""
    wanted = _sifted(sieve)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = session.execute(wanted.order_by(_ITEM.c.published_at.desc(), _ITEM.c.public_id).limit(MOST_SHOWN)).all()
    return Found(_items(session, rows), total)


def item(session: Session, public_id: uuid.UUID) -> Item | None:
    """One of them, if it is public at this moment."""
    rows = session.execute(select(_ITEM).where(_ITEM.c.public_id == public_id)).all()
    return _items(session, rows)[0] if rows else None


def is_public(session: Session, digest: str) -> bool:
    """Whether a covered picture belongs to something public at this moment."""
    return bool(session.scalar(select(exists().where(_PHOTO.c.digest == digest))))


def changed_at(session: Session) -> datetime | None:
    """When something was published or taken back last."""
    at: datetime | None = session.scalar(select(_CHANGE.c.at))
    return at


def kinds(session: Session) -> list[EvidenceKind]:
    """Kinds of which something is public, in their order."""
    shown = select(_ITEM.c.kind_code)
    return list(
        session.scalars(select(EvidenceKind).where(EvidenceKind.code.in_(shown)).order_by(EvidenceKind.position))
    )


def regions(session: Session) -> list[Region]:
    """Kabupaten and kota of which something is public, by name."""
    codes = list(session.scalars(select(func.left(_ITEM.c.region_code, 5)).distinct()))
    return list(session.scalars(select(Region).where(among(Region.code, codes)).order_by(Region.name)))


def _sifted(sieve: Sieve) -> Select[Any]:
    wanted = select(_ITEM)
    if sieve.kind:
        wanted = wanted.where(_ITEM.c.kind_code == sieve.kind)
    if sieve.region:
        wanted = wanted.where(within(_ITEM.c.region_code, [sieve.region]))
    return wanted


def _items(session: Session, rows: Sequence[Any]) -> list[Item]:
    names = _names(session, {row.region_code for row in rows})
    photos = _photos(session, [row.public_id for row in rows])
    known = {kind.code: kind for kind in session.scalars(select(EvidenceKind))}
    activities = {one.code: one for one in session.scalars(select(Activity).options(joinedload(Activity.kind)))}
    return [
        Item(
            public_id=row.public_id, title=row.title, note=row.note, kind=known.get(row.kind_code),
            activity=activities.get(row.activity_code), region_code=row.region_code,
            region_name=names.get(row.region_code, ""), upper_name=names.get(row.region_code[:5], ""),
            occurred_from=row.occurred_from, occurred_to=row.occurred_to, precision=Precision(row.precision),
            place=read_point(row.place) if isinstance(row.place, WKBElement) else None, published_at=row.published_at,
            photos=tuple(photos[row.public_id]),
        )
        for row in rows
    ]  # fmt: skip


def _names(session: Session, codes: set[str]) -> dict[str, str]:
    every = [*codes, *{code[:5] for code in codes}]
    rows = session.execute(select(Region.code, Region.name).where(among(Region.code, every)))
    return {code: name for code, name in rows}  # noqa: C416  (rows unpack, `dict` would not type)


def _photos(session: Session, of: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[PublicPhoto]]:
    known: dict[uuid.UUID, list[PublicPhoto]] = defaultdict(list)
    for row in session.execute(select(_PHOTO).where(_PHOTO.c.public_id.in_(of)).order_by(_PHOTO.c.position)):
        known[row.public_id].append(PublicPhoto(row.digest, row.width, row.height, row.alt))
    return known
