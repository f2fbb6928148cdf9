"""What people have built: halls, stalls, bridges, landing stages, towers."""

from __future__ import annotations

import math

from media.sketch.canvas import Canvas, Colour, mixed

WALLS: tuple[Colour, ...] = ((246, 238, 218), (226, 234, 226), (240, 222, 200), (222, 230, 240), (250, 246, 240))
ROOFS: tuple[Colour, ...] = ((178, 84, 58), (150, 70, 56), (92, 100, 118), (70, 116, 104), (196, 112, 62))
CLOTHS: tuple[Colour, ...] = ((206, 62, 58), (238, 170, 52), (58, 126, 176), (74, 146, 98), (150, 86, 150))


def hall(paper: Canvas, x: float, foot: float, width: float) -> None:
    """An office or village hall with a stepped roof, a porch and a flag; `x` is its middle."""
    height = width * 0.42
    wall, roof = paper.lit(paper.dice.choice(WALLS)), paper.lit(paper.dice.choice(ROOFS))
    left, right, top = x - width / 2, x + width / 2, foot - height
    paper.box(left, top, right, foot, wall)
    paper.box(left, foot - height * 0.13, right, foot, mixed(wall, (80, 70, 60), 0.3))
    windows = paper.dice.randint(2, 3)
    for side in (-1, 1):
        for number in range(windows):
            middle = x + side * width * (0.19 + 0.26 * number / (windows - 0.6))
            _window(paper, middle, foot - height * 0.58, width * 0.05, height * 0.34)
    ridge = top - height * 0.4
    _roof(paper, left - 0.035, right + 0.035, top, ridge, width * 0.12 + 0.035, roof)
    upper = mixed(roof, (30, 20, 20), 0.16)
    _roof(paper, x - width * 0.24, x + width * 0.24, ridge, ridge - height * 0.34, width * 0.14, upper)
    paper.line([(left - 0.035, top), (right + 0.035, top)], mixed(roof, (30, 20, 20), 0.35), 0.01)
    _porch(paper, x, foot, width * 0.26, height * 0.86, roof)
    pole = left - width * 0.1 if paper.dice.random() < 0.5 else right + width * 0.1
    flag(paper, pole, foot + 0.02, height * 1.9)


def _roof(paper: Canvas, left: float, right: float, eaves: float, ridge: float, inset: float, colour: Colour) -> None:
    paper.shape([(left, eaves), (left + inset, ridge), (right - inset, ridge), (right, eaves)], colour)


def _window(paper: Canvas, x: float, y: float, width: float, height: float) -> None:
    paper.box(x - width / 2 - 0.004, y - 0.005, x + width / 2 + 0.004, y + height + 0.005, paper.lit((250, 248, 240)))
    glass = (250, 214, 130) if paper.mood.is_night else paper.lit((104, 142, 160))
    paper.box(x - width / 2, y, x + width / 2, y + height, glass)
    paper.line([(x, y), (x, y + height)], paper.lit((250, 248, 240)), 0.004)


def _porch(paper: Canvas, x: float, foot: float, width: float, height: float, roof: Colour) -> None:
    top = foot - height
    paper.shape([(x - width * 0.66, top + height * 0.3), (x, top), (x + width * 0.66, top + height * 0.3)], roof)
    paper.box(x - width / 2, top + height * 0.3, x + width / 2, foot, paper.lit((206, 196, 176)))
    door = (244, 206, 120) if paper.mood.is_night else paper.lit((120, 80, 54))
    paper.box(x - width * 0.2, foot - height * 0.5, x + width * 0.2, foot, door)
    paper.line([(x, foot - height * 0.5), (x, foot)], paper.lit((90, 58, 40)), 0.004)
    for side in (-0.5, -0.3, 0.3, 0.5):
        paper.box(
            x + side * width - 0.006, top + height * 0.3, x + side * width + 0.006, foot, paper.lit((252, 250, 244))
        )
    for step in range(3):
        out = width * (0.56 + 0.05 * step)
        paper.box(x - out, foot + 0.011 * step, x + out, foot + 0.011 * (step + 1), paper.lit((190 - 12 * step,) * 3))


def flag(paper: Canvas, x: float, foot: float, height: float) -> None:
    """Red over white on a pole, with a little wind in it."""
    paper.line([(x, foot), (x, foot - height)], paper.lit((176, 178, 184)), 0.007)
    width, depth = height * 0.22, height * 0.085
    for row, colour in ((0, (206, 32, 40)), (1, (250, 250, 250))):
        top = foot - height + row * depth
        upper = [(x + width * step / 8, top + math.sin(step * 0.9) * 0.004) for step in range(9)]
        paper.shape([*upper, *((px, py + depth) for px, py in reversed(upper))], paper.lit(colour))


def stall(paper: Canvas, x: float, foot: float, width: float) -> None:
    """A market stall with a striped awning and crates of fruit."""
    height, cloth = width * 1.05, paper.lit(paper.dice.choice(CLOTHS))
    left, right = x - width / 2, x + width / 2
    back = (240, 190, 110) if paper.mood.is_night else paper.lit((150, 124, 98))
    paper.box(left + width * 0.06, foot - height * 0.75, right - width * 0.06, foot - height * 0.3, back)
    for post in (left + width * 0.05, right - width * 0.05):
        paper.line([(post, foot), (post, foot - height * 0.8)], paper.lit((118, 86, 60)), 0.009)
    paper.box(left, foot - height * 0.36, right, foot - height * 0.04, paper.lit((168, 122, 80)))
    for board in (0.14, 0.25):
        paper.line([(left, foot - height * board), (right, foot - height * board)], paper.lit((128, 90, 58)), 0.004)
    _goods(paper, left, right, foot - height * 0.38)
    _awning(paper, left - width * 0.08, right + width * 0.08, foot - height, height * 0.27, cloth)


def _goods(paper: Canvas, left: float, right: float, y: float) -> None:
    fruits: tuple[Colour, ...] = ((230, 96, 52), (246, 190, 60), (112, 160, 64), (178, 50, 70), (238, 214, 130))
    for part in range(4):
        colour = paper.lit(paper.dice.choice(fruits))
        start, step = left + (right - left) * (part + 0.08) / 4, (right - left) / 20
        for heap, count in ((0, 4), (1, 3), (2, 2)):
            for number in range(count):
                shade = mixed(colour, (255, 255, 240), 0.1 * heap)
                paper.disc(start + step * (number + 0.4 + heap / 2), y - heap * step * 0.8, step * 0.62, shade)


def _awning(paper: Canvas, left: float, right: float, top: float, depth: float, cloth: Colour) -> None:
    stripes, inset = 8, (right - left) * 0.07
    white = paper.lit((252, 248, 240))
    for number in range(stripes):
        low, high = number / stripes, (number + 1) / stripes
        upper, span = left + inset, right - left - 2 * inset
        colour = cloth if number % 2 == 0 else white
        x0, x1 = left + (right - left) * low, left + (right - left) * high
        paper.shape(
            [(upper + span * low, top), (upper + span * high, top), (x1, top + depth), (x0, top + depth)], colour
        )
        paper.disc((x0 + x1) / 2, top + depth, (x1 - x0) * 0.66, mixed(colour, (40, 30, 40), 0.08), flat=0.6)


def bridge(paper: Canvas, deck: float) -> None:
    """A concrete bridge with arches and a railing across the whole sheet."""
    stone, arches = (
        paper.lit(paper.dice.choice(((204, 200, 190), (196, 180, 160), (178, 190, 196)))),
        paper.dice.randint(2, 4),
    )
    depth = 0.13
    paper.box(0, deck, 1, deck + 0.035, stone)
    for number in range(arches):
        left, right = number / arches, (number + 1) / arches
        arc = [
            (left + 0.02 + (right - left - 0.04) * s / 16, deck + depth - depth * 0.82 * math.sin(math.pi * s / 16))
            for s in range(17)
        ]
        corners = [(left, deck + 0.03), (right, deck + 0.03), (right, deck + depth)]
        paper.shape([*corners, *reversed(arc), (left, deck + depth)], mixed(stone, (60, 60, 70), 0.14))
        paper.box(left - 0.018, deck + 0.03, left + 0.018, deck + depth + 0.09, mixed(stone, (60, 60, 70), 0.25))
    rail = paper.lit(paper.dice.choice(((216, 72, 56), (60, 116, 150), (240, 240, 236), (230, 180, 60))))
    for number in range(41):
        paper.line([(number / 40, deck), (number / 40, deck - 0.05)], rail, 0.005)
    for rise in (0.05, 0.025):
        paper.line([(0, deck - rise), (1, deck - rise)], rail, 0.007)


def jetty(paper: Canvas, horizon: float) -> None:
    """A wooden landing stage that runs out over the water, with a boat beside it."""
    far, near = paper.between(0.42, 0.58), paper.between(0.3, 0.7)
    wood = paper.lit((158, 122, 86))
    paper.shape([(far - 0.02, horizon + 0.06), (far + 0.02, horizon + 0.06), (near + 0.24, 1), (near - 0.24, 1)], wood)
    for number in range(1, 18):
        share = (number / 18) ** 1.8
        y, half, x = horizon + 0.06 + (0.94 - horizon) * share, 0.02 + 0.22 * share, far + (near - far) * share
        paper.line([(x - half, y), (x + half, y)], mixed(wood, (50, 34, 24), 0.4), 0.002 + 0.006 * share)
        if number % 3 == 0:
            for side in (-half, half):
                paper.box(
                    x + side - 0.006,
                    y - 0.05 - 0.05 * share,
                    x + side + 0.006,
                    y + 0.04,
                    mixed(wood, (50, 34, 24), 0.5),
                )
    boat(paper, far + (0.24 if near < 0.5 else -0.24), horizon + 0.2, 0.2)


def boat(paper: Canvas, x: float, y: float, width: float) -> None:
    hull = paper.lit(paper.dice.choice(CLOTHS))
    paper.disc(x, y + 0.045, width * 0.55, mixed(paper.lit((78, 142, 160)), (20, 40, 60), 0.4), flat=0.08)
    paper.shape(
        [
            (x - width / 2, y - 0.02),
            (x + width / 2, y - 0.02),
            (x + width * 0.36, y + 0.045),
            (x - width * 0.36, y + 0.045),
        ],
        hull,
    )
    paper.line([(x - width / 2, y - 0.02), (x + width / 2, y - 0.02)], paper.lit((252, 248, 240)), 0.009)
    paper.box(x - width * 0.12, y - 0.085, x + width * 0.2, y - 0.02, paper.lit((250, 244, 228)), 0.008)


def towers(paper: Canvas, horizon: float) -> None:
    """The skyline of a large city."""
    x = -0.03
    while x < 1:
        width, height = paper.between(0.05, 0.12), paper.between(0.1, 0.34)
        glass = paper.far(
            paper.dice.choice(((150, 172, 190), (186, 180, 172), (120, 140, 160), (206, 196, 184))),
            paper.between(0.1, 0.4),
        )
        paper.box(x, horizon - height, x + width, horizon + 0.01, glass)
        pane = (250, 220, 150) if paper.mood.is_night else mixed(glass, (255, 255, 255), 0.4)
        for row in range(int(height / 0.03)):
            for column in range(int(width / 0.018) - 1):
                if paper.dice.random() < 0.75:
                    left, top = x + 0.009 + column * 0.018, horizon - height + 0.014 + row * 0.03
                    paper.box(left, top, left + 0.01, top + 0.016, pane)
        x += width + paper.between(-0.005, 0.03)
