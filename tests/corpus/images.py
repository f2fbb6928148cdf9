"""Files that are no photo, no usable photo, or an odd but honest one."""

from __future__ import annotations

from functools import partial
from struct import pack

from PIL import Image

from tests import photos
from tests.corpus import Answer, Case
from tests.corpus import photo_cases as told
from tests.corpus.house import Person, part
from tests.photos import exif, hostile

refused, taken = partial(told.refused, "images"), partial(told.taken, "images")
_DAMAGED = partial(refused, status=422, code="image_damaged")
_PIXELS = partial(refused, status=422, code="too_many_pixels")
_TYPE = partial(refused, status=415, code="type_not_allowed")
_SMALL = partial(refused, status=422, code="image_too_small")


def _cut(build: told.Build, kept: float) -> told.Build:
    return lambda: (whole := build())[: int(len(whole) * kept)]


def _part_too_much(person: Person) -> Answer:
    parts = [part(f"x{number}", b"") for number in range(10_000)]
    return person.multipart(f"/bukti/{person.case.id}/foto", parts)


def _text_too_long(person: Person) -> Answer:
    return person.upload(f"/bukti/{person.case.id}/foto", ("a.jpg", photos.png()), note="a" * 3_000_000)


def _turned(orientation: int, format_: str) -> told.Build:
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    block = b"Exif\x00\x00" + exif.phone_block(camera=exif.Camera(orientation=orientation))

    def build() -> bytes:
        upright = photos.quadrants()
        stored = upright if undo is None else upright.transpose(Image.Transpose(undo))
        return photos.heif(stored, block) if format_ == "HEIC" else photos.encoded(stored, format_, exif=block)

    return build


_KINDS: dict[str, told.Build] = {
    "JPEG": lambda: photos.phone_jpeg(size=(640, 480)), "PNG": lambda: photos.png(size=(300, 240)),
    "WebP": lambda: photos.webp(size=(640, 480)), "HEIC": lambda: photos.heic(size=(640, 480)),
    "AVIF": lambda: photos.avif(size=(640, 480)),
}  # fmt: skip
_FOREIGN: dict[str, told.Build] = {
    "HTML": hostile.html, "SVG": hostile.svg, "PDF": hostile.pdf_named_jpg, "GIF": hostile.gif,
    "random bytes": hostile.random_bytes, "a movie": hostile.movie, "TIFF of 60000²": hostile.tiff_claiming,
    "a ZIP": hostile.zip_tail, "a BMP": lambda: photos.encoded(photos.picture(0, (300, 300)), "BMP"),
    "a real TIFF": lambda: photos.encoded(photos.picture(0, (300, 300)), "TIFF"),
    "JPEG 2000": lambda: photos.encoded(photos.picture(0, (300, 300)), "JPEG2000"),
    "an icon": lambda: photos.encoded(photos.picture(0, (256, 256)), "ICO"),
    "PostScript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 300 300\n(/etc/passwd) run\nshowpage\n",
    "ImageMagick's script": lambda: b"push graphic-context\nfill 'url(https://127.0.0.1/x\"|id\")'\n",
    "a shell script": lambda: b"#!/bin/sh\nid\n", "a program": lambda: b"\x7fELF\x02\x01\x01" + b"\x00" * 300,
    "plain words": lambda: b"foto saya" * 40, "JSON": lambda: b'{"foto": true}',
    "XML with entities": lambda: b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]><x>&c;</x>',
    "a GIF that is an archive too": lambda: hostile.gif() + hostile.zip_tail(),
    "HTML behind a byte order mark": lambda: b"\xef\xbb\xbf" + hostile.html(),
    "a X bitmap": lambda: b"#define foto_width 300\n#define foto_height 300\nstatic char foto_bits[] = {0x00};\n",
    "a Photoshop file": lambda: b"8BPS\x00\x01" + b"\x00" * 6 + pack(">HIIHH", 3, 300, 300, 8, 3),
    "a PNG without its first byte": lambda: photos.png()[1:],
    "a JPEG behind 512 zeros": lambda: b"\x00" * 512 + photos.phone_jpeg(),
}  # fmt: skip

CASES: list[Case] = [
    refused("zero bytes", bytes, 422, "empty_file"),
    _SMALL("one pixel", hostile.tiny),
    _SMALL("a strip of 20000 × 2", hostile.strip),
    _SMALL("199 pixels high", lambda: photos.png(size=(400, 199))),
    _SMALL("a JPEG of no width", lambda: hostile.jpeg_claiming(0, 480)),
    _SMALL("a PNG of no height", lambda: hostile.png_claiming(480, 0)),
    _PIXELS("PNG of 30000²", lambda: hostile.png_bomb(30_000)),
    _PIXELS("PNG of 13000² in 20 kB", hostile.png_bomb),
    _PIXELS("PNG claiming 2³¹−1 twice", lambda: hostile.png_claiming(2**31 - 1, 2**31 - 1)),
    _PIXELS("JPEG claiming 65500²", lambda: hostile.jpeg_claiming(65_500, 65_500)),
    _PIXELS("WebP of 32 bytes claiming 13000²", hostile.webp_bomb_32_bytes),
    _PIXELS("WebP of 32 bytes claiming 8000²", lambda: hostile.webp_bomb_32_bytes(8_000)),
    _PIXELS("WebP with a canvas of 2²⁴", hostile.webp_canvas_claiming_much),
    _PIXELS("HEIC with a second picture of 20000²", hostile.heic_claiming_much),
    _PIXELS("HEIC of tiles claiming 20000²", hostile.heic_grid_claiming_much),
    _PIXELS("AVIF claiming 20000²", hostile.avif_claiming_much),
    _DAMAGED("80 MB in a zTXt chunk", hostile.ztxt_bomb),
    _DAMAGED("80 MB in an iTXt chunk", hostile.itxt_bomb),
    _DAMAGED("80 MB in an iCCP chunk", hostile.iccp_bomb),
    _DAMAGED("half a JPEG", hostile.corrupt_jpeg),
    _DAMAGED("a JPEG without its end marker", hostile.jpeg_without_end),
    _DAMAGED("half a PNG", hostile.half_png),
    _DAMAGED("a PNG with most rows missing", hostile.short_png),
    _DAMAGED("half a WebP", hostile.half_webp),
    _DAMAGED("half a HEIC", hostile.half_heic),
    _DAMAGED("half an AVIF", hostile.half_avif),
    *(_DAMAGED(f"a {kind} without its last tenth", _cut(build, 0.9)) for kind, build in _KINDS.items()),
    *(_DAMAGED(f"a {kind} without its last thousandth", _cut(build, 0.999)) for kind, build in _KINDS.items()),
    *(_DAMAGED(f"the first 40 bytes of a {kind}", lambda build=build: build()[:40]) for kind, build in _KINDS.items()),
    _DAMAGED("rubbish in the middle of a PNG", hostile.png_with_rubbish),
    _DAMAGED("rubbish behind the start of a JPEG", hostile.noise_called_jpeg),
    _DAMAGED("a JPEG of a million segments", lambda: b"\xff\xd8" + b"\xff\xfe\x00\x02" * 1_000_000),
    _DAMAGED("a JPEG of 400 scans", lambda: hostile.jpeg_of_many_scans(400)),
    _DAMAGED("a PNG of half a million chunks", hostile.png_of_many_chunks),
    _DAMAGED("boxes in boxes, 3000 deep", hostile.nested_boxes),
    _DAMAGED("a HEIC whose box says it is 8 EB long", hostile.heic_with_endless_box),
    *(_TYPE(kind, build) for kind, build in _FOREIGN.items()),
    _TYPE("HTML that says it is a PNG", hostile.html, file_name="foto.png"),
    _TYPE("PDF with no name to speak of", hostile.pdf_named_jpg, file_name="-"),
    refused("an animated PNG", hostile.animated_png, 415, "animated_not_allowed"),
    refused("an animated WebP", hostile.animated_webp, 415, "animated_not_allowed"),
    refused("an animated AVIF", hostile.animated_avif, 415, "animated_not_allowed"),
    refused("25 MB and a byte", lambda: photos.phone_jpeg().ljust(25 * 1024**2 + 1, b"\x00"), 413, "file_too_large"),
    refused("100 MB", lambda: photos.phone_jpeg().ljust(100_000_000, b"\x00"), 413, "file_too_large"),
    Case("images", "a text field of 3 MB beside it", _text_too_long, 413, "request_too_large"),
    Case("images", "10,000 parts", _part_too_much, 413, "request_too_large"),
    taken("more rows claimed than sent", hostile.jpeg_with_rows_missing, "decoder_warning"),
    taken("HTML and PHP in a comment", hostile.jpeg_with_comment_html),
    taken("a ZIP behind a JPEG", hostile.jpeg_with_zip_tail, "bytes_after_image"),
    taken("HTML behind a JPEG", hostile.jpeg_with_html_tail, "bytes_after_image"),
    taken("a ZIP behind a PNG", hostile.png_with_zip_tail, "bytes_after_image"),
    taken("a ZIP behind a WebP", hostile.webp_with_zip_tail, "bytes_after_image"),
    taken("a ZIP behind a HEIC", hostile.heic_with_zip_tail, "bytes_after_image"),
    taken("a ZIP behind the movie of a motion photo", hostile.motion_photo_with_zip_tail, "bytes_after_image"),
    taken("a script in a PNG's text", lambda: photos.png(pnginfo=hostile.png_text())),
    taken("a script in a WebP's XMP", lambda: photos.webp(xmp=hostile.SCRIPT)),
    taken("a broken colour profile", hostile.jpeg_with_broken_profile, "colour_profile_invalid"),
    taken("a PNG named .jpg", photos.png, "type_mismatch", file_name="foto.jpg"),
    taken("a HEIC named .jpg", photos.heic, "type_mismatch", file_name="IMG_0001.jpg"),
    taken("a JPEG named .png", photos.phone_jpeg, "type_mismatch", file_name="foto.png"),
    taken("a JPEG sent as text/plain", photos.phone_jpeg, "type_mismatch", kind="text/plain"),
    taken("a JPEG sent as text/html", photos.phone_jpeg, "type_mismatch", kind="text/html; charset=utf-8"),
    taken("a JPEG sent as image/svg+xml", photos.phone_jpeg, "type_mismatch", kind="image/svg+xml"),
    taken("a JPEG sent as a stream of bytes", photos.phone_jpeg, kind="application/octet-stream"),
    taken("a type that is no type", photos.phone_jpeg, "type_mismatch", kind="///"),
    taken("CMYK", photos.cmyk_jpeg),
    taken("sixteen bits", photos.sixteen_bit_png),
    taken("a palette", photos.palette_png),
    taken("grey", photos.grey_jpeg),
    taken("one bit", lambda: photos.encoded(photos.picture(0, (400, 300)).convert("1"), "PNG")),
    taken("progressive", photos.progressive_jpeg),
    taken("interlaced", photos.interlaced_png),
    taken("half of it clear", photos.transparent_png),
    taken("another colour profile", photos.swapped_colours_jpeg),
    taken("MPO", photos.mpo),
    taken("Ultra HDR with its gain map", photos.ultra_hdr),
    taken("a motion photo", photos.motion_photo),
    taken("a Samsung trailer", photos.samsung_trailer),
    taken("a messenger's photo", photos.without_exif),
    taken("HEIC", photos.heic),
    taken("AVIF", photos.avif),
    taken("WebP", photos.webp),
    *(
        taken(f"{format_} held as orientation {n}", _turned(n, format_), proofs=(told.upright,))
        for format_ in ("JPEG", "HEIC")
        for n in range(1, 9)
    ),
]
