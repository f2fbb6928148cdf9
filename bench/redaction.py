"""Faces the automatic look suggests, by their height in pixels: `python -m bench.redaction > bench/redaction.md`.

One public-domain portrait (NASA) is put into eight drawn scenes for each size, as it is, mirrored, tilted, and dark.
One face in drawings says little about a crowd in a hall: it shows that the look works and where it stops, not how many
faces it misses on a day in the field.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageEnhance

from media import faces
from media.drawing import draw_scene

PORTRAIT = Path(__file__).resolve().parent.parent / "tests" / "photos" / "astronaut.jpg"
FACE = (81, 58, 88, 119)  # left, top, width, height of the face within the portrait, pixels
SIZES = (12, 16, 24, 40, 64, 100)
KINDS = ("inovasi", "infrastruktur", "kegiatan", "rapat", "studi", "lain", "kegiatan", "rapat")
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


def main() -> None:
    """Print the table."""
    drawn, dice = list(scenes()), random.Random(7)
    print(
        "# Faces suggested, of eight tries a cell\n\nOne public-domain portrait in drawn scenes of 1024×768; height of"
    )
    print("the face in pixels. See bench/redaction.py for what this does not say.\n")
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
    print(f"\nBoxes over anything else: {false} in {looks} pictures.")
    print(f"A look took {spent / looks:.1f} s, starting its process and reading the weights included.")


if __name__ == "__main__":
    main()
