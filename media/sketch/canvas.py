"""A sheet of paper with its light. Places on it are fractions: 0, 0 is the upper left corner, 1, 1 the lower right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mood:
    """The light of an hour of the day."""

    zenith: Colour
    horizon: Colour
    sun: Colour
    land: Colour
    shade: float
    """How much darker things look than in full light, 0 to 1."""
    is_night: bool = False


MOODS = (
    Mood((92, 160, 214), (214, 236, 244), (255, 250, 224), (126, 172, 92), 0.0),
    Mood((112, 178, 196), (246, 232, 198), (255, 244, 196), (146, 170, 84), 0.04),
    Mood((118, 142, 196), (252, 214, 178), (255, 226, 170), (132, 148, 86), 0.12),
    Mood((150, 170, 184), (222, 228, 226), (240, 242, 236), (112, 150, 98), 0.08),
    Mood((236, 150, 96), (255, 222, 160), (255, 240, 190), (150, 136, 74), 0.18),
)
NIGHT = Mood((22, 32, 68), (86, 74, 112), (246, 240, 214), (56, 74, 76), 0.5, is_night=True)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with `share` (0–1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


@dataclass(slots=True)
class Canvas:
    """Draws in fractions of its size; all chance comes from `dice`."""

    size: tuple[int, int]
    dice: Random
    mood: Mood
    image: Image.Image = field(init=False)
    draw: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", self.size, self.mood.horizon)
        self.draw = ImageDraw.Draw(self.image)

    def between(self, least: float, most: float) -> float:
        return self.dice.uniform(least, most)

    def lit(self, colour: Colour) -> Colour:
        """`colour` as it looks in this hour's light."""
        return mixed(colour, self.mood.zenith if self.mood.is_night else (60, 50, 70), self.mood.shade)

    def far(self, colour: Colour, distance: float) -> Colour:
        """`colour` faded by the air between, `distance` 0–1."""
        return mixed(self.lit(colour), self.mood.horizon, distance)

    def at(self, place: Point) -> tuple[float, float]:
        return place[0] * self.size[0], place[1] * self.size[1]

    def shape(self, places: Iterable[Point], colour: Colour) -> None:
        self.draw.polygon([self.at(place) for place in places], fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, round_: float = 0) -> None:
        corners = (*self.at((left, top)), *self.at((right, bottom)))
        if round_:
            self.draw.rounded_rectangle(corners, round_ * self.size[1], fill=colour)
        else:
            self.draw.rectangle(corners, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, flat: float = 1) -> None:
        """A disc; `radius` in heights of the sheet, `flat` below 1 makes it lie down."""
        left, top = self.at((x, y))
        across, down = radius * self.size[1], radius * self.size[1] * flat
        self.draw.ellipse((left - across, top - down, left + across, top + down), fill=colour)

    def line(self, places: Iterable[Point], colour: Colour, width: float = 0.004) -> None:
        """`width` in heights of the sheet."""
        pixels = max(1, round(width * self.size[1]))
        self.draw.line([self.at(place) for place in places], fill=colour, width=pixels, joint="curve")
