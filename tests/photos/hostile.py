"""Files that are no photo, are broken, or carry something on their back."""

from __future__ import annotations

import io
import zipfile
from struct import pack

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pillow_heif import from_pillow

from tests.photos import (
    avif,
    encoded,
    heic,
    motion_photo,
    phone_jpeg,
    picture,
    png,
    webp,
    with_segment,
    without_exif,
)
from tests.photos.raw import PNG_SIGNATURE, chunk, ihdr, png_of, with_chunk, zeros_deflated

SCRIPT = b"<script>alert(1)</script><?php system('id'); ?>"


def corrupt_jpeg(seed: int = 0) -> bytes:
    """Half a file, as a broken connection leaves it."""
    whole = phone_jpeg(seed=seed)
    return whole[: len(whole) // 2]


def jpeg_without_end() -> bytes:
    return phone_jpeg()[:-2]


def jpeg_with_rows_missing() -> bytes:
    """It claims more rows than it sends, and ends properly."""
    whole = without_exif()
    return whole[: len(whole) // 2] + b"\xff\xd9"


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    whole = encoded(Image.new("RGB", (640, 480), "teal"))
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + pack(">HH", height, width) + whole[at + 4 :]


def half_png() -> bytes:
    whole = png()
    return whole[: len(whole) // 2]


def short_png() -> bytes:
    """Whole by its chunks, but most rows are not in it."""
    return png_of(800, 600, rows=150)


def half_webp() -> bytes:
    whole = webp()
    return whole[: len(whole) // 2]


def png_bomb(side: int = 13_000) -> bytes:
    """A few kilobytes that unpack to side × side pixels."""
    rows = zeros_deflated(side * (side + 1) // 1_000_000 + 1)
    return PNG_SIGNATURE + ihdr(side, side) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def webp_bomb_32_bytes(side: int = 13_000) -> bytes:
    """Thirty-two bytes that make a decoder fill side × side pixels."""
    bits = (side - 1) | (side - 1) << 14
    body = b"\x2f" + pack("<I", bits) + b"\x88\x88\x08" + b"\x00" * 4
    return (b"RIFF" + pack("<I", 24) + b"WEBPVP8L" + pack("<I", len(body)) + body)[:32]


def ztxt_bomb(megabytes: int = 80) -> bytes:
    return with_chunk(png(), b"zTXt", b"Comment\x00\x00" + zeros_deflated(megabytes))


def itxt_bomb(megabytes: int = 80) -> bytes:
    return with_chunk(png(), b"iTXt", b"Comment\x00\x01\x00\x00\x00" + zeros_deflated(megabytes))


def iccp_bomb(megabytes: int = 80) -> bytes:
    return with_chunk(png(), b"iCCP", b"icc\x00\x00" + zeros_deflated(megabytes))


def tiny(side: int = 1) -> bytes:
    return encoded(Image.new("RGB", (side, side)))


def strip() -> bytes:
    return encoded(Image.new("RGB", (20_000, 2)), "PNG")


def tiff_claiming(side: int = 60_000) -> bytes:
    entries = b"".join(pack("<HHII", tag, 4, 1, side) for tag in (256, 257))
    return b"II*\x00\x08\x00\x00\x00" + pack("<H", 2) + entries + b"\x00" * 4


def pdf_named_jpg() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


def svg() -> bytes:
    return b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def html() -> bytes:
    return b"<!doctype html><title>x</title>" + SCRIPT


def gif() -> bytes:
    return encoded(picture(0, (400, 300)), "GIF")


def random_bytes() -> bytes:
    return bytes((number * 197 + 31) % 256 for number in range(5_000))


def movie() -> bytes:
    return pack(">I4s4sI4s", 20, b"ftyp", b"isom", 0, b"mp42") + pack(">I4s", 1008, b"mdat") + b"\x00" * 1000


def animated_webp() -> bytes:
    frames = [picture(seed, (400, 300)) for seed in range(3)]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], method=0)


def animated_png() -> bytes:
    frames = [picture(seed, (400, 300)) for seed in range(2)]
    return encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])


def animated_avif() -> bytes:
    frames = [picture(seed, (400, 300)) for seed in range(2)]
    return encoded(frames[0], "AVIF", save_all=True, append_images=frames[1:], speed=10)


def jpeg_with_comment_html() -> bytes:
    return with_segment(phone_jpeg(), 0xFE, SCRIPT)


def jpeg_with_zip_tail() -> bytes:
    return phone_jpeg() + zip_tail()


def jpeg_with_html_tail() -> bytes:
    return phone_jpeg() + SCRIPT


def jpeg_with_xmp_entities() -> bytes:
    """XMP that would fill the memory, and fetch a file, if anybody expanded it."""
    xmp = (
        b'http://ns.adobe.com/xap/1.0/\x00<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><x>&b;&c;</x>'
    )
    return with_segment(phone_jpeg(), 0xE1, xmp)


def half_heic() -> bytes:
    whole = heic(size=(640, 480))
    return whole[: len(whole) // 2]


def half_avif() -> bytes:
    whole = avif(size=(640, 480))
    return whole[: len(whole) // 2]


def heic_claiming_much() -> bytes:
    """A small HEIC with a second picture that claims 20000 × 20000 pixels; the first one is honest."""
    file, out = from_pillow(picture(0, (640, 480))), io.BytesIO()
    file.add_from_pillow(picture(1, (320, 240)))
    file.save(out, quality=40)
    return out.getvalue().replace(b"ispe" + pack(">III", 0, 320, 240), b"ispe" + pack(">III", 0, 20_000, 20_000))


def heic_grid_claiming_much() -> bytes:
    """A small HEIC whose picture is said to be put together from tiles, to 20000 × 20000 pixels."""
    whole = heic(size=(640, 480))
    data = whole.index(b"mdat") + 4
    grid = b"\x00\x01\x00\x00" + pack(">II", 20_000, 20_000)
    return whole[:data].replace(b"hvc1\x00", b"grid\x00", 1) + grid + whole[data + len(grid) :]


def noise_called_jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0" + random_bytes()


def zip_tail() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("rahasia.txt", SCRIPT)
    return out.getvalue()


def png_with_zip_tail() -> bytes:
    return png() + zip_tail()


def webp_with_zip_tail() -> bytes:
    return webp() + zip_tail()


def heic_with_zip_tail() -> bytes:
    return heic(size=(640, 480)) + zip_tail()


def motion_photo_with_zip_tail() -> bytes:
    return motion_photo() + zip_tail()


def jpeg_with_broken_profile() -> bytes:
    return with_segment(phone_jpeg(), 0xE2, b"ICC_PROFILE\x00\x01\x01" + b"no profile at all" * 20)


def png_text() -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", SCRIPT.decode())
    return info


def png_claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header claims another size."""
    return PNG_SIGNATURE + ihdr(width, height) + chunk(b"IDAT", zeros_deflated(1)) + chunk(b"IEND", b"")


def png_with_rubbish() -> bytes:
    """Whole by its chunks, but the compressed data breaks off into zeros."""
    data = png(size=(400, 300))
    at = data.index(b"IDAT") + 200
    return data[:at] + b"\x00" * 400 + data[at + 400 :]


def png_of_many_chunks(count: int = 500_000) -> bytes:
    return PNG_SIGNATURE + png()[8:33] + (pack(">I", 0) + b"tEXt" + b"\x00" * 4) * count


def webp_canvas_claiming_much() -> bytes:
    """The extended header says 2²⁴ × 2²⁴, the picture in it is small."""
    body = webp(size=(640, 480))[12:]
    canvas = b"VP8X" + pack("<I", 10) + b"\x00" * 4 + b"\xff\xff\xff" * 2
    return b"RIFF" + pack("<I", 4 + len(canvas) + len(body)) + b"WEBP" + canvas + body


def avif_claiming_much() -> bytes:
    small = b"ispe" + pack(">III", 0, 640, 480)
    return avif(size=(640, 480)).replace(small, b"ispe" + pack(">III", 0, 20_000, 20_000))


def nested_boxes(depth: int = 3_000) -> bytes:
    """A HEIC whose boxes hold each other and nothing else."""
    body = b""
    for _ in range(depth):
        body = pack(">I4s", 8 + len(body), b"meta") + body
    return pack(">I4s4sI4s", 20, b"ftyp", b"heic", 0, b"mif1") + body


def heic_with_endless_box() -> bytes:
    whole = heic(size=(640, 480))
    return whole[:24] + pack(">I4sQ", 1, b"meta", 2**63) + whole[24:]


def jpeg_of_many_scans(scans: int, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A progressive JPEG that sends its first scan again and again: each costs a walk over the whole picture."""
    whole = encoded(Image.new("RGB", size, "teal"), progressive=True)
    first = whole.index(b"\xff\xda")
    second = whole.index(b"\xff\xc4", first + 4)
    return whole[:second] + whole[first:second] * (scans - 1) + whole[second:]
