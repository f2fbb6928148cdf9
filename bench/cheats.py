"""A labelled set of cheats and of honest people, made with the product's own services: for `bench.attacks` and tests.

Each maker brings a case (or several) into the world as its person would, and answers the one that is judged. Pictures
are drawn, files are written with the EXIF their story needs; nothing is put into the database that did not arrive.
"""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageOps
from shapely import box
from sqlalchemy.orm import Session

from geo.columns import stored_area, stored_point
from geo.values import LonLat
from tests import factories
from tests.factories import KABUPATEN, KOTA
from tests.photos import encoded, picture, with_exif
from tests.photos.exif import Camera, ascii_, block, gps_entries
from webapp.access import Role
from webapp.accounts.models import Account
from webapp.evidence import services
from webapp.evidence.models import Evidence, Photo
from webapp.evidence.rules import Move, State
from webapp.territory.models import Region, RegionBoundary
from webapp.territory.rules import Level

SIZE = (640, 480)
JAYAPURA = "91.71"
WIB, WIT = 7, 9
FIRST = datetime(2018, 3, 5, 2, 0, tzinfo=UTC)  # 09.00 WIB
SITE = {"kind_code": "infrastruktur", "activity_code": "sarana_prasarana"}
EVENT = {"kind_code": "kegiatan", "activity_code": "culinary_night"}
DAWN = {"kind_code": "kegiatan", "activity_code": "subuh_keliling"}
STAGES = {"kind_code": "infrastruktur", "activity_code": "pembangunan_bertahap"}


@dataclass
class World:
    """People, places and a calendar. Every story has its own day, its own people and its own spot."""

    session: Session
    dice: random.Random
    people: factories.Team
    eastern: factories.Team
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def made(cls, session: Session, seed: int = 5) -> World:
        people = factories.team(session)
        factories.period(session, code=KOTA)
        _papua(session)
        return cls(session, random.Random(seed), people, factories.team(session, code=JAYAPURA))

    def unit(self, upper: str = KABUPATEN) -> str:
        return f"{upper}.{self.dice.randint(1, 4):02d}"

    def camat(self, *units: str) -> Account:
        return factories.account(self.session, *((Role.CAMAT, unit) for unit in units))

    def moment(self, hour: int = 9, zone: int = WIB) -> datetime:
        """About that hour on some day of the period."""
        day = FIRST + timedelta(days=self.dice.randint(0, 200))
        naive = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=zone)
        return naive + timedelta(minutes=self.dice.randint(0, 40), seconds=self.dice.randint(0, 59))

    def spot(self, unit: str) -> LonLat:
        """Somewhere inside a unit, away from its border."""
        west, south = corner(unit)
        return LonLat(west + self.dice.uniform(0.02, 0.08), south + self.dice.uniform(0.02, 0.08))

    def accuracy(self) -> float:
        """As phones tell it: never twice the same."""
        return self.dice.uniform(4, 24)

    def drawing(self) -> Image.Image:
        return picture(next(self.numbers) + 50_000, SIZE)

    def serial(self) -> str:
        return f"R5{self.dice.randrange(10**9):09d}"


def corner(unit: str) -> tuple[float, float]:
    if unit.startswith(JAYAPURA):
        return 140.6 + 0.1 * (int(unit[-2:]) - 1), -2.6
    return 100 + 0.1 * (int(unit[-2:]) - 1), -2.0 if unit.startswith(KABUPATEN) else -1.9


def _papua(session: Session) -> None:
    """Four kecamatan where it is two hours later."""
    dataset = factories.territory(session)
    for code in ("91", JAYAPURA, *(f"{JAYAPURA}.{n:02d}" for n in range(1, 5))):
        level = {2: Level.PROVINSI, 5: Level.KOTA, 8: Level.KECAMATAN}[len(code)]
        session.add(
            Region(code=code, name=f"Timur {code}", level=level, parent_code=code.rpartition(".")[0] or None,
                   time_zone="Asia/Jayapura", boundary_error_m=150)
        )  # fmt: skip
        session.flush()
        west, south = corner(code) if len(code) == 8 else (140.6, -2.6)
        area = box(west, south, west + (0.1 if len(code) == 8 else 0.4), south + 0.1)
        session.add(
            RegionBoundary(region_code=code, dataset=dataset, area=stored_area(area), outline=stored_area(area),
                           label_point=stored_point(LonLat(west + 0.05, south + 0.05)), area_km2=1.0)
        )  # fmt: skip
    session.flush()


# --- files and how they are sent


def east(place: LonLat, metres: float) -> LonLat:
    return LonLat(place.lon + metres / 111_000, place.lat)


def jpeg(
    image: Image.Image, *, at: datetime | None = None, zone: int = WIB, place: LonLat | None = None,
    serial: str = "0000", software: str = "A536BXXU4", model: str = "P7", make: str = "Petaphone",
    offset: bool = False, gps_time: datetime | None = None, quality: int = 85,
) -> bytes:  # fmt: skip
    """A file as a camera writes it; without a moment and a place as a messenger leaves it."""
    data = encoded(image, quality=quality)
    if at is None and place is None:
        return data
    camera = Camera(make=make, model=model, serial=serial, software=software)
    main = [ascii_(0x010F, camera.make), ascii_(0x0110, camera.model), ascii_(0x0131, camera.software)]
    exif = [ascii_(0xA431, camera.serial)]
    if at is not None:
        exif.append(ascii_(0x9003, f"{at.astimezone(UTC) + timedelta(hours=zone):%Y:%m:%d %H:%M:%S}"))
        exif += [ascii_(0x9011, f"+{zone:02d}:00")] if offset else []
    gps = gps_entries(place.lon, place.lat, 6.0, time=gps_time) if place is not None else ()
    return with_exif(data, block(main, exif, gps))


def page(
    world: World, at: datetime, place: LonLat | None, image: Image.Image | None = None, **said: Any
) -> services.Incoming:
    """Taken with the capture page: its fix and its clock come along, the file has no EXIF."""
    accuracy = said.pop("accuracy", world.accuracy())
    usual: dict[str, Any] = {
        "upload_id": uuid.uuid4(), "name": "foto.jpg", "data": jpeg(image or world.drawing()),
        "capture_source": "camera",
        "captured_at": at, "fix": place, "fix_accuracy_m": accuracy if place else None, "fix_at": at if place else None,
    }  # fmt: skip
    return services.Incoming(**{**usual, **said})


def gallery(_: World, data: bytes, picked_at: datetime, **said: Any) -> services.Incoming:
    """Picked from the gallery: all that is known stands in the file."""
    usual: dict[str, Any] = {
        "upload_id": uuid.uuid4(), "name": "foto.jpg", "data": data, "capture_source": "gallery",
        "captured_at": picked_at,
    }  # fmt: skip
    return services.Incoming(**{**usual, **said})


def case(
    world: World, by: Account, unit: str, files: list[services.Incoming], *, day: datetime,
    received: datetime | None = None,
    zone: int = WIB, pin: LonLat | None = None, sent: bool = True, **words: Any,
) -> Evidence:  # fmt: skip
    """A case of that day with these files, sent to the desk."""
    at = received or day + timedelta(minutes=3)
    local: date = (day + timedelta(hours=zone)).date()
    fields = factories.fields(**{"occurred_from": local, "occurred_to": local, **EVENT, **words})
    team = world.eastern if unit.startswith(JAYAPURA) else world.people
    made = services.create(world.session, actor=by, region_code=unit, client_id=uuid.uuid4(), fields=fields, at=at)
    services.add_photos(world.session, made, files, actor=by, at=at, intake=team.intake)
    if pin is not None:
        services.set_pin(world.session, made, pin, actor=by, at=at)
    services.set_reason(
        world.session, made, "" if made.region_result in ("cocok", "dekat_batas") else "-", actor=by, at=at
    )
    if sent:
        services.submit(world.session, made, actor=by, at=at)
    world.session.flush()
    return made


def simple(world: World, *files: services.Incoming, day: datetime, unit: str, **more: Any) -> Evidence:
    return case(world, world.camat(unit), unit, list(files), day=day, **more)


# --- cheats

Maker = Callable[[World], Evidence]


def _stolen(world: World, change: Callable[[World, Image.Image], bytes | Image.Image]) -> Evidence:
    """A photo of the next city, changed, sent as an own one some weeks later."""
    theirs, mine, day = world.unit(KOTA), world.unit(), world.moment()
    image = world.drawing()
    data = encoded(image, quality=88)
    simple(world, page(world, day, world.spot(theirs), data=data), day=day, unit=theirs)
    later = day + timedelta(days=9)
    changed = change(world, image)
    copy = data if changed is image else changed if isinstance(changed, bytes) else encoded(changed, quality=85)
    return simple(world, page(world, later, world.spot(mine), data=copy), day=later, unit=mine)


def exact(world: World) -> Evidence:
    return _stolen(world, lambda _, image: image)


def recompressed(world: World) -> Evidence:
    return _stolen(world, lambda world, image: encoded(image, quality=world.dice.randint(28, 60)))


def resized(world: World) -> Evidence:
    return _stolen(world, lambda world, image: ImageOps.scale(image, world.dice.uniform(0.45, 0.8)))


def cropped(world: World) -> Evidence:
    """Up to 20 % of width and height away, from the middle outwards."""

    def cut(world: World, image: Image.Image) -> Image.Image:
        share = world.dice.uniform(0.03, 0.20) / 2
        wide, high = image.size
        return image.crop((int(wide * share), int(high * share), int(wide * (1 - share)), int(high * (1 - share))))

    return _stolen(world, cut)


def mirrored(world: World) -> Evidence:
    return _stolen(world, lambda _, image: ImageOps.mirror(image))


def turned(world: World) -> Evidence:
    return _stolen(world, lambda world, image: image.rotate(world.dice.choice((90, 180, 270)), expand=True))


def captioned(world: World) -> Evidence:
    """A bar of text over the lowest part, as stamping cameras put it."""

    def stamp(world: World, image: Image.Image) -> Image.Image:
        stamped = image.copy()
        wide, high = stamped.size
        top = int(high * world.dice.uniform(0.87, 0.92))
        draw = ImageDraw.Draw(stamped)
        draw.rectangle((0, top, wide, high), fill="black")
        draw.text((10, top + 8), "Kegiatan camat 2018", fill="white")
        return stamped

    return _stolen(world, stamp)


def reduced_elsewhere(world: World) -> Evidence:
    """The stored original of somebody else, made smaller on the phone before it was sent."""
    theirs, mine, day = world.unit(KOTA), world.unit(), world.moment()
    data = jpeg(world.drawing())
    simple(world, page(world, day, world.spot(theirs), data=data), day=day, unit=theirs)
    digest = world.people.intake.judge(data, name="foto.jpg", claimed_type="image/jpeg", received_at=day).sha256
    later = day + timedelta(days=4)
    small = page(world, later, world.spot(mine), original_sha256=digest, original_byte_size=len(data))
    return simple(world, small, day=later, unit=mine)


def old_photo(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    taken = day - timedelta(days=world.dice.randint(30, 400))
    data = jpeg(world.drawing(), at=taken, place=world.spot(unit))
    return simple(world, gallery(world, data, day), day=day, unit=unit)


def borrowed(world: World) -> Evidence:
    """Taken in another kecamatan, by the position in its file, and pinned at home."""
    unit, day = f"{KABUPATEN}.01", world.moment()
    elsewhere = world.spot(f"{KABUPATEN}.{world.dice.randint(2, 4):02d}")
    data = jpeg(world.drawing(), at=day, place=elsewhere)
    return simple(world, gallery(world, data, day), day=day, unit=unit, pin=world.spot(unit))


def moved_pin(world: World) -> Evidence:
    """Taken with the page outside the unit, the pin set inside."""
    unit, day = f"{KABUPATEN}.01", world.moment()
    return simple(
        world, page(world, day, world.spot(f"{KABUPATEN}.{world.dice.randint(2, 4):02d}")), day=day, unit=unit,
        pin=world.spot(unit),
    )  # fmt: skip


def frozen_place(world: World) -> Evidence:
    """A mock position that never moves, on three days."""
    unit = world.unit()
    by, spot, day, accuracy = world.camat(unit), world.spot(unit), world.moment(), world.dice.choice((5.0, 10.0, 3.9))
    for number in range(3):
        at = day + timedelta(days=number, hours=number)
        made = case(world, by, unit, [page(world, at, spot, accuracy=accuracy)], day=at)
    return made


def frozen_accuracy(world: World) -> Evidence:
    """A mock position that is moved about, its accuracy always the same."""
    unit = world.unit()
    by, day, accuracy = world.camat(unit), world.moment(), world.dice.uniform(3, 20)
    for number in range(4):
        at = day + timedelta(days=number)
        made = case(world, by, unit, [page(world, at, world.spot(unit), accuracy=accuracy)], day=at)
    return made


def teleport(world: World) -> Evidence:
    """One account, two ends of the regency within minutes."""
    first, second = f"{KABUPATEN}.01", f"{KABUPATEN}.04"
    by, day = world.camat(first, second), world.moment()
    case(world, by, first, [page(world, day, world.spot(first))], day=day)
    soon = day + timedelta(minutes=world.dice.randint(2, 7))
    return case(world, by, second, [page(world, soon, world.spot(second))], day=soon)


def camera_teleport(world: World) -> Evidence:
    """Pooled photos: one camera, two accounts, two places within minutes."""
    first, second, serial, day = f"{KABUPATEN}.01", f"{KABUPATEN}.04", world.serial(), world.moment()
    for unit, at in ((first, day), (second, day + timedelta(minutes=world.dice.randint(2, 7)))):
        data = jpeg(world.drawing(), at=at, place=world.spot(unit), serial=serial)
        made = simple(world, gallery(world, data, at), day=at, unit=unit)
    return made


def edited(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    name = world.dice.choice(("Adobe Photoshop 25.0", "GIMP 2.10.34", "Snapseed 2.21", "PicsArt", "Canva", "Pixlr"))
    data = jpeg(world.drawing(), at=day, place=world.spot(unit), software=name)
    return simple(world, gallery(world, data, day), day=day, unit=unit)


def says_ai(world: World) -> Evidence:
    """Made by a generator that says so, in its name or by the digital source type."""
    unit, day = world.unit(), world.moment()
    if world.dice.random() < 0.5:
        data = jpeg(
            world.drawing(), at=day, software=world.dice.choice(("Midjourney v6", "Stable Diffusion XL", "DALL-E 3"))
        )
    else:
        data = _with_xmp(jpeg(world.drawing(), at=day), "trainedAlgorithmicMedia")
    return simple(world, gallery(world, data, day), day=day, unit=unit, pin=world.spot(unit))


def _with_xmp(data: bytes, source: str) -> bytes:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/{source}"/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()
    body = b"http://ns.adobe.com/xap/1.0/\x00" + packet
    return data[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + data[2:]


def preview_differs(world: World) -> Evidence:
    """Changed by a program that kept the camera's own small picture."""
    unit, day = world.unit(), world.moment()
    data = with_preview(world.drawing(), world.drawing(), day, world.spot(unit))
    return simple(world, gallery(world, data, day), day=day, unit=unit)


def with_preview(image: Image.Image, small: Image.Image, at: datetime, place: LonLat) -> bytes:
    """A camera's file with a preview; Pillow writes the second directory of the EXIF from what it is given."""
    tiny = encoded(small.resize((160, 120)), quality=70)
    main = [ascii_(0x010F, "Petaphone"), ascii_(0x0110, "P7")]
    exif = [ascii_(0x9003, f"{at + timedelta(hours=WIB):%Y:%m:%d %H:%M:%S}")]
    tiff = bytearray(block(main, exif, gps_entries(place.lon, place.lat, 6.0)))
    first = int.from_bytes(tiff[4:8], "big")
    link = first + 2 + 12 * int.from_bytes(tiff[first : first + 2], "big")
    start = len(tiff)
    tiff[link : link + 4] = start.to_bytes(4, "big")
    entries = [(0x0103, 3, 1, (6).to_bytes(2, "big") + b"\0\0"), (0x0201, 4, 1, (start + 42).to_bytes(4, "big")),
               (0x0202, 4, 1, len(tiny).to_bytes(4, "big"))]  # fmt: skip
    tiff += len(entries).to_bytes(2, "big")
    for tag, kind, count, value in entries:
        tiff += tag.to_bytes(2, "big") + kind.to_bytes(2, "big") + count.to_bytes(4, "big") + value
    return with_exif(encoded(image, quality=85), bytes(tiff + b"\0\0\0\0" + tiny))


def clock_back(world: World) -> Evidence:
    """The phone's clock turned back into the event's days; satellites, or the fix, still tell the true time."""
    unit, day = world.unit(), world.moment()
    true = day + timedelta(days=world.dice.randint(4, 60))
    spot = world.spot(unit)
    if world.dice.random() < 0.5:
        return simple(
            world, page(world, day, spot, fix_at=true), day=day, received=true + timedelta(minutes=2), unit=unit
        )
    data = jpeg(world.drawing(), at=day, place=spot, gps_time=true)
    return simple(world, gallery(world, data, true), day=day, received=true + timedelta(minutes=2), unit=unit)


def clock_ahead(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    data = jpeg(world.drawing(), at=day, place=world.spot(unit))
    before = day - timedelta(days=world.dice.randint(2, 9))
    return simple(world, gallery(world, data, before), day=day, received=before, unit=unit)


def dawn_in_the_afternoon(world: World) -> Evidence:
    unit, day = world.unit(), world.moment(world.dice.randint(9, 20))
    return simple(world, page(world, day, world.spot(unit)), day=day, unit=unit, **DAWN)


def other_viewpoint(world: World) -> Evidence:
    """Three stages, the last from another place; or a stage that was never photographed."""
    unit, day = world.unit(), world.moment()
    by, spot = world.camat(unit), world.spot(unit)
    spots = (spot, east(spot, 3), east(spot, world.dice.uniform(130, 400)))
    stages = (0, 50, 100) if world.dice.random() < 0.7 else (50, 100, 100)
    return _staged(world, by, unit, spots, stages, day)


def _staged(
    world: World, by: Account, unit: str, spots: tuple[LonLat, ...], stages: tuple[int, ...], day: datetime
) -> Evidence:
    files = [page(world, day + timedelta(minutes=5 * n), spot) for n, spot in enumerate(spots)]
    made = case(world, by, unit, files, day=day, received=day + timedelta(minutes=30), sent=False, **STAGES)
    for photo, stage in zip(made.photos, stages, strict=True):
        services.set_progress(world.session, photo, stage, actor=by, at=day)
    services.submit(world.session, made, actor=by, at=day)
    return made


def two_sites(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    spot = world.spot(unit)
    away = east(spot, world.dice.uniform(400, 1_500))
    later = day + timedelta(minutes=30)
    return simple(world, page(world, day, spot), page(world, later, away), day=day, received=later, unit=unit, **SITE)


def visit_copies(world: World) -> Evidence:
    """A verifier who was not there sends the unit's own photo."""
    unit, day = world.unit(), world.moment()
    image = world.drawing()
    made = simple(world, page(world, day, world.spot(unit), data=encoded(image, quality=88)), day=day, unit=unit)
    for step, until in ((Move.TAKE, day + timedelta(hours=1)), (Move.SEND_TO_FIELD, None)):
        services.move(world.session, made, step, actor=world.people.desk, at=day, note="-", until=until)
    visit = factories.visit(world.session, made, world.people.surveyor, verdict=None)
    copy = encoded(image, quality=world.dice.choice((88, 70, 50)))
    kept = services.add_photo(
        world.session, made, page(world, day, world.spot(unit), data=copy), actor=world.people.surveyor, at=day,
        intake=world.people.intake, visit_id=visit.id,
    )  # fmt: skip
    assert isinstance(kept, Photo)
    return made


CHEATS: dict[str, Maker] = {
    "same file": exact, "recompressed": recompressed, "resized": resized, "cropped up to 20 %": cropped,
    "mirrored": mirrored, "turned": turned, "captioned": captioned, "reduced on the phone": reduced_elsewhere,
    "old photo": old_photo, "borrowed from elsewhere": borrowed, "pin moved home": moved_pin,
    "mock position, frozen": frozen_place, "mock position, one accuracy": frozen_accuracy, "teleport": teleport,
    "one camera, two places": camera_teleport, "editing software": edited, "says it is AI": says_ai,
    "preview differs": preview_differs, "clock set back": clock_back, "clock set ahead": clock_ahead,
    "dawn round by day": dawn_in_the_afternoon, "stages, other viewpoint": other_viewpoint,
    "works in two places": two_sites, "visit copies the unit": visit_copies,
}  # fmt: skip


# --- what a server cannot see


def of_a_screen(world: World) -> Evidence:
    """A photo of a screen that shows somebody's photo: another perspective, moiré, softness."""

    def filmed(world: World, image: Image.Image) -> Image.Image:
        wide, high = image.size
        lean = [world.dice.uniform(0.02, 0.07) * wide for _ in range(4)]
        quad = (
            -lean[0],
            -lean[1],
            -lean[2] * 0.3,
            high + lean[3],
            wide + lean[1],
            high + lean[0] * 0.4,
            wide + lean[3],
            -lean[2],
        )
        seen = image.transform(image.size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor=(12, 12, 14))
        lines = Image.effect_noise(image.size, 40).convert("RGB")
        return Image.blend(seen.filter(ImageFilter.GaussianBlur(1.2)), lines, 0.12)

    return _stolen(world, filmed)


def patient_mock(world: World) -> Evidence:
    """A mock position that jitters like a true one."""
    unit, day = world.unit(), world.moment()
    by, spot = world.camat(unit), world.spot(unit)
    for number in range(3):
        at = day + timedelta(days=number)
        made = case(world, by, unit, [page(world, at, east(spot, world.dice.uniform(-9, 9)))], day=at)
    return made


def everything_set_back(world: World) -> Evidence:
    """The whole phone set back, fix and all: looks like a photo that was sent late."""
    unit, day = world.unit(), world.moment()
    received = day + timedelta(days=world.dice.randint(4, 60))
    return simple(world, page(world, day, world.spot(unit)), day=day, received=received, unit=unit)


def stripped(world: World) -> Evidence:
    """Somebody's photo from the internet, or made by a machine, with nothing in its file."""
    unit, day = world.unit(), world.moment()
    return simple(world, gallery(world, jpeg(world.drawing()), day), day=day, unit=unit, pin=world.spot(unit))


UNSEEN: dict[str, Maker] = {
    "photo of a screen": of_a_screen, "mock position that jitters": patient_mock,
    "the whole phone set back": everything_set_back, "nothing left in the file": stripped,
}  # fmt: skip


# --- honest people, the odd ones among them


def plain_page(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    return simple(world, page(world, day, world.spot(unit)), day=day, unit=unit)


def plain_gallery(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    data = jpeg(
        world.drawing(), at=day, place=world.spot(unit), serial=world.serial(), offset=world.dice.random() < 0.5
    )
    return simple(
        world, gallery(world, data, day + timedelta(hours=3)), day=day, received=day + timedelta(hours=4), unit=unit
    )


def with_own_preview(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    image = world.drawing()
    data = with_preview(image, image, day, world.spot(unit))
    return simple(world, gallery(world, data, day), day=day, unit=unit)


def burst(world: World) -> Evidence:
    """Pressed twice, and told in two cases of one event."""
    unit, day = world.unit(), world.moment()
    by, spot, image = world.camat(unit), world.spot(unit), world.drawing()
    case(world, by, unit, [page(world, day, spot, data=encoded(image, quality=90))], day=day)
    soon = day + timedelta(seconds=4)
    nudged = image.transform(image.size, Image.Transform.AFFINE, (1, 0, 3, 0, 1, 2))
    return case(world, by, unit, [page(world, soon, east(spot, 2), data=encoded(nudged, quality=90))], day=soon)


def shared_camera(world: World) -> Evidence:
    """An office's camera, used by two people of two units on two days."""
    serial, day = world.serial(), world.moment()
    for number, unit in enumerate((f"{KABUPATEN}.01", f"{KABUPATEN}.03")):
        at = day + timedelta(days=number)
        data = jpeg(world.drawing(), at=at, place=world.spot(unit), serial=serial)
        made = simple(world, gallery(world, data, at), day=at, unit=unit)
    return made


def messenger_copy(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    return simple(world, gallery(world, jpeg(world.drawing()), day), day=day, unit=unit, pin=world.spot(unit))


def without_gps(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    data = jpeg(world.drawing(), at=day, serial=world.serial())
    return simple(world, gallery(world, data, day), day=day, unit=unit, pin=world.spot(unit))


def wib_in_jayapura(world: World) -> Evidence:
    """A phone that never learnt where it is: its clock stands two hours back."""
    unit, day = world.unit(JAYAPURA), world.moment(world.dice.choice((5, 9, 14)), zone=WIT)
    spot = world.spot(unit)
    data = jpeg(world.drawing(), at=day, zone=WIB, place=spot, gps_time=day if world.dice.random() < 0.5 else None)
    sent = (gallery(world, data, day), page(world, day, spot, data=data))[world.dice.randint(0, 1)]
    return simple(world, sent, day=day, unit=unit, zone=WIT)


def indoors(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    accuracy = world.dice.uniform(500, 2_000)
    drift = east(world.spot(unit), world.dice.uniform(-0.8, 0.8) * accuracy)
    return simple(world, page(world, day, drift, accuracy=accuracy), day=day, unit=unit)


def offline(world: World) -> Evidence:
    """A day in the hills, everything sent the next evening."""
    unit, day = world.unit(), world.moment()
    by = world.camat(unit)
    files = [page(world, day + timedelta(minutes=40 * n), world.spot(unit)) for n in range(2)]
    return case(world, by, unit, files, day=day, received=day + timedelta(days=1, hours=world.dice.randint(1, 9)))


def drone(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    spot = world.spot(unit)
    above = jpeg(
        world.drawing(),
        at=day,
        place=east(spot, world.dice.uniform(80, 450)),
        make="DJI",
        model="FC3582",
        serial=world.serial(),
    )
    return simple(world, page(world, day, spot), gallery(world, above, day), day=day, unit=unit, **SITE)


def midnight(world: World) -> Evidence:
    """A night event that ends after midnight: the photo is of the next day."""
    unit, evening = world.unit(), world.moment(22)
    after = evening + timedelta(hours=world.dice.uniform(2.2, 3.5))
    return simple(
        world, page(world, after, world.spot(unit)), day=evening, received=after + timedelta(minutes=2), unit=unit
    )


def at_the_border(world: World) -> Evidence:
    """Within the border's own doubt, outside by some metres."""
    unit, day = f"{KABUPATEN}.{world.dice.randint(2, 3):02d}", world.moment()
    west, south = corner(unit)
    spot = LonLat(west - world.dice.uniform(10, 140) / 111_000, south + 0.05)
    return simple(world, page(world, day, spot), day=day, unit=unit)


def real_dawn(world: World) -> Evidence:
    unit, day = world.unit(), world.moment(5)
    breakfast = day + timedelta(hours=3)
    by, spot = world.camat(unit), world.spot(unit)
    files = [page(world, day, spot), page(world, breakfast, east(spot, 40))]
    return case(world, by, unit, files, day=day, received=breakfast + timedelta(minutes=3), **DAWN)


def real_stages(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    spot = world.spot(unit)
    spots = tuple(east(spot, world.dice.uniform(-4, 4)) for _ in range(3))
    return _staged(world, world.camat(unit), unit, spots, (0, 50, 100), day)


def two_phones(world: World) -> Evidence:
    """An office's account on two phones, far apart at the same hour."""
    first, second = f"{KABUPATEN}.01", f"{KABUPATEN}.04"
    by, day = world.camat(first, second), world.moment()
    for unit, model, at in ((first, "A53", day), (second, "CPH1", day + timedelta(minutes=6))):
        spot = world.spot(unit)
        data = jpeg(world.drawing(), at=at, place=spot, model=model, offset=True)
        made = case(world, by, unit, [page(world, at, spot, data=data)], day=at)
    return made


def tripod(world: World) -> Evidence:
    """Several photos from one tripod within an hour."""
    unit, day = world.unit(), world.moment()
    by, spot = world.camat(unit), world.spot(unit)
    files = [page(world, day + timedelta(minutes=15 * n), spot, accuracy=7.5) for n in range(4)]
    return case(world, by, unit, files, day=day, received=day + timedelta(hours=1, minutes=2))


def own_gallery_app(world: World) -> Evidence:
    unit, day = world.unit(), world.moment()
    name = world.dice.choice(("HDR+ 1.0.345", "MIUI Gallery", "BeautyPlus", "GPS Map Camera", "16.6.1"))
    data = jpeg(world.drawing(), at=day, place=world.spot(unit), software=name)
    return simple(world, gallery(world, data, day), day=day, unit=unit)


def unset_clock(world: World) -> Evidence:
    """A camera whose battery had been out."""
    unit, day = world.unit(), world.moment()
    said = datetime(world.dice.choice((2000, 2015, 2017)), 1, 1, 0, 20, tzinfo=UTC) - timedelta(hours=WIB)
    return simple(world, gallery(world, jpeg(world.drawing(), at=said), day), day=day, unit=unit, pin=world.spot(unit))


def humas_edited(world: World) -> Evidence:
    """The press office brightens its photos before it sends them: honest, and rightly worth a look."""
    return edited(world)


def office_network(world: World) -> Evidence:
    """Meetings in the same hall on three days: the phone knows the office's network, and tells the same place."""
    unit = world.unit()
    by, spot, day, accuracy = world.camat(unit), world.spot(unit), world.moment(), world.dice.uniform(15, 45)
    for number in range(3):
        at = day + timedelta(days=7 * number, minutes=number)
        files = [page(world, at, spot, accuracy=accuracy)]
        made = case(world, by, unit, files, day=at, kind_code="rapat", activity_code="rapat_minggon")
    return made


def one_photo_two_claims(world: World) -> Evidence:
    """A unit tells two things with one photo, a month apart: its right, and rightly worth a look."""
    unit, day = world.unit(), world.moment()
    by, spot, data = world.camat(unit), world.spot(unit), encoded(world.drawing(), quality=88)
    for words, at in ((SITE, day), (SITE | {"activity_code": "kebersihan_keindahan"}, day + timedelta(days=30))):
        file = page(world, at, spot, data=data)
        made = case(world, by, unit, [file], day=at, **words)
    return made


# maker, and how many of 500
HONEST: dict[str, tuple[Maker, int]] = {
    "capture page": (plain_page, 90), "gallery with EXIF": (plain_gallery, 70),
    "preview of its own": (with_own_preview, 15),
    "burst in two cases": (burst, 20), "shared camera": (shared_camera, 25),
    "messenger copy, no EXIF": (messenger_copy, 45),
    "no GPS": (without_gps, 30), "WIB phone in Jayapura": (wib_in_jayapura, 30),
    "indoor fix, 500–2000 m": (indoors, 30),
    "offline, sent a day later": (offline, 20), "drone": (drone, 10), "past midnight": (midnight, 15),
    "at the border": (at_the_border, 20), "dawn round, breakfast": (real_dawn, 15), "stages": (real_stages, 10),
    "one account, two phones": (two_phones, 10), "tripod": (tripod, 10), "phone's own app": (own_gallery_app, 10),
    "meetings on the office's network": (office_network, 10),
    "one photo for two claims": (one_photo_two_claims, 5),
    "clock never set": (unset_clock, 5), "brightened by the press office": (humas_edited, 5),
}  # fmt: skip
assert sum(number for _, number in HONEST.values()) == 500
__all__ = ["CHEATS", "HONEST", "UNSEEN", "State", "World"]
