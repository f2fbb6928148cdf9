"""Drawn cards and number plates, of nobody: the numbers are made up."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

NIK = "3273025203850004"
PLATE = "D 1234 ABC"
_CARD_RATIO, _PLATE_RATIO = 1.586, 3.4  # width to height: ISO 7810 ID-1, and 430 × 135 mm with room for all signs
_ROWS = (("PROVINSI JAWA BARAT", 0.05, 0.07), ("KOTA BANDUNG", 0.13, 0.07), (f"NIK : {NIK}", 0.25, 0.09))
_FACTS = ("Nama : SITI CONTOH", "Tempat/Tgl Lahir : BANDUNG, 12-03-1985", "Alamat : JL. CONTOH 5", "RT/RW : 005/012")


def card(height: int) -> Image.Image:
    """An identity card as high as that, in pixels: heading, number, four rows of facts and a grey portrait."""
    made = Image.new("RGB", (round(height * _CARD_RATIO), height), (168, 208, 230))
    draw = ImageDraw.Draw(made)
    rows = [*_ROWS, *((words, 0.4 + 0.11 * number, 0.055) for number, words in enumerate(_FACTS))]
    for words, top, size in rows:
        font = ImageFont.load_default(height * size)
        draw.text((height * 0.06, height * top), words, font=font, fill=(20, 20, 40))
    draw.rectangle((height * 1.22, height * 0.3, height * 1.52, height * 0.75), fill=(120, 125, 135))
    return made


def plate(height: int, words: str = PLATE) -> Image.Image:
    """A number plate as high as that, in pixels: black on white, as since 2022."""
    made = Image.new("RGB", (round(height * _PLATE_RATIO), height), "white")
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 0, made.width - 1, made.height - 1), outline=(0, 0, 0), width=max(1, height // 24))
    font = ImageFont.load_default(height * 0.62)
    draw.text((made.width / 2, made.height / 2), words, font=font, fill=(0, 0, 0), anchor="mm")
    return made


def street(size: tuple[int, int] = (1024, 768)) -> bytes:
    """A JPEG with a card, upper left, and a plate, lower right, and nobody."""
    made = Image.new("RGB", size, (126, 142, 118))
    made.paste(card(220), (60, 60))
    made.paste(plate(60), (size[0] - 300, size[1] - 140))
    out = io.BytesIO()
    made.save(out, "JPEG", quality=88)
    return out.getvalue()
