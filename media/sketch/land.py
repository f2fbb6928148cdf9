"""Sky, hills, fields, water and trees."""

from __future__ import annotations

import math

from PIL import Image

from media.sketch.canvas import Canvas, Colour, mixed


def sky(paper: Canvas, horizon: float) -> None:
    """A sky of soft uneven light with a sun (or moon) and clouds, down to `horizon`."""
    columns, rows = 7, 5
    small = Image.new("RGB", (columns, rows))
    for x in range(columns):
        for y in range(rows):
            base = mixed(paper.mood.zenith, paper.mood.horizon, y / (rows - 1))
            small.putpixel((x, y), mixed(base, paper.mood.sun, paper.between(0, 0.34) * (0.4 if y == 0 else 1)))
    width, height = paper.size
    paper.image.paste(small.resize((width, math.ceil(horizon * height) + 1), Image.Resampling.BICUBIC))
    sun_x, sun_y = paper.between(0.1, 0.9), paper.between(0.1, 0.26)
    for ring in range(4):
        paper.disc(sun_x, sun_y, 0.085 - 0.012 * ring, mixed(paper.mood.horizon, paper.mood.sun, 0.3 + 0.23 * ring))
    if paper.mood.is_night:
        _stars(paper, horizon)
        return
    for _ in range(paper.dice.randint(2, 5)):
        _cloud(paper, paper.between(0, 1), paper.between(0.08, 0.34), paper.between(0.05, 0.12))


def _stars(paper: Canvas, horizon: float) -> None:
    for _ in range(70):
        paper.disc(paper.between(0, 1), paper.between(0, horizon * 0.8), paper.between(0.0008, 0.002), (240, 236, 220))


def _cloud(paper: Canvas, x: float, y: float, size: float) -> None:
    white = mixed((255, 255, 255), paper.mood.horizon, paper.between(0.05, 0.35))
    for puff in range(5):
        bulge = size * (0.5, 0.8, 1.0, 0.75, 0.45)[puff] * paper.between(0.7, 1.0)
        paper.disc(x + (puff - 2) * size * 0.62, y - bulge * 0.25, bulge * 0.72, white, flat=0.62)
    under = mixed(white, paper.mood.zenith, 0.22)
    paper.disc(x, y + size * 0.12, size * 1.5, under, flat=0.13)


def hills(paper: Canvas, horizon: float, ranges: int = 3) -> None:
    """Ridges one behind the other, the far ones pale; sometimes with a volcano among them."""
    for number in range(ranges):
        distance = 0.72 - 0.62 * number / max(1, ranges - 1)
        height = paper.between(0.07, 0.2) * (1 - 0.25 * number)
        colour = paper.far(mixed((70, 112, 104), paper.mood.land, number / ranges), distance)
        if number == 0 and paper.dice.random() < 0.55:
            _volcano(paper, horizon, colour)
        waves = [(paper.between(1, 6), paper.between(0, 7), paper.between(0.2, 1)) for _ in range(4)]
        total = sum(weight for _, _, weight in waves)
        ridge = []
        for step in range(61):
            x = step / 60
            wave = sum(weight * math.sin(pace * x * 3 + start) for pace, start, weight in waves) / total
            ridge.append((x, horizon - height * (0.55 + 0.45 * wave)))
        paper.shape([(0, 1), *ridge, (1, 1)], colour)


def _volcano(paper: Canvas, horizon: float, colour: Colour) -> None:
    x, top, half = paper.between(0.15, 0.85), horizon - paper.between(0.2, 0.32), paper.between(0.2, 0.34)
    slope = [(x - half, horizon), (x - half * 0.45, top + 0.13), (x - 0.025, top), (x + 0.02, top + 0.008)]
    paper.shape([*slope, (x + half * 0.4, top + 0.12), (x + half, horizon)], mixed(colour, paper.mood.horizon, 0.15))


def ground(paper: Canvas, horizon: float, colour: Colour | None = None) -> None:
    """Level land that grows richer towards the viewer."""
    land = colour or paper.mood.land
    bands = 8
    for band in range(bands):
        near = band / (bands - 1)
        top = horizon + (1 - horizon) * near**1.5 * 0.95
        paper.box(0, top, 1, 1, mixed(paper.far(land, 0.3 * (1 - near)), paper.lit((70, 104, 52)), 0.24 * near))
    for _ in range(90):
        _tuft(paper, horizon, land)


def _tuft(paper: Canvas, horizon: float, land: Colour) -> None:
    """A little grass somewhere on the ground."""
    x, near = paper.between(0, 1), paper.between(0.05, 1)
    y, blade = horizon + (1 - horizon) * near, 0.004 + 0.012 * near
    shade = paper.dice.choice(((236, 240, 190), (54, 84, 44)))
    outline = ((-0.5, 0), (-0.7, -1), (0, -0.4), (0.6, -1.1), (0.5, 0))
    places = [(x + blade * across, y + blade * up) for across, up in outline]
    paper.shape(places, mixed(paper.lit(land), paper.lit(shade), 0.3))


def fields(paper: Canvas, horizon: float) -> None:
    """Rice terraces: curved bands of greens with a gleam of water."""
    bands = paper.dice.randint(5, 8)
    shift, bend = paper.between(0, 6), paper.between(0.6, 1.5)
    for band in range(bands):
        near = band / bands
        top = horizon + (1 - horizon) * near**1.35
        depth = 0.02 + 0.06 * near
        edge = [(x / 24, top + depth * math.sin(x / 24 * 6 * bend + shift + band * 0.8)) for x in range(25)]
        green = paper.dice.choice(((120, 168, 74), (150, 184, 84), (98, 152, 76), (176, 188, 96)))
        paper.shape([(0, 1), *edge, (1, 1)], paper.far(green, 0.35 * (1 - near)))
        gleam = mixed(paper.mood.horizon, paper.lit(green), 0.25 if band % 3 == 0 else 0.7)
        paper.line(edge, gleam, 0.004 + 0.007 * near)


def river(paper: Canvas, horizon: float) -> None:
    """Water that comes winding towards the viewer, with ripples of the sky in it."""
    bend, mouth = paper.between(-0.24, 0.24), paper.between(0.3, 0.7)
    left, right = [], []
    for step in range(21):
        near = step / 20
        y = horizon + (1 - horizon) * near
        middle = mouth + bend * math.sin(near * 4.2) * (1 - near * 0.3)
        half = 0.02 + 0.3 * near**1.6
        left.append((middle - half, y))
        right.append((middle + half, y))
    bank = paper.lit((176, 158, 112))
    paper.shape([(x - 0.025, y) for x, y in left] + [(x + 0.025, y) for x, y in reversed(right)], bank)
    water = mixed(paper.lit((78, 142, 160)), paper.mood.horizon, 0.35)
    paper.shape([*left, *reversed(right)], water)
    for _ in range(26):
        step = paper.dice.randint(3, 20)
        (start, y), (end, _) = left[step], right[step]
        x = paper.between(start + 0.01, max(start + 0.011, end - 0.08))
        paper.line([(x, y), (x + (end - start) * 0.16, y)], mixed(water, (255, 255, 255), 0.35), 0.003)


def tree(paper: Canvas, x: float, foot: float, height: float, leaf: Colour = (72, 130, 66)) -> None:
    """A broad tree standing at `foot`, `height` in heights of the sheet."""
    paper.disc(x, foot, height * 0.34, paper.lit((62, 84, 52)), flat=0.16)
    thick = height * 0.035
    bark = paper.lit((112, 82, 58))
    paper.shape(
        [(x - thick, foot), (x - thick / 2, foot - height), (x + thick / 2, foot - height), (x + thick, foot)], bark
    )
    for layer, share in ((paper.lit(mixed(leaf, (20, 50, 40), 0.3)), 0.0), (paper.lit(leaf), 0.05)):
        for _ in range(6):
            across, up = paper.between(-0.2, 0.2) * height, paper.between(0.58, 0.95) * height
            paper.disc(
                x + across * 0.75 - share * height * 0.4,
                foot - up - share * height,
                height * paper.between(0.15, 0.22),
                layer,
            )
    light = paper.lit(mixed(leaf, (250, 246, 180), 0.28))
    for _ in range(3):
        across = paper.between(-0.2, 0.08) * height
        paper.disc(x + across * 0.7, foot - height * paper.between(0.8, 1.02), height * 0.1, light)


def palm(paper: Canvas, x: float, foot: float, height: float) -> None:
    """A coconut palm that leans a little."""
    lean = paper.between(-0.14, 0.14) * height
    trunk = [(x + lean * (step / 8) ** 2, foot - height * step / 8) for step in range(9)]
    paper.line(trunk, paper.lit((134, 106, 76)), height * 0.045)
    top_x, top_y = trunk[-1]
    for leaf in range(9):
        angle = math.pi * (0.02 + 0.96 * leaf / 8)
        reach = height * paper.between(0.34, 0.46)
        tip = (top_x + math.cos(angle) * reach * 0.75, top_y - math.sin(angle) * reach * 0.45 + reach * 0.32)
        rise = (top_x + math.cos(angle) * reach * 0.38, top_y - math.sin(angle) * reach * 0.5 - reach * 0.1)
        green = paper.lit(mixed((66, 124, 62), (150, 178, 80), paper.between(0, 0.6)))
        sag = (rise[0], rise[1] + reach * 0.16)
        paper.shape([(top_x, top_y), rise, tip, sag], green)
    for nut in (-0.03, 0.02, 0.05):
        paper.disc(top_x + nut * height * 0.6, top_y + 0.03 * height, height * 0.03, paper.lit((150, 110, 60)))


def bushes(paper: Canvas, foot: float, count: int, *, blossoms: bool = False) -> None:
    for _ in range(count):
        x, size = paper.between(0, 1), paper.between(0.018, 0.045)
        green = paper.lit(mixed((62, 120, 60), (140, 168, 78), paper.between(0, 0.8)))
        for part in (-0.7, 0, 0.7):
            paper.disc(x + part * size * 0.7, foot - size * 0.3, size * (1 if part == 0 else 0.75), green, flat=0.8)
        if blossoms:
            colour = paper.lit(paper.dice.choice(((232, 92, 110), (250, 196, 72), (244, 240, 236), (196, 110, 190))))
            for _ in range(7):
                paper.disc(x + paper.between(-1, 1) * size * 0.8, foot - paper.between(0, 1) * size, 0.006, colour)
