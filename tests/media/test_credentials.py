"""Signed pictures: whose word counts, and what a change or a broken manifest comes to."""

from __future__ import annotations

from typing import Any

import pytest

from media.credentials import has_credentials, read_credentials
from media.store import Store
from tests import photos
from tests.media import take_in
from tests.photos.signed import GENERATED, Authority, authority, signed


@pytest.fixture(scope="module")
def maker() -> Authority:
    return authority()


@pytest.fixture(scope="module")
def genuine(maker: Authority) -> bytes:
    return signed(photos.without_exif(seed=1, size=(640, 480)), maker)


def read(data: bytes, trust: str | None = None) -> dict[str, Any]:
    found = read_credentials(data, "image/jpeg", trust)
    assert found is not None
    return found


def test_most_photos_carry_none_and_no_process_is_started_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("a process was started"))
    assert read_credentials(photos.phone_jpeg(size=(640, 480)), "image/jpeg", None) is None


def test_a_signer_we_know_is_trusted_and_any_other_is_not(maker: Authority, genuine: bytes) -> None:
    known = read(genuine, maker.root)
    assert (known["state"], known["signer"], known["generator"]) == ("trusted", "Kamera Uji", "Kamera Uji 1.0")
    assert (known["ai"], known["edited"], known["codes"]) == (False, False, [])
    for unknown in (read(genuine), read(genuine, authority("Orang lain").root)):
        assert unknown["state"] == "untrusted"
        assert unknown["codes"] == ["signingCredential.untrusted"]


def test_one_changed_pixel_breaks_the_seal(maker: Authority, genuine: bytes) -> None:
    changed = bytearray(genuine)
    changed[-500] ^= 1
    assert read(bytes(changed), maker.root)["state"] == "broken"
    assert "assertion.dataHash.mismatch" in read(bytes(changed), maker.root)["codes"]


def test_a_picture_that_admits_that_it_was_generated_and_edited(maker: Authority) -> None:
    admitted = signed(
        photos.without_exif(seed=2, size=(640, 480)),
        maker,
        source=GENERATED,
        more=({"action": "c2pa.color_adjustments"},),
    )
    found = read(admitted, maker.root)
    assert (found["state"], found["ai"], found["edited"]) == ("trusted", True, True)


@pytest.mark.parametrize("damage", ["inside", "cut", "noise"])
def test_a_manifest_that_cannot_be_read_is_broken_and_harms_nothing(genuine: bytes, damage: str) -> None:
    at = genuine.find(b"c2pa.actions")
    broken = {
        "inside": genuine[: at + 40] + b"\xff" * 60 + genuine[at + 100 :],
        "cut": genuine[: at + 40] + genuine[-3_000:],
        "noise": photos.with_segment(
            photos.without_exif(size=(640, 480)),
            0xEB,
            b"JP\x00\x01\x00\x00\x00\x01\xff\xff\xff\xffjumb" + b"\x00\x00\x00\x1ejumdc2pa" * 40,
        ),
    }[damage]
    assert has_credentials(broken)
    assert read(broken)["state"] == "broken"


def test_a_signed_photo_comes_in_with_its_verdict(genuine: bytes) -> None:
    taken = take_in(genuine, Store.open("memory:///"))
    assert taken.looks is not None and taken.looks.credentials is not None
    assert taken.looks.credentials["state"] == "untrusted"


def test_a_file_full_of_boxes_is_given_up_soon() -> None:
    assert not has_credentials(b"jumb" * 500_000 + b"c2pa")
