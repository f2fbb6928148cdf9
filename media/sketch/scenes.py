"""Whole scenes, by kind of evidence."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PIL import Image

from media.sketch import built, land, street
from media.sketch.canvas import MOODS, NIGHT, Canvas, Mood, mixed
from media.sketch.room import meeting_room, pavilion


def _open_land(paper: Canvas, ranges: int = 3) -> float:
    """Sky, hills and ground; answers where the ground begins."""
    horizon = paper.between(0.42, 0.52)
    land.sky(paper, horizon)
    land.hills(paper, horizon, ranges)
    land.ground(paper, horizon)
    return horizon


def _trees(paper: Canvas, foot: float, height: float) -> None:
    """A few trees and palms at the sides, the middle left open."""
    for _ in range(paper.dice.randint(2, 4)):
        x = paper.between(0.0, 0.22) if paper.dice.random() < 0.5 else paper.between(0.78, 1.0)
        tall = height * paper.between(0.75, 1.25)
        (land.palm if paper.dice.random() < 0.45 else land.tree)(paper, x, foot + paper.between(-0.03, 0.06), tall)


def village(paper: Canvas) -> None:
    horizon = paper.between(0.44, 0.54)
    land.sky(paper, horizon)
    land.hills(paper, horizon)
    land.fields(paper, horizon)
    built.hall(paper, paper.between(0.25, 0.75), horizon + 0.1, paper.between(0.22, 0.3))
    _trees(paper, horizon + 0.22, 0.36)


def office(paper: Canvas) -> None:
    horizon = _open_land(paper)
    _trees(paper, horizon + 0.14, 0.4)
    built.hall(paper, paper.between(0.42, 0.58), horizon + 0.24, paper.between(0.5, 0.6))
    land.bushes(paper, horizon + 0.27, 9, blossoms=True)
    if paper.dice.random() < 0.5:
        street.bunting(paper, horizon - 0.3)


def market(paper: Canvas) -> None:
    horizon = _open_land(paper, ranges=2)
    _trees(paper, horizon + 0.08, 0.38)
    count = paper.dice.randint(3, 4)
    for number in range(count):
        built.stall(
            paper,
            (number + 0.5) / count + paper.between(-0.02, 0.02),
            horizon + paper.between(0.24, 0.34),
            0.84 / count,
        )
    street.bunting(paper, horizon - paper.between(0.22, 0.34))


def sorting_point(paper: Canvas) -> None:
    horizon = _open_land(paper)
    built.hall(paper, paper.between(0.2, 0.8), horizon + 0.1, 0.34)
    _trees(paper, horizon + 0.2, 0.42)
    land.bushes(paper, horizon + 0.24, 6)
    street.bins(paper, paper.between(0.22, 0.5), 0.82, 0.13)


def river_bridge(paper: Canvas) -> None:
    horizon = _open_land(paper)
    land.river(paper, horizon)
    built.bridge(paper, horizon + paper.between(0.06, 0.14))
    _trees(paper, horizon + 0.3, 0.46)


def landing_stage(paper: Canvas) -> None:
    horizon = paper.between(0.42, 0.52)
    land.sky(paper, horizon)
    land.hills(paper, horizon, 2)
    land.ground(paper, horizon, (86, 146, 164))
    for _ in range(40):
        x, y = paper.between(0, 1), paper.between(horizon + 0.02, 1)
        paper.line([(x, y), (x + 0.08 * y, y)], mixed(paper.mood.horizon, paper.lit((86, 146, 164)), 0.4), 0.003)
    built.jetty(paper, horizon)


def footpath(paper: Canvas) -> None:
    horizon = _open_land(paper, ranges=2)
    _trees(paper, horizon + 0.05, 0.26)
    street.pavement(paper, horizon)
    _trees(paper, horizon + 0.28, 0.5)


def night_market(paper: Canvas) -> None:
    horizon = _open_land(paper, ranges=2)
    count = paper.dice.randint(3, 5)
    for number in range(count):
        built.stall(paper, (number + 0.5) / count, horizon + paper.between(0.22, 0.32), 0.86 / count)
    street.lanterns(paper, horizon - paper.between(0.34, 0.42))


def garden(paper: Canvas) -> None:
    horizon = _open_land(paper)
    bend = paper.between(-0.3, 0.3)
    path = paper.lit((222, 206, 176))
    paper.shape([(0.48, horizon), (0.52, horizon), (0.56 + bend, 0.76), (0.78, 1), (0.3, 1), (0.42 + bend, 0.76)], path)
    _trees(paper, horizon + 0.12, 0.4)
    street.bench(paper, paper.between(0.2, 0.36), horizon + 0.28, 0.16)
    land.bushes(paper, horizon + 0.22, 8, blossoms=True)
    land.bushes(paper, 0.82, 7, blossoms=True)


def city_street(paper: Canvas) -> None:
    horizon = _city(paper)
    street.pavement(paper, horizon)
    for share in (0.1, 0.24, 0.5):
        for x in (0.5 - 0.14 - share * 0.7, 0.5 + 0.14 + share * 0.7):
            land.tree(paper, x, horizon + 0.5 * share, 0.16 + 0.5 * share, _leaf(paper))


def city_stream(paper: Canvas) -> None:
    horizon = _city(paper)
    land.river(paper, horizon)
    for _ in range(5):
        side = paper.dice.choice((-1, 1))
        land.tree(
            paper,
            0.5 + side * paper.between(0.34, 0.5),
            horizon + paper.between(0.04, 0.24),
            paper.between(0.2, 0.36),
            _leaf(paper),
        )


def city_garden(paper: Canvas) -> None:
    horizon = _city(paper)
    for _ in range(6):
        land.tree(
            paper, paper.between(0, 1), horizon + paper.between(0.04, 0.12), paper.between(0.18, 0.34), _leaf(paper)
        )
    street.bench(paper, paper.between(0.2, 0.8), horizon + 0.3, 0.18)
    land.bushes(paper, horizon + 0.2, 8, blossoms=True)
    land.bushes(paper, 0.82, 8, blossoms=True)


def _city(paper: Canvas) -> float:
    horizon = paper.between(0.46, 0.54)
    land.sky(paper, horizon)
    land.hills(paper, horizon, 1)
    built.towers(paper, horizon)
    land.ground(paper, horizon)
    return horizon


def _leaf(paper: Canvas) -> tuple[int, int, int]:
    return paper.dice.choice(((84, 140, 74), (214, 176, 66), (206, 120, 62), (112, 152, 84)))


Scene = Callable[[Canvas], None]

SCENES: dict[str, tuple[Scene, ...]] = {
    "inovasi": (office, market, sorting_point, garden),
    "infrastruktur": (river_bridge, footpath, landing_stage),
    "kegiatan": (night_market, village, garden, market),
    "rapat": (meeting_room, pavilion),
    "studi": (city_street, city_stream, city_garden),
}
_FINER = 2
"""Drawn larger and reduced, for smooth edges."""
_ELSE: tuple[Scene, ...] = (village, office)


def scene(kind: str, seed: int, size: tuple[int, int]) -> Image.Image:
    """A finished picture of some scene of this kind."""
    dice = Random(f"{kind}/{seed}")  # noqa: S311  (pictures, not secrets)
    choices = SCENES.get(kind, _ELSE)
    chosen = choices[seed % len(choices)]
    mood: Mood = NIGHT if chosen is night_market else dice.choice(MOODS)
    paper = Canvas((size[0] * _FINER, size[1] * _FINER), dice, mood)
    chosen(paper)
    return paper.image.reduce(_FINER)
