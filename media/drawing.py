"""Generated drawings that stand in for photos in the demo, so that no person's picture is needed."""

from __future__ import annotations

import io
from datetime import datetime
from fractions import Fraction

from PIL import Image, ImageDraw, ImageFont
from PIL.TiffImagePlugin import IFDRational

from media.sketch.scenes import scene

_GPS, _EXIF = 0x8825, 0x8769
_LABEL = "Gambar contoh, bukan foto"


def draw_scene(
    title: str,
    kind: str,
    *,
    seed: int,
    lon: float | None,
    lat: float | None,
    taken_at: datetime | None,
    size: tuple[int, int] = (1600, 1200),
    quality: int = 85,
) -> bytes:
    """A JPEG of a pleasant scene with `title` as its caption and real EXIF (camera "Petabukti Gambar contoh").

    `kind` is one of inovasi, infrastruktur, kegiatan, rapat, studi (any other gives a village). The same arguments
    give the same bytes; another `seed` gives a visibly other picture. `taken_at` is the camera's clock (naive).
    """
    image = _captioned(scene(kind, seed, size), title)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=_exif(lon, lat, taken_at))
    return out.getvalue()


def _captioned(image: Image.Image, title: str) -> Image.Image:
    """A dark band with the title in at most two lines, and the label that this is no photo."""
    width, height = image.size
    font, small = ImageFont.load_default(height * 0.042), ImageFont.load_default(height * 0.023)
    margin = round(width * 0.035)
    lines = _wrapped(title, font, width - 2 * margin)
    line, band = height * 0.054, round(height * (0.085 + 0.054 * len(lines)))
    box = (0, height - band, width, height)
    image.paste(Image.blend(image.crop(box), Image.new("RGB", (width, band), (16, 22, 30)), 0.72), box)
    draw = ImageDraw.Draw(image)
    top = height - band + height * 0.018
    for number, text in enumerate(lines):
        draw.text((margin, top + number * line), text, font=font, fill=(255, 255, 255))
    draw.text((margin, top + len(lines) * line + height * 0.008), _LABEL, font=small, fill=(206, 214, 220))
    return image


def _wrapped(title: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: float) -> list[str]:
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines if len(lines) <= 2 else [lines[0], lines[1] + " …"]


def _exif(lon: float | None, lat: float | None, taken_at: datetime | None) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Petabukti", "Gambar contoh"
    if taken_at is not None:
        exif.get_ifd(_EXIF)[0x9003] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    if lon is not None and lat is not None:
        gps = exif.get_ifd(_GPS)
        gps[1], gps[2] = "S" if lat < 0 else "N", _sexagesimal(abs(lat))
        gps[3], gps[4] = "W" if lon < 0 else "E", _sexagesimal(abs(lon))
    return exif


def _sexagesimal(degrees: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    whole, rest = divmod(round(Fraction(degrees) * 3_600_000), 3_600_000)
    minutes, thousandths = divmod(rest, 60_000)
    return IFDRational(whole), IFDRational(minutes), IFDRational(thousandths, 1000)
