"""What stands and hangs along a street: pavements, lamps, benches, bins, lights, small flags."""

from __future__ import annotations

from media.sketch.built import CLOTHS
from media.sketch.canvas import Canvas, mixed


def lanterns(paper: Canvas, y: float) -> None:
    """Strings of warm lights across the sheet."""
    for string in range(3):
        height, sag = y + 0.07 * string, paper.between(0.05, 0.1)
        rope = [(x / 20, height + sag * (1 - (x / 10 - 1) ** 2)) for x in range(21)]
        paper.line(rope, paper.lit((70, 60, 60)), 0.003)
        for place in rope[1::2]:
            paper.disc(*place, 0.017, mixed(paper.mood.zenith, (255, 206, 110), 0.45))
            paper.disc(*place, 0.011, (255, 232, 168))


def bunting(paper: Canvas, y: float) -> None:
    """Small flags on a rope."""
    sag = paper.between(0.04, 0.09)
    rope = [(x / 26, y + sag * (1 - (x / 13 - 1) ** 2)) for x in range(27)]
    paper.line(rope, paper.lit((110, 100, 96)), 0.003)
    for number, (x, top) in enumerate(rope):
        paper.shape(
            [(x, top), (x + 0.022, top + 0.004), (x + 0.012, top + 0.045)], paper.lit(CLOTHS[number % len(CLOTHS)])
        )


def pavement(paper: Canvas, horizon: float) -> None:
    """A footpath running away from the viewer, with guiding tiles, a kerb and lamps."""
    vanish, lean = paper.between(0.35, 0.65), paper.between(-0.12, 0.12)
    stone = paper.lit(paper.dice.choice(((198, 190, 180), (184, 176, 170), (206, 186, 168))))
    paper.shape([(vanish - 0.03, horizon), (vanish + 0.03, horizon), (0.95 + lean, 1), (0.05 + lean, 1)], stone)
    for number in range(1, 14):
        share = (number / 14) ** 1.9
        y, half, x = horizon + (1 - horizon) * share, 0.03 + 0.42 * share, vanish + (0.5 + lean - vanish) * share
        paper.line([(x - half, y), (x + half, y)], mixed(stone, (90, 80, 76), 0.3), 0.002 + 0.003 * share)
    middle = 0.5 + lean
    paper.shape(
        [(vanish - 0.005, horizon), (vanish + 0.005, horizon), (middle + 0.055, 1), (middle - 0.055, 1)],
        paper.lit((240, 196, 64)),
    )
    for edge in (0.05, 0.95):
        far = vanish - 0.03 if edge < 0.5 else vanish + 0.03
        paper.line([(far, horizon), (edge + lean, 1)], paper.lit((236, 232, 226)), 0.014)
    for share in (0.12, 0.3, 0.62):
        for side in (-1, 1):
            lamp(
                paper,
                vanish + (0.5 + lean - vanish) * share + side * (0.05 + 0.5 * share),
                horizon + (1 - horizon) * share,
                0.12 + 0.42 * share,
            )


def lamp(paper: Canvas, x: float, foot: float, height: float) -> None:
    paper.line([(x, foot), (x, foot - height)], paper.lit((70, 84, 92)), height * 0.03)
    glow = (255, 232, 160) if paper.mood.is_night else paper.lit((252, 246, 226))
    paper.disc(x, foot - height, height * 0.07, glow)


def bench(paper: Canvas, x: float, foot: float, width: float) -> None:
    wood, iron = paper.lit((166, 118, 76)), paper.lit((70, 76, 84))
    for leg in (-0.4, 0.4):
        paper.line([(x + leg * width, foot), (x + leg * width, foot - width * 0.55)], iron, 0.008)
    for rise in (0.24, 0.42, 0.54):
        paper.box(x - width / 2, foot - width * rise - 0.014, x + width / 2, foot - width * rise, wood)


def bins(paper: Canvas, x: float, foot: float, size: float) -> None:
    """Three bins for sorted waste."""
    for number, colour in enumerate(((74, 146, 98), (238, 184, 56), (58, 126, 176))):
        left = x + number * size * 0.9
        paper.shape(
            [
                (left, foot - size),
                (left + size * 0.7, foot - size),
                (left + size * 0.62, foot),
                (left + size * 0.08, foot),
            ],
            paper.lit(colour),
        )
        paper.box(
            left - 0.006,
            foot - size * 1.12,
            left + size * 0.7 + 0.006,
            foot - size * 0.98,
            paper.lit(mixed(colour, (20, 20, 30), 0.3)),
            0.006,
        )
        paper.disc(left + size * 0.35, foot - size * 0.5, size * 0.17, paper.lit((250, 250, 246)))
