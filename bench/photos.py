"""What one 12-megapixel phone photo costs on its way in: `.venv/bin/python -m bench.photos [rounds]`.

Milliseconds of one thread and its decoding children over several interleaved rounds, and the ratio to the naive way
(Pillow, LANCZOS from the full picture for each of three sizes).
"""

from __future__ import annotations

import hashlib
import io
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
from PIL import Image

from bench.door import tree_cpu_ms
from media.decoding import Decoder
from media.derive import derive
from media.drawing import draw_scene
from media.exif import read_camera
from media.formats.header import for_decoder
from media.intake import Intake
from media.limits import Limits
from media.pictures import Derivatives
from media.sniff import refuse_by_header, sniff
from media.store import Store

_SIZES = ((2000, 1500), (1000, 750), (320, 240))
_NAIVE = "Pillow: LANCZOS from the full picture, 3 times"


def phone_photo() -> bytes:
    """4000 × 3000, about 3.3 MB: shapes and as much noise as a phone's JPEG has."""
    dice = np.random.default_rng(7)
    coarse = Image.fromarray(dice.integers(30, 226, (60, 80, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((4000, 3000), Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = np.clip(smooth + dice.normal(0, 6, (3000, 4000, 1)).astype(np.int16), 0, 255).astype(np.uint8)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Petaphone", "P7", 6
    exif.get_ifd(0x8769)[0x9003] = "2018:08:06 09:30:15"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "S", (Fraction(6), Fraction(58), Fraction(30))
    gps[3], gps[4] = "E", (Fraction(107), Fraction(34), Fraction(27))
    out = io.BytesIO()
    Image.fromarray(noisy).save(out, "JPEG", quality=86, exif=exif)
    return out.getvalue()


def naive(data: bytes) -> list[bytes]:
    """As most programs do it: every size from the whole picture."""
    answers = []
    for size in _SIZES:
        out = io.BytesIO()
        Image.open(io.BytesIO(data)).resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=80)
        answers.append(out.getvalue())
    return answers


def naive_one_decode(data: bytes) -> list[bytes]:
    """The same with one decode, so that the comparison is fair."""
    image = Image.open(io.BytesIO(data))
    image.load()
    answers = []
    for size in _SIZES:
        out = io.BytesIO()
        image.resize(size, Image.Resampling.LANCZOS).save(out, "JPEG", quality=80)
        answers.append(out.getvalue())
    return answers


def steps(data: bytes, disk: Store, decoder: Decoder) -> dict[str, Callable[[], object]]:
    """Each step, ready to run. The durable store is emptied before each intake, so that it really writes."""
    header, sha256 = sniff(data), hashlib.sha256(data).hexdigest()

    def durable() -> object:
        disk.delete(sha256)
        return Intake(disk, decoder).take_in(data)

    def header_and_exif() -> object:
        found = sniff(data)
        refuse_by_header(found, Limits())
        return read_camera(found.exif)

    return {
        "type, size, completeness and EXIF": header_and_exif,
        "sha256": lambda: hashlib.sha256(data).hexdigest(),
        "decode + 3 upright derivatives + dHash (ours)": lambda: opened(data),
        "the same in a confined child": lambda: decoder.derive(data, header, 6, Limits()),
        "Pillow: one decode, LANCZOS from full × 3": lambda: naive_one_decode(data),
        _NAIVE: lambda: naive(data),
        "take_in, store in memory": lambda: Intake(Store.open("memory:///"), decoder).take_in(data),
        "take_in, durable on this disk": durable,
    }


def opened(data: bytes, orientation: int = 6) -> Derivatives:
    """In this process, as a child does it."""
    header = sniff(data)
    return derive(for_decoder(data, header), header.mime, orientation, Limits().max_pixels)


def cpu_s() -> float:
    """Seconds of this process and its children, in steps of 10 ms."""
    return tree_cpu_ms(os.getpid()) / 1000


def measured(jobs: dict[str, Callable[[], object]], rounds: int) -> dict[str, tuple[float, float]]:
    """(CPU, mean; wall, median) milliseconds of each job; the rounds are interleaved so that noise meets all alike."""
    cpu: dict[str, list[float]] = {name: [] for name in jobs}
    wall: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            started, clock = cpu_s(), time.perf_counter()
            job()
            cpu[name].append(1000 * (cpu_s() - started))
            wall[name].append(1000 * (time.perf_counter() - clock))
    return {name: (statistics.mean(cpu[name]), statistics.median(wall[name])) for name in jobs}


def fidelity(data: bytes) -> str:
    """How close our medium picture's pixels are to LANCZOS from the full picture (both as encoded), in dB."""
    ours = Image.open(io.BytesIO(opened(data, 1).files["medium"]))
    exact = Image.open(io.BytesIO(data)).resize(ours.size, Image.Resampling.LANCZOS)
    error = np.mean((np.asarray(ours, dtype=float) - np.asarray(exact, dtype=float)) ** 2)
    out = io.BytesIO()
    exact.save(out, "JPEG", quality=80)
    coded = np.mean((np.asarray(Image.open(out), dtype=float) - np.asarray(exact, dtype=float)) ** 2)
    return f"{10 * np.log10(255**2 / error):.1f} dB (JPEG q80 alone: {10 * np.log10(255**2 / coded):.1f} dB)"


def draw() -> bytes:
    taken_at = datetime(2018, 8, 6, 9, 30, tzinfo=UTC).replace(tzinfo=None)
    return draw_scene("Pasar Sehat", "inovasi", seed=1, lon=107.5759, lat=-6.9735, taken_at=taken_at)


def main(rounds: int = 7) -> None:
    data = phone_photo()
    print(f"One photo of 4000 × 3000, {len(data) / 1e6:.1f} MB; median of {rounds} interleaved rounds\n")
    print(f"{'step':<50}{'CPU ms':>8}{'wall ms':>9}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder, Decoder() as decoder:
        decoder.derive(data, sniff(data), 6, Limits())  # the first waits for the children
        jobs = steps(data, Store.open(f"file://{folder}/photos"), decoder) | {"draw_scene (demo picture)": draw}
        figures = measured(jobs, rounds)
    for name, (cpu, wall) in figures.items():
        print(f"{name:<50}{cpu:>8.1f}{wall:>9.1f}{cpu / figures[_NAIVE][0]:>8.2f}")
    print(f"\nMedium picture against LANCZOS from full: {fidelity(data)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
