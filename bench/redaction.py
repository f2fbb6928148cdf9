"""What the automatic looks suggest, by height in pixels: `python -m bench.redaction > bench/redaction.md`.

One public-domain portrait (NASA) is put into eight drawn scenes for each size, as it is, mirrored, tilted, and dark.
One face in drawings says little about a crowd in a hall: it shows that the look works and where it stops, not how many
faces it misses on a day in the field. Cards and plates are drawn too, with clean letters and square to the camera: the
easiest there are.
"""

from __future__ import annotations

import io
import random
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageEnhance

from media import faces, texts
from media.drawing import draw_scene
from tests.photos.cards import card, plate
from webapp.publication.rules import Found
from webapp.publication.written import Written, naming

PORTRAIT = Path(__file__).resolve().parent.parent / "tests" / "photos" / "astronaut.jpg"
FACE = (81, 58, 88, 119)  # left, top, width, height of the face within the portrait, pixels
SIZES = (12, 16, 24, 40, 64, 100)
KINDS = ("inovasi", "infrastruktur", "kegiatan", "rapat", "studi", "lain", "kegiatan", "rapat")
CARDS, PLATES = (80, 100, 150, 200), (16, 24, 40)
Change = Callable[[Image.Image], Image.Image]
Point = tuple[float, float]
CHANGES: dict[str, Change] = {
    "as it is": lambda picture: picture,
    "mirrored": lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "tilted 20°": lambda picture: picture.rotate(20, Image.Resampling.BICUBIC, fillcolor=(90, 90, 90)),
    "dark (30 %)": lambda picture: ImageEnhance.Brightness(picture).enhance(0.3),
}


def scenes() -> Iterator[Image.Image]:
    """Drawings without people, as the demo has them."""
    for seed, kind in enumerate(KINDS):
        drawn = draw_scene("Uji", kind, seed=seed, lon=None, lat=None, taken_at=None, size=(1024, 768))
        yield Image.open(io.BytesIO(drawn)).convert("RGB")


def with_face(
    scene: Image.Image, height: int, change: Change, dice: random.Random
) -> tuple[bytes, tuple[float, float]]:
    """The scene as JPEG with the portrait in it, its face so high, and where the face's middle lies, 0 to 1."""
    scale = height / FACE[3]
    portrait = change(Image.open(PORTRAIT).convert("RGB"))
    side = max(8, round(portrait.width * scale))
    at = dice.randrange(scene.width - side), dice.randrange(scene.height - side)
    made = scene.copy()
    made.paste(portrait.resize((side, side), Image.Resampling.LANCZOS), at)
    out = io.BytesIO()
    made.save(out, "JPEG", quality=85)
    # Mirroring and tilting move the middle of the face by less than half of it.
    return out.getvalue(), ((at[0] + side / 2) / made.width, (at[1] + side * 0.46) / made.height)


def is_found(seen: list[faces.Face], middle: Point) -> bool:
    """Whether a suggestion lies over the middle of the face, give or take half its size."""
    return any(
        one.x - one.w / 2 <= middle[0] <= one.x + 1.5 * one.w and one.y - one.h / 2 <= middle[1] <= one.y + 1.5 * one.h
        for one in seen
    )


def with_drawn(scene: Image.Image, drawn: Image.Image, dice: random.Random) -> tuple[bytes, Point]:
    """The scene as JPEG with a card or plate somewhere in it, and where that begins, 0 to 1."""
    at = dice.randrange(scene.width - drawn.width), dice.randrange(scene.height - drawn.height)
    made = scene.copy()
    made.paste(drawn, at)
    out = io.BytesIO()
    made.save(out, "JPEG", quality=85)
    return out.getvalue(), (at[0] / made.width, at[1] / made.height)


def looked_for(jpeg: bytes, kind: Found, start: Point) -> tuple[bool, int]:
    """Whether what was drawn is suggested as what it is, and how many other suggestions there are."""
    lines = [Written(one.words, one.x, one.y, one.w, one.h, one.score) for one in texts.read(jpeg)]
    seen = naming(lines)
    hits = [one for found, one in seen if found is kind and one.x >= start[0] - 0.01 and one.y >= start[1] - 0.01]
    return bool(hits), len(seen) - len(hits)


def table_of_faces(drawn: list[Image.Image], dice: random.Random) -> None:
    """Print what is found of one portrait."""
    print("| portrait | " + " | ".join(f"{size} px" for size in SIZES) + " |\n|---|" + "--:|" * len(SIZES))
    spent, looks, false = 0.0, 0, 0
    for name, change in CHANGES.items():
        cells = []
        for size in SIZES:
            found = 0
            for scene in drawn:
                jpeg, middle = with_face(scene, size, change, dice)
                begun = time.perf_counter()
                seen = faces.look(jpeg)
                spent, looks = spent + time.perf_counter() - begun, looks + 1
                found += is_found(seen, middle)
                false += len(seen) - is_found(seen, middle)
            cells.append(str(found))
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    _told(false, looks, spent)


def table_of_writing(drawn: list[Image.Image], dice: random.Random) -> None:
    """Print what is found of drawn cards and plates, as they are and tilted."""
    print("| drawn | height | square | tilted 10° | dark (30 %) |\n|---|--:|--:|--:|--:|")
    spent, looks, false = 0.0, 0, 0
    changes: tuple[Change, ...] = (
        CHANGES["as it is"],
        lambda picture: picture.rotate(10, Image.Resampling.BICUBIC, expand=True, fillcolor=(90, 90, 90)),
        CHANGES["dark (30 %)"],
    )
    for name, draw, kind, sizes in (("card", card, Found.NIK, CARDS), ("plate", plate, Found.PLATE, PLATES)):
        for size in sizes:
            cells = []
            for change in changes:
                found = 0
                for scene in drawn:
                    jpeg, start = with_drawn(scene, change(draw(size)), dice)
                    begun = time.perf_counter()
                    hit, others = looked_for(jpeg, kind, start)
                    spent, looks = spent + time.perf_counter() - begun, looks + 1
                    found, false = found + hit, false + others
                cells.append(str(found))
            print(f"| {name} | {size} px | " + " | ".join(cells) + " |", flush=True)
    _told(false, looks, spent)


def _told(false: int, looks: int, spent: float) -> None:
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # of all children so far
    print(f"\nBoxes over anything else: {false} in {looks} pictures. A look took {spent / looks:.1f} s, starting its")
    print(f"process and reading the weights included; the largest process so far held {largest:.0f} MB.\n")


def main() -> None:
    """Print the tables."""
    drawn, dice = list(scenes()), random.Random(7)
    print("# Faces, numbers and plates suggested, of eight tries a cell\n")
    print(
        "One public-domain portrait in drawn scenes of 1024×768; height of the face in pixels. See bench/redaction.py"
    )
    print("for what this does not say.\n")
    table_of_faces(drawn, dice)
    print("Identity cards and number plates (made-up numbers, clean letters) in the same scenes, by their height:\n")
    table_of_writing(drawn, dice)


if __name__ == "__main__":
    main()
