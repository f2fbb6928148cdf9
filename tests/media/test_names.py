"""Names that strangers give their files."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.names import LABEL_LENGTH, clean_name


@pytest.mark.parametrize(
    ("sent", "label"),
    [
        ("IMG_0001.jpg", "IMG_0001.jpg"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("C:\\Users\\camat\\foto.jpg", "foto.jpg"),
        ("/etc/shadow", "shadow"),
        ("foto.jpg\x00.php", ".php"),
        ("foto\r\nSet-Cookie: x.jpg", "foto Set-Cookie: x.jpg"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        ("fo\u200bto\ufeff.jpg", "foto.jpg"),
        ("  spasi   banyak .jpg ", "spasi banyak .jpg"),
        ("", ""),
        (".", ""),
        ("..", ""),
        ("...", ""),
        ("folder/", ""),
        ("\u200b\u200d", ""),
        ('=HYPERLINK("x").jpg', '=HYPERLINK("x").jpg'),
        ("'; DROP TABLE photo;--.jpg", "'; DROP TABLE photo;--.jpg"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
        ("{{ 7*7 }}${7*7}.jpg", "{{ 7*7 }}${7*7}.jpg"),
        ("\ua9a5\ua98f\ua9a0.jpg", "\ua9a5\ua98f\ua9a0.jpg"),
        ("\u1b29\u1b2e\u1b36.jpg", "\u1b29\u1b2e\u1b36.jpg"),
        ("foto \U0001f33e.jpg", "foto \U0001f33e.jpg"),
        ("e\u0301.jpg", "\u00e9.jpg"),
        ("\ud800.jpg", ".jpg"),
        ("\x1b[31mmerah.jpg", "[31mmerah.jpg"),
        ("CON.jpg", "CON.jpg"),
    ],
)
def test_a_name_becomes_a_clean_label(sent: str, label: str) -> None:
    assert clean_name(sent) == label


def test_a_long_name_keeps_its_extension() -> None:
    label = clean_name("a" * 300 + ".jpeg")
    assert len(label) == LABEL_LENGTH
    assert label.startswith("aaa")
    assert label.endswith(".jpeg")
    assert len(clean_name("b" * 100_000)) <= LABEL_LENGTH


@given(st.text(max_size=400))
def test_no_name_keeps_a_path_or_a_hidden_sign(sent: str) -> None:
    label = clean_name(sent)
    assert len(label) <= LABEL_LENGTH
    assert not set(label) & set("/\\\x00\n\r\t")
    assert all(unicodedata.category(letter) not in ("Cc", "Cf", "Cs") for letter in label)
    assert clean_name(label) == label
