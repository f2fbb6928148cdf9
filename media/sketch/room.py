"""A meeting room with nobody in it."""

from __future__ import annotations

import math

from PIL import Image

from media.sketch import built, land
from media.sketch.canvas import Canvas, Colour, mixed

_FLOOR = 0.54


def meeting_room(paper: Canvas) -> None:
    """Wall, window with a view, board, flag, long table and chairs."""
    wall = paper.lit(
        paper.dice.choice(((236, 228, 210), (214, 226, 226), (226, 216, 230), (222, 230, 212), (240, 220, 200)))
    )
    floor = paper.lit(paper.dice.choice(((190, 160, 124), (170, 174, 178), (156, 128, 104))))
    _daylight(paper, wall)
    paper.box(0, _FLOOR - 0.02, 1, _FLOOR, mixed(wall, (90, 80, 70), 0.4))
    paper.box(0, _FLOOR, 1, 1, floor)
    _tiles(paper, mixed(floor, (60, 50, 46), 0.18))
    left_window = paper.dice.random() < 0.5
    _window(paper, 0.07 if left_window else 0.66, paper.between(0.22, 0.26))
    _board(paper, 0.52 if left_window else 0.08, paper.between(0.36, 0.42))
    built.flag(paper, 0.39 if left_window else 0.56, _FLOOR + 0.03, 0.4)
    if paper.dice.random() < 0.6:
        _cupboard(
            paper, paper.between(0.3, 0.46) if left_window else paper.between(0.5, 0.58), paper.between(0.16, 0.24)
        )
    for x in paper.dice.sample((0.05, 0.36, 0.62, 0.95), paper.dice.randint(1, 3)):
        _plant(paper, x, _FLOOR + 0.06, paper.between(0.16, 0.3))
    (_table if paper.dice.random() < 0.5 else _round_tables)(paper)


def pavilion(paper: Canvas) -> None:
    """An open hall (pendopo) with rows of chairs, the land behind it."""
    horizon = paper.between(0.42, 0.48)
    land.sky(paper, horizon)
    land.hills(paper, horizon)
    land.fields(paper, horizon)
    for _ in range(paper.dice.randint(3, 6)):
        kind = land.palm if paper.dice.random() < 0.5 else land.tree
        kind(paper, paper.between(0, 1), horizon + paper.between(0.04, 0.1), paper.between(0.2, 0.4))
    _posts_and_roof(paper, horizon)
    shift, colour = paper.between(-0.1, 0.1), paper.lit(paper.dice.choice(built.CLOTHS))
    built.flag(paper, 0.5 + shift + paper.dice.choice((-0.2, 0.2)), horizon + 0.2, 0.3)
    paper.box(0.44 + shift, horizon + 0.1, 0.56 + shift, horizon + 0.2, paper.lit((146, 98, 64)), 0.008)
    for row in range(3):
        for number in range(-3, 4):
            x = 0.5 + shift + number * (0.1 + 0.03 * row)
            if number:
                _chair(paper, x, horizon + 0.18 + 0.085 * row, 0.06 + 0.018 * row, colour)


def _posts_and_roof(paper: Canvas, horizon: float) -> None:
    floor = paper.lit(paper.dice.choice(((206, 176, 140), (196, 198, 200), (184, 120, 90))))
    paper.shape([(0.1, horizon + 0.14), (0.9, horizon + 0.14), (1, 1), (0, 1)], floor)
    post = paper.lit(paper.dice.choice(((120, 78, 52), (244, 240, 230), (70, 110, 96))))
    for x in (0.14, 0.38, 0.62, 0.86):
        paper.box(x - 0.012, 0.14, x + 0.012, horizon + 0.16, post)
    for x in (0.03, 0.97):
        paper.box(x - 0.02, 0.12, x + 0.02, 0.86, mixed(post, (30, 20, 20), 0.12))
    roof = paper.lit(paper.dice.choice(built.ROOFS))
    paper.shape([(0, 0), (1, 0), (1, 0.14), (0.88, 0.19), (0.12, 0.19), (0, 0.14)], roof)
    paper.line([(0, 0.14), (0.12, 0.19), (0.88, 0.19), (1, 0.14)], mixed(roof, (30, 20, 20), 0.4), 0.014)


def _daylight(paper: Canvas, wall: Colour) -> None:
    """A wall on which the light falls unevenly."""
    small = Image.new("RGB", (5, 3))
    for x in range(5):
        for y in range(3):
            small.putpixel((x, y), mixed(wall, (96, 92, 104), paper.between(0, 0.24)))
    size = paper.size[0], math.ceil(_FLOOR * paper.size[1])
    paper.image.paste(small.resize(size, Image.Resampling.BICUBIC))


def _cupboard(paper: Canvas, left: float, width: float) -> None:
    wood, top = (
        paper.lit(paper.dice.choice(((168, 120, 80), (120, 128, 136), (206, 184, 150)))),
        _FLOOR - paper.between(0.05, 0.09),
    )
    paper.box(left, top, left + width, _FLOOR + 0.02, wood)
    for number in range(1, 4):
        x = left + width * number / 4
        paper.line([(x, top + 0.012), (x, _FLOOR + 0.01)], mixed(wood, (40, 30, 30), 0.35), 0.004)
    for number in range(8):
        x, tall = left + width * (0.05 + 0.11 * number), paper.between(0.025, 0.045)
        paper.box(x, top - tall, x + width * 0.08, top, paper.lit(paper.dice.choice(built.CLOTHS)))


def _plant(paper: Canvas, x: float, foot: float, height: float) -> None:
    for number in range(7):
        angle = math.pi * (0.12 + 0.76 * number / 6)
        tip = (x + math.cos(angle) * height * 0.45, foot - height * (0.4 + 0.6 * math.sin(angle)))
        middle = ((x + tip[0]) / 2, (foot - height * 0.2 + tip[1]) / 2)
        green = paper.lit(mixed((58, 112, 62), (132, 170, 84), paper.between(0, 0.7)))
        wide = height * 0.06
        paper.shape(
            [(x, foot - height * 0.2), (middle[0] - wide, middle[1]), tip, (middle[0] + wide, middle[1])], green
        )
    pot = height * 0.14
    paper.shape(
        [
            (x - pot, foot - height * 0.26),
            (x + pot, foot - height * 0.26),
            (x + pot * 0.7, foot),
            (x - pot * 0.7, foot),
        ],
        paper.lit((190, 104, 70)),
    )


def _round_tables(paper: Canvas) -> None:
    """Two or three round tables with chairs around them."""
    wood, chair = paper.lit((224, 214, 200)), paper.lit(paper.dice.choice(built.CLOTHS))
    count = paper.dice.randint(2, 3)
    for number in range(count):
        x, y = (number + 0.5) / count + paper.between(-0.05, 0.05), paper.between(0.64, 0.74)
        radius = 0.42 / (count + 0.6)
        for around in range(5):
            angle = math.pi * (1.05 + 0.9 * around / 4)
            _chair(paper, x + math.cos(angle) * radius * 0.95, y - 0.03 + math.sin(angle) * radius * 0.26, 0.075, chair)
        paper.disc(x, y + 0.035, radius, mixed(wood, (50, 40, 40), 0.35), flat=0.3)
        paper.disc(x, y, radius, wood, flat=0.3)
        for around in range(4):
            angle = math.pi * (0.25 + around / 2)
            paper.disc(
                x + math.cos(angle) * radius * 0.45,
                y + math.sin(angle) * radius * 0.17,
                0.02,
                paper.lit((252, 251, 246)),
                flat=0.5,
            )


def _tiles(paper: Canvas, joint: tuple[int, int, int]) -> None:
    for number in range(-6, 17):
        paper.line([(0.5 + (number - 5) * 0.06, _FLOOR), (0.5 + (number - 5) * 0.24, 1)], joint, 0.003)
    for share in (0.08, 0.22, 0.42, 0.7):
        paper.line([(0, _FLOOR + 0.4 * share), (1, _FLOOR + 0.4 * share)], joint, 0.003)


def _window(paper: Canvas, left: float, width: float) -> None:
    frame = paper.lit((252, 250, 244))
    paper.box(left - 0.012, 0.108, left + width + 0.012, 0.472, frame)
    for row in range(12):
        top = 0.12 + 0.34 * row / 12
        paper.box(left, top, left + width, 0.46, mixed(paper.mood.zenith, paper.mood.horizon, row / 11))
    peaks = [(left + width * part / 6, 0.4 - paper.between(0, 0.12)) for part in range(7)]
    paper.shape([(left, 0.46), *peaks, (left + width, 0.46)], paper.far((92, 140, 104), 0.35))
    paper.box(left, 0.425, left + width, 0.46, paper.far(paper.mood.land, 0.1))
    paper.box(left + width / 2 - 0.005, 0.12, left + width / 2 + 0.005, 0.46, frame)
    cloth = paper.lit(paper.dice.choice(built.CLOTHS))
    for side in (left - 0.03, left + width - 0.03):
        for fold in range(3):
            shade = mixed(cloth, (255, 255, 255), 0.16 * (fold % 2))
            paper.box(side + 0.02 * fold, 0.085, side + 0.02 * (fold + 1), 0.5, shade)


def _board(paper: Canvas, left: float, width: float) -> None:
    paper.box(left - 0.01, 0.13, left + width + 0.01, 0.45, paper.lit((120, 126, 132)))
    paper.box(left, 0.143, left + width, 0.437, paper.lit((253, 253, 250)))
    foot, inks = 0.405, built.CLOTHS
    bars = paper.dice.randint(4, 6)
    for number in range(bars):
        x, tall = left + width * (0.08 + 0.4 * number / bars), paper.between(0.06, 0.2)
        paper.box(x, foot - tall, x + width * 0.05, foot, paper.lit(inks[number % len(inks)]))
    paper.line([(left + width * 0.05, foot), (left + width * 0.5, foot)], paper.lit((90, 90, 96)), 0.004)
    for number in range(6):
        y = 0.19 + 0.036 * number
        paper.line(
            [(left + width * 0.6, y), (left + width * paper.between(0.75, 0.94), y)], paper.lit((150, 156, 166)), 0.006
        )


def _table(paper: Canvas) -> None:
    wood = paper.lit(paper.dice.choice(((150, 98, 62), (196, 160, 116), (112, 82, 66))))
    chair = paper.lit(paper.dice.choice(built.CLOTHS))
    shift = paper.between(-0.06, 0.06)
    far, near = 0.56, 0.8
    for number in range(3):
        share = (number + 0.4) / 3
        y, half = far + (near - far) * share, 0.16 + 0.2 * share
        for side in (-1, 1):
            _chair(paper, 0.5 + shift + side * (half + 0.06), y, 0.1 + 0.06 * share, chair)
    paper.shape([(0.36 + shift, far), (0.64 + shift, far), (0.84 + shift, near), (0.16 + shift, near)], wood)
    paper.box(0.16 + shift, near, 0.84 + shift, near + 0.035, mixed(wood, (40, 26, 20), 0.35))
    for number in range(6):
        share, side = (number // 2 + 0.4) / 3, -1 if number % 2 else 1
        x, y = 0.5 + shift + side * (0.09 + 0.13 * share), far + (near - far) * share
        size = 0.03 + 0.03 * share
        paper.shape(
            [(x - size, y), (x + size * 0.8, y), (x + size, y + size * 0.8), (x - size, y + size * 0.8)],
            paper.lit((252, 251, 246)),
        )
        paper.disc(x + side * size * 1.3, y + size * 0.3, size * 0.34, paper.lit((240, 240, 238)))
        paper.disc(x + side * size * 1.3, y + size * 0.3, size * 0.22, paper.lit((128, 84, 52)))


def _chair(paper: Canvas, x: float, y: float, size: float, colour: tuple[int, int, int]) -> None:
    paper.line([(x - size * 0.3, y + size), (x - size * 0.3, y + size * 1.5)], paper.lit((70, 70, 76)), 0.008)
    paper.line([(x + size * 0.3, y + size), (x + size * 0.3, y + size * 1.5)], paper.lit((70, 70, 76)), 0.008)
    paper.box(x - size * 0.4, y - size * 0.1, x + size * 0.4, y + size * 0.7, colour, 0.018)
    paper.box(
        x - size * 0.46, y + size * 0.75, x + size * 0.46, y + size * 1.05, mixed(colour, (30, 24, 30), 0.22), 0.012
    )
