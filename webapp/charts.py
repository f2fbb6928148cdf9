"""Where the parts of a chart lie: numbers in, coordinates out. Pure; `templates/macros/charts.html` draws them as SVG.

The unit is the point of a drawing `WIDTH` by `HEIGHT`; y grows downward, as in SVG. Bars: hundredths of a width.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 200
LEFT, RIGHT, TOP, BOTTOM = 34, 8, 12, 24  # room for the words of the axes
MOST_WORDS = 6  # beside one another under a phone's chart
SPARK_WIDTH, SPARK_HEIGHT = 96, 20
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Series:
    """One line of a chart; `mark` (1, 2, 3) chooses its colour, its dashes and the shape of its points."""

    name: str
    mark: int
    values: tuple[int, ...]


@dataclass(frozen=True)
class Trend:
    """Several series over the same places, whose words are `labels`."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def top(self) -> int:
        """The value of the upper edge: round, and no value above it."""
        return nice_top(max((value for one in self.series for value in one.values), default=0))

    @property
    def ticks(self) -> tuple[int, ...]:
        """Values at which lines cross the chart; whole numbers, since cases are counted."""
        return (0, self.top // 2, self.top) if self.top % 2 == 0 else (0, self.top)

    @property
    def empty(self) -> bool:
        return not any(value for one in self.series for value in one.values)

    def x(self, place: int) -> float:
        last = max(len(self.labels) - 1, 1)
        at = place if len(self.labels) > 1 else 0.5
        return round(LEFT + (WIDTH - LEFT - RIGHT) * at / last, 1)

    def y(self, value: int) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / self.top, 1)

    def dots(self, one: Series) -> list[tuple[float, float]]:
        return [(self.x(place), self.y(value)) for place, value in enumerate(one.values)]

    def line(self, one: Series) -> str:
        """The `points` of a polyline."""
        return _points(self.dots(one))

    def area(self, one: Series) -> str:
        """The `points` of the ground under the line."""
        dots, floor = self.dots(one), self.y(0)
        return _points([(dots[0][0], floor), *dots, (dots[-1][0], floor)]) if dots else ""

    @property
    def words(self) -> list[tuple[float, str]]:
        """Where a label stands, and which: the last one always, no more of them than a phone can show."""
        step = -(-len(self.labels) // MOST_WORDS) or 1
        last = len(self.labels) - 1
        return [(self.x(n), self.labels[n]) for n in range(len(self.labels)) if (last - n) % step == 0]


def nice_top(highest: int) -> int:
    """The least of 2, 4, 10, 20, 50, 100, … that is not below; never 0, and always to be halved."""
    if highest <= 4:
        return 2 if highest <= 2 else 4
    power = 10
    while True:
        for step in _STEPS:
            if highest <= step * power:
                return step * power
        power *= 10


def parts(values: Sequence[int], whole: int) -> list[tuple[float, float]]:
    """(from, width) of the pieces of a stacked bar, in hundredths of `whole`; a piece that is there is to be seen."""
    placed, at = [], 0.0
    for value in values:
        width = 100 * value / whole if whole else 0.0
        placed.append((round(at, 2), round(width, 2)))
        at += width
    return placed


def centred(values: Iterable[int], whole: int) -> list[tuple[float, float]]:
    """(from, width) of the steps of a funnel, each in the middle, in hundredths of `whole`."""
    widths = [100 * value / whole if whole else 0.0 for value in values]
    return [(round(50 - width / 2, 2), round(width, 2)) for width in widths]


def spark(values: Sequence[int]) -> str:
    """The `points` of a line in a box of `SPARK_WIDTH` by `SPARK_HEIGHT`, its own highest value at the upper edge."""
    highest, last = max(values, default=0) or 1, max(len(values) - 1, 1)
    room = SPARK_HEIGHT - 4
    return _points(
        [
            (round(2 + (SPARK_WIDTH - 4) * place / last, 1), round(2 + room - room * value / highest, 1))
            for place, value in enumerate(values)
        ]
    )


def _points(dots: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in dots)
