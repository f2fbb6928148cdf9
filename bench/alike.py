"""Finding copies among many photos: `.venv/bin/python -m bench.alike [most] [pictures]`.

A private PostgreSQL of its own is filled with prints and thrown away. First what is found of each kind of change, over
drawn and fractal pictures that go the whole way in (JPEG bytes, decoding, print, table), then how long a look-up takes
among 10,000 prints, 100,000 and so on up to `most`: those are random, each bit as often set as in the pictures, and
one in a hundred nearly the same as another. Look-ups are the product's own `alike`.
"""

from __future__ import annotations

import io
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from bench.door import cpu_ms
from media import pdq
from media.derive import derive
from media.looks import print_of
from media.pictures import ASKING, SEARCHED, Print
from media.sketch.scenes import scene
from webapp import schema
from webapp.cluster import DATABASE, Cluster
from webapp.evidence.alike import ASKS, SAME, alike, print_row

KINDS = ("inovasi", "infrastruktur", "kegiatan", "rapat", "studi")
SIZE = (1280, 960)
LOOK_UPS, CHUNK, SEED = 200, 50_000, 11
_PHOTO = """
INSERT INTO photo (id, evidence_id, upload_id, uploaded_by, received_at, file_name, sha256, mime, byte_size, width,
    height)
SELECT n, n, gen_random_uuid(), 1, now(), 'foto.jpg', encode(sha256(n::text::bytea), 'hex'), 'image/jpeg', 1, 1, 1
FROM generate_series(cast(:first AS int), cast(:last AS int)) AS n
"""


# --- pictures and what is done to them --------------------------------------------------------------------------------


def fractal(seed: int, size: tuple[int, int]) -> Image.Image:
    """As much at every scale as in photos of the world (amplitude falls with frequency), in loosely tied colours."""
    dice = np.random.default_rng(seed)
    width, height = size[0] // 2, size[1] // 2
    waves = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    waves[0, 0] = 1
    layers = [_layer(dice, waves, (height, width)) for _ in range(4)]
    colours = np.stack([0.8 * layers[0] + 0.3 * layer for layer in layers[1:]], axis=-1)
    return Image.fromarray(np.clip(colours * 48 + 120, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)


def _layer(
    dice: np.random.Generator, waves: npt.NDArray[np.float64], shape: tuple[int, int]
) -> npt.NDArray[np.float64]:
    noise = dice.normal(size=waves.shape) + 1j * dice.normal(size=waves.shape)
    layer = np.fft.irfft2(noise / waves**1.1, s=shape)
    return (layer - layer.mean()) / layer.std()


def picture(number: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Drawn and fractal ones in turn, all different."""
    return scene(KINDS[number // 2 % len(KINDS)], number, size) if number % 2 else fractal(number, size)


def crop(share: float, right: float = 0.5, down: float = 0.5) -> Callable[[Image.Image], Image.Image]:
    """Without so much of width and height. `right`, `down`: where the rest lies, 0.5 for the middle."""

    def change(image: Image.Image) -> Image.Image:
        width, height = (round(side * (1 - share)) for side in image.size)
        left, top = round((image.width - width) * right), round((image.height - height) * down)
        return image.crop((left, top, left + width, top + height))

    return change


def caption(share: float) -> Callable[[Image.Image], Image.Image]:
    """A bar with place and time over the lower edge, as stamping cameras print it."""

    def change(image: Image.Image) -> Image.Image:
        image = image.copy()
        top = round(image.height * (1 - share))
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, top, *image.size), fill=(12, 14, 18))
        font = ImageFont.load_default(image.height * share * 0.3)
        draw.text((20, top + 6), "Kec. Sukajadi, 6 Agustus 2018 09:30 WIB\n-6.8901, 107.5912", "white", font)
        return image

    return change


def brighter(image: Image.Image) -> Image.Image:
    return image.point(lambda value: min(255, round(value * 1.15 + 10)))


CHANGES: dict[str, tuple[Callable[[Image.Image], Image.Image], int]] = {
    "JPEG quality 30": (lambda image: image, 30),
    "half size, quality 60": (lambda image: image.resize((image.width // 2, image.height // 2)), 60),
    "brighter": (brighter, 85),
    "crop 5 %": (crop(0.05), 85),
    "crop 7 %": (crop(0.07), 85),
    "crop 10 %": (crop(0.10), 85),
    "crop 13 %": (crop(0.13), 85),
    "crop 15 %": (crop(0.15), 85),
    "crop 17 %": (crop(0.17), 85),
    "crop 20 %": (crop(0.20), 85),
    "crop 10 %, off the middle by 1 %": (crop(0.10, 0.6, 0.5), 85),
    "crop 10 %, to a corner": (crop(0.10, 0, 0), 85),
    "mirrored": (lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 85),
    "mirrored and crop 10 %": (lambda image: crop(0.10)(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)), 85),
    "turned by 90°": (lambda image: image.transpose(Image.Transpose.ROTATE_90), 85),
    "caption bar 8 %": (caption(0.08), 85),
    "caption bar 12 %": (caption(0.12), 85),
}


def seen(image: Image.Image, quality: int = 85) -> Print:
    """The print as the product makes it: out of the bytes of a JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return derive(out.getvalue(), "image/jpeg", 1, 120_000_000).looks.print


# --- prints in bulk ---------------------------------------------------------------------------------------------------

_ROW = np.dtype(
    [("fields", ">i2"), ("id_size", ">i4"), ("id", ">i4"), ("quality_size", ">i4"), ("quality", ">i4")]
    + [(f"{name}{part}", kind) for name in SEARCHED
       for part, kind in (("_size", ">i4"), ("_bits", ">i4"), ("", ("u1", 32)))]
    + [("asked_size", ">i4"), ("asked", ("u1", 32 * len(ASKING)))]
    + [("bands_size", ">i4"), ("dimensions", ">i4"), ("nulls", ">i4"), ("kind", ">i4"), ("length", ">i4"),
       ("lower_bound", ">i4"), ("bands", [("size", ">i4"), ("value", ">i4")], 16 * len(SEARCHED))]
)  # fmt: skip
"""A row of `COPY … (FORMAT binary)`: every field has a fixed length."""


def random_rows(first: int, count: int, odds: npt.NDArray[np.uint8], dice: np.random.Generator, crowd: int) -> bytes:
    """So many rows, numbered from `first`. Every hundredth's whole is the one's before it but for some bits.

    `crowd`: how many different values each band may have, 0 for any: few rows then crowd together as many would.
    """
    rows = np.zeros(count, _ROW)
    rows["fields"], rows["id_size"], rows["quality_size"] = 4 + len(SEARCHED), 4, 4
    rows["id"], rows["quality"] = np.arange(first, first + count), 100
    rows["asked_size"], rows["asked"] = 32 * len(ASKING), dice.integers(1, 256, (count, 32 * len(ASKING)), np.uint8)
    rows["bands_size"], rows["dimensions"], rows["kind"] = 20 + 8 * 16 * len(SEARCHED), 1, 23
    rows["length"], rows["lower_bound"], rows["bands"]["size"] = 16 * len(SEARCHED), 1, 4
    for place in range(len(ASKING) if crowd else 0):
        rows["asked"][:, 32 * place : 32 * place + 32] = np.packbits(_crowded(count, crowd, dice), axis=1)
    for family, name in enumerate(SEARCHED):
        bits = _crowded(count, crowd, dice) if crowd else dice.integers(0, 256, (count, pdq.BITS), np.uint8) < odds
        if name == "whole":
            flips = dice.random((count // 100, pdq.BITS)) < dice.choice((4, 12, 20, 26), (count // 100, 1)) / pdq.BITS
            bits[99::100] = bits[98::100] ^ flips
        rows[f"{name}_size"], rows[f"{name}_bits"], rows[name] = 36, pdq.BITS, np.packbits(bits, axis=1)
        there = bits[:, ::-1].reshape(count, 16, 16).astype(np.int32)
        values = np.tensordot(there, 1 << np.arange(16, dtype=np.int32), axes=([1], [0]))
        rows["bands"]["value"][:, 16 * family : 16 * family + 16] = values + (16 * family + np.arange(16)) * 65_536
    return rows.tobytes()


def _crowded(count: int, crowd: int, dice: np.random.Generator) -> npt.NDArray[np.bool_]:
    values = np.random.default_rng(0).integers(0, 65_536, crowd)[dice.integers(0, crowd, (count, 16))]
    bits: npt.NDArray[np.bool_] = (values[:, None, :] >> np.arange(16)[None, :, None] & 1).astype(bool)
    return bits.reshape(count, pdq.BITS)[:, ::-1]


def odds_of(prints: list[Print]) -> npt.NDArray[np.uint8]:
    """How often each bit is set, of 256, half believed: a hundred pictures say it only roughly."""
    packed = [bytes.fromhex(one.hashes["whole"]) for one in prints]
    share = np.unpackbits(np.frombuffer(b"".join(packed), np.uint8).reshape(len(prints), 32), axis=1).mean(axis=0)
    return np.clip((share + 0.5) / 2 * 256, 1, 255).astype(np.uint8)


def grow(engine: Engine, start: int, end: int, odds: npt.NDArray[np.uint8], crowd: int = 0) -> float:
    """Fill the table up to that number and build its index anew; seconds the index took."""
    dice = np.random.default_rng(SEED + start)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX IF EXISTS ix_photo_print_bands"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # photos of most are not needed
        raw = connection.connection.driver_connection
        assert raw is not None
        columns = ", ".join(("photo_id", "quality", *SEARCHED, "asked", "bands"))
        with raw.cursor() as cursor, cursor.copy(f"COPY photo_print ({columns}) FROM STDIN (FORMAT binary)") as copy:
            copy.write(b"PGCOPY\n\xff\r\n\x00" + bytes(8))
            for first in range(start, end, CHUNK):
                copy.write(random_rows(first, min(CHUNK, end - first), odds, dice, crowd))
            copy.write(b"\xff\xff")
    begun = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL maintenance_work_mem = '2GB'"))
        connection.execute(
            text("CREATE INDEX ix_photo_print_bands ON photo_print USING gin (bands) WITH (fastupdate = off)")
        )
    took = time.perf_counter() - begun
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE photo_print"))
    return took


# --- what is measured -------------------------------------------------------------------------------------------------


def recall(engine: Engine, pictures: int) -> list[Print]:
    """Print what share of the copies is found, asked from the copy and asked from the original."""
    images = [picture(number) for number in range(pictures)]
    originals = [seen(image) for image in images]
    with Session(engine) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(_PHOTO), {"first": 1, "last": 2 * pictures})
        session.add_all(print_row(1 + number, one) for number, one in enumerate(originals))
        session.commit()
    plain = sum(one.quality < pdq.PLAIN for one in originals)
    print(f"{pictures} pictures, {plain} too plain to be asked about\n")
    print(
        "| change | found, asked by the copy | asked by the original | median distance | named |\n|---|--:|--:|--:|---|"
    )
    for change, (make, quality) in CHANGES.items():
        with Session(engine) as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for number, image in enumerate(images):
                session.add(print_row(pictures + 1 + number, seen(make(image), quality)))
            session.flush()
            _say_recall(session, change, pictures)
            session.rollback()
    return originals


def _say_recall(session: Session, change: str, pictures: int) -> None:
    by_copy = by_original = others = 0
    distances, named = [], Counter[str]()
    for number in range(1, pictures + 1):
        found = {one.photo_id: one for one in alike(session, pictures + number)}
        mine = found.get(number)
        others += sum(one not in (number, pictures + number) for one in found)
        by_copy += mine is not None
        by_original += pictures + number in {one.photo_id for one in alike(session, number)}
        if mine is not None:
            distances.append(mine.distance)
            named[mine.how] += 1
    middle = f"{statistics.median(distances):.0f}" if distances else "–"
    words = ", ".join(f"{how} {times}" for how, times in named.most_common())
    wrong = f"; {others} wrong" if others else ""
    print(
        f"| {change} | {by_copy / pictures:.0%} | {by_original / pictures:.0%} | {middle} | {words}{wrong} |",
        flush=True,
    )


def false_matches(pictures: int) -> None:
    """Unrelated pairs that would be called the same by any of the pairs that are compared."""
    prints = [print_of(picture(10_000 + number, (320, 240))) for number in range(pictures)]
    prints = [one for one in prints if one.quality >= pdq.PLAIN and len(one.hashes) == len(SEARCHED) + len(ASKING)]
    table = {name: _words(prints, name) for name in (*SEARCHED, *ASKING)}
    nearest = np.full((len(prints), len(prints)), 256, np.int16)
    for stored, names in ASKS.items():
        for name in names:
            for row, one in enumerate(table[name]):
                apart = np.bitwise_count(table[stored] ^ one).sum(axis=1, dtype=np.int16)
                np.minimum(nearest[row], apart, out=nearest[row])
    pairs = nearest[~np.eye(len(prints), dtype=bool)]
    print(f"\n{len(prints)} other pictures, {pairs.size:,} pairs, {sum(map(len, ASKS.values()))} ways each: "
          f"{int((pairs <= SAME).sum())} called the same; nearest {pairs.min()}, "
          f"1 in 100,000 at {np.percentile(pairs, 0.001):.0f}, median {np.median(pairs):.0f}\n")  # fmt: skip


def _words(prints: list[Print], name: str) -> npt.NDArray[np.uint64]:
    joined = b"".join(bytes.fromhex(one.hashes[name]) for one in prints)
    return np.frombuffer(joined, np.uint64).reshape(len(prints), 4)


def by_distance() -> None:
    """Of hashes that differ in so many bits at random places: how many share a band."""
    dice = np.random.default_rng(5)
    shares = []
    for bits in (12, 15, 18, 21, 24, 27, 31):
        flips = np.zeros((20_000, pdq.BITS), bool)
        flips[np.arange(20_000)[:, None], dice.random((20_000, pdq.BITS)).argpartition(bits)[:, :bits]] = True
        shares.append(f"{bits}: {(~flips.reshape(-1, 16, 16).any(axis=1)).any(axis=1).mean():.1%}")
    print("share with a band in common, by differing bits: " + ", ".join(shares) + "\n")


def look_ups(engine: Engine, most: int, odds: npt.NDArray[np.uint8], offset: int) -> None:
    """Time and CPU of a look-up; rows are numbered from `offset`. The crowded ones first: they are thrown away."""
    print("| prints | filled in, index in s | index, table MB | look-up p50, p95 ms | its CPU ms | near pairs found |"
          " others | insert ms |\n|--:|--:|--:|--:|--:|--:|--:|--:|")  # fmt: skip
    crowded = min(100_000, most)
    _measure(engine, (offset, offset + crowded), offset, odds, crowded * 65_536 // 1_000_000)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE photo_print"))
    start = offset
    for size in (10_000, 100_000, 1_000_000):
        if size <= most:
            _measure(engine, (start, offset + size), offset, odds, 0)
            start = offset + size


def _measure(engine: Engine, new: tuple[int, int], offset: int, odds: npt.NDArray[np.uint8], crowd: int) -> None:
    begun = time.perf_counter()
    index_s = grow(engine, *new, odds, crowd)
    fill_s, size = time.perf_counter() - begun, new[1] - offset
    pairs = np.random.default_rng(3).choice(size // 100, min(LOOK_UPS, size // 100), replace=False) * 100 + offset
    with Session(engine) as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for pair in pairs.tolist():
            session.execute(text(_PHOTO), {"first": pair + 98, "last": pair + 99})
        times, cpu, found, wrong = _asked(session, pairs.tolist())
        session.rollback()
        insert = _insert_ms(session)
        index, table = session.execute(
            text("SELECT pg_relation_size('ix_photo_print_bands'), pg_table_size('photo_print')")
        ).one()
    middle, slow = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"| {size:,}{', as crowded as 1,000,000' if crowd else ''} | {fill_s:.0f}, {index_s:.0f} "
          f"| {index / 1e6:.0f}, {table / 1e6:.0f} | {middle:.0f}, {slow:.0f} "
          f"| {cpu:.1f} | {found} of {len(pairs)} | {wrong} | {insert:.1f} |", flush=True)  # fmt: skip


def _asked(session: Session, pairs: list[int]) -> tuple[list[float], float, int, int]:
    """Milliseconds of each look-up in order, CPU of one (ours and the database's), near ones and others found."""
    times, found, wrong = [], 0, 0
    backend = int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())
    for pair in pairs[::10]:
        alike(session, pair + 99)
    before = cpu_ms(backend) + time.process_time() * 1000
    for pair in pairs:
        begun = time.perf_counter()
        likenesses = {one.photo_id for one in alike(session, pair + 99)}
        times.append((time.perf_counter() - begun) * 1000)
        found += pair + 98 in likenesses
        wrong += len(likenesses - {pair + 98})
    cpu = (cpu_ms(backend) + time.process_time() * 1000 - before) / len(pairs)
    return sorted(times), cpu, found, wrong


def _insert_ms(session: Session) -> float:
    """Of one more print into the index, in the middle of a hundred."""
    times = []
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for number in range(100):
        row = print_row(2_000_000_000 + number, print_of(fractal(50_000 + number, (320, 240))))
        begun = time.perf_counter()
        session.add(row)
        session.flush()
        times.append((time.perf_counter() - begun) * 1000)
    session.rollback()
    return statistics.median(times)


def main(most: int, pictures: int) -> None:
    home = Path(tempfile.mkdtemp(prefix="petabukti-bench-"))
    home.chmod(0o711)
    try:
        with Cluster(home / "pg", durable=False) as cluster:
            url = cluster.url(DATABASE)
            schema.upgrade(url)
            engine = create_engine(url)
            with engine.begin() as connection:
                connection.execute(text("ALTER TABLE photo_print SET UNLOGGED"))
            originals = recall(engine, pictures)
            by_distance()
            false_matches(10 * pictures)
            look_ups(engine, most, odds_of(originals), 100_000)
            engine.dispose()
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:3]]
    main(*(numbers + [1_000_000, 120][len(numbers) :]))
