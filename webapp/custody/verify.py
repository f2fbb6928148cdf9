"""Checks a parcel of evidence offline. Needs Python 3.8 or newer and nothing else: python3 -I verify.py

Options: a folder or zip instead of the folder this file lies in; --key HEX_OR_FILE, the public key you trust;
--checkpoint FILE, a checkpoint you kept. Ends with 0 when everything is as it was signed, else with 1.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import zipfile
from typing import Any

OWN = {"SHA256SUMS", "manifest.json"}  # what the manifest cannot list
CHUNK = 1 << 20

# --- Ed25519, as RFC 8032 writes it down in section 6; slow and plain ------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = Any  # extended coordinates: four integers


def point_add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_times(scalar: int, point: Point) -> Point:
    made: Point = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            made = point_add(made, point)
        point = point_add(point, point)
        scalar >>= 1
    return made


def point_equal(one: Point, other: Point) -> bool:
    return bool((one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0)


def recover_x(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0:
        return None
    return P - x if x & 1 != sign else x


def point_from(data: bytes) -> Point:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE: Point = point_from(BASE_Y.to_bytes(32, "little"))


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether that key signed the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = point_from(public), point_from(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return point_equal(point_times(scalar, BASE), point_add(commitment, point_times(challenge, key)))


# --- the tree, as RFC 6962 and RFC 9162 have it -----------------------------------------------------------------------


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def above(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def includes(leaf: bytes, position: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf at that position to the root."""
    if not 0 <= position < size:
        return False
    at, last, made = position, size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            made = above(one, made)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            made = above(made, one)
        at, last = at >> 1, last >> 1
    return last == 0 and made == root


# --- the parcel -------------------------------------------------------------------------------------------------------


class Folder:
    def __init__(self, root: str) -> None:
        self.root = root

    def names(self) -> set[str]:
        found = set()
        for folder, folders, files in os.walk(self.root):
            folders[:] = [one for one in folders if one != "__pycache__"]
            for name in files:
                found.add(os.path.relpath(os.path.join(folder, name), self.root).replace(os.sep, "/"))  # noqa: PTH118
        return found

    def read(self, name: str) -> bytes:
        with open(os.path.join(self.root, *name.split("/")), "rb") as file:  # noqa: PTH118, PTH123
            return file.read()

    def sha256(self, name: str) -> str:
        made = hashlib.sha256()
        with open(os.path.join(self.root, *name.split("/")), "rb") as file:  # noqa: PTH118, PTH123
            for piece in iter(lambda: file.read(CHUNK), b""):
                made.update(piece)
        return made.hexdigest()


class Zip:
    def __init__(self, path: str) -> None:
        self.archive = zipfile.ZipFile(path)

    def names(self) -> set[str]:
        return {one.filename for one in self.archive.infolist() if not one.is_dir()}

    def read(self, name: str) -> bytes:
        return self.archive.read(name)

    def sha256(self, name: str) -> str:
        made = hashlib.sha256()
        try:
            with self.archive.open(name) as file:
                for piece in iter(lambda: file.read(CHUNK), b""):
                    made.update(piece)
        except zipfile.BadZipFile:
            return "-"
        return made.hexdigest()


NOTE = re.compile(
    "([^\n]+)\n([0-9]{1,18})\n([A-Za-z0-9+/]{43}=)\n([0-9TZ:.-]+)\n\n\u2014 ([^\n ]+) ([A-Za-z0-9+/=]+)\n"
)


class Head:
    """A signed note. Raises ValueError for other text."""

    def __init__(self, text: str) -> None:
        found = NOTE.fullmatch(text.replace("\r\n", "\n"))
        if found is None or found.group(1) != found.group(5):
            raise ValueError("not a checkpoint")
        self.origin, self.size, self.at = found.group(1), int(found.group(2)), found.group(4)
        self.root = base64.b64decode(found.group(3))
        self.signed = text.replace("\r\n", "\n").split("\n\n")[0].encode() + b"\n"
        self.signature = base64.b64decode(found.group(6))[4:]


class Report:
    """Says each check; remembers whether one failed."""

    def __init__(self) -> None:
        self.failed = 0

    def good(self, said: str) -> None:
        print("BAIK   " + said)

    def bad(self, said: str) -> None:
        self.failed += 1
        print("SALAH  " + said)

    def settle(self, good: str, wrong: list[str]) -> None:
        """All of a kind: one line when nothing is wrong, else a line for each."""
        for one in wrong:
            self.bad(one)
        if not wrong:
            self.good(good)


def check_files(parcel: Any, report: Report) -> dict[str, Any]:
    """Every file against the manifest, and the manifest against SHA256SUMS. Answers the manifest."""
    there = parcel.names()
    for name in sorted(OWN - there):
        report.bad(name + ": hilang / missing")
    sums = parcel.read("SHA256SUMS") if "SHA256SUMS" in there else b""
    manifest = manifest_of(parcel) if "manifest.json" in there else {}
    if not manifest:
        report.bad("manifest.json: tidak terbaca / cannot be read")
    listed = {str(name): str(digest) for name, digest in manifest.get("files", {}).items()} or sums_of(sums)
    listed.pop("manifest.json", None)
    wrong = []
    for name in sorted(listed):
        if name not in there:
            wrong.append(name + ": hilang / missing")
        elif parcel.sha256(name) != listed[name]:
            wrong.append(name + ": isi berubah / content changed")
    wrong += [name + ": tidak terdaftar / not listed" for name in sorted(there - set(listed) - OWN)]
    if manifest and sums:
        own = parcel.sha256("manifest.json")
        lines = sorted([*listed.items(), ("manifest.json", own)])
        if sums_of(sums).get("manifest.json") != own:
            wrong.append("manifest.json, SHA256SUMS: salah satu berubah / one of the two was changed")
        elif sums != "".join(digest + "  " + name + "\n" for name, digest in lines).encode("utf-8"):
            wrong.append("SHA256SUMS: isi berubah / content changed")
    report.settle("%d berkas cocok dengan SHA-256-nya / files match" % len(listed), wrong)  # noqa: UP031
    return manifest


def sums_of(data: bytes) -> dict[str, str]:
    found = {}
    for line in data.decode("utf-8", "replace").split("\n"):
        digest, _, name = line.partition("  ")
        found[name] = digest
    found.pop("", None)
    return found


def manifest_of(parcel: Any) -> dict[str, Any]:
    try:
        found = json.loads(parcel.read("manifest.json").decode("utf-8"))
    except (ValueError, zipfile.BadZipFile):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("files"), dict) else {}


def check_head(parcel: Any, report: Report, trusted: bytes | None, kept: Head | None) -> Head | None:
    """The head's signature by the key, and against what was kept elsewhere."""
    try:
        head = Head(parcel.read("head.txt").decode("utf-8"))
        public = bytes.fromhex(parcel.read("public-key.txt").decode("ascii").strip())
    except (ValueError, KeyError, OSError, zipfile.BadZipFile):
        report.bad("head.txt, public-key.txt: tidak terbaca / cannot be read")
        return None
    print("       kunci / key " + hashlib.sha256(public).hexdigest()[:16] + " (" + public.hex() + ")")
    if trusted is not None and public != trusted:
        report.bad("public-key.txt: bukan kunci yang Anda percaya / not the key you trust")
    if ed25519_verifies(public if trusted is None else trusted, head.signed, head.signature):
        report.good("head.txt: tanda tangan sah / signature is valid; %d daun / leaves, %s" % (head.size, head.at))  # noqa: UP031
    else:
        report.bad("head.txt: tanda tangan salah / signature is wrong")
        return None
    if kept is not None:
        check_kept(head, kept, public if trusted is None else trusted, report)
    return head


def check_kept(head: Head, kept: Head, public: bytes, report: Report) -> None:
    if not ed25519_verifies(public, kept.signed, kept.signature) or kept.origin != head.origin:
        report.bad("titik periksa / checkpoint: tanda tangan atau asal lain / other signature or log")
    elif kept.size == head.size and kept.root != head.root:
        report.bad("titik periksa / checkpoint: akar lain pada ukuran yang sama / other root at the same size")
    elif kept.size == head.size:
        report.good("titik periksa sama / the checkpoint is the same")
    else:
        print("       titik periksa berukuran lain; bandingkan di server: petabukti audit verify --checkpoint")
        print("       the checkpoint is of another size; compare on the server: petabukti audit verify --checkpoint")


def check_history(parcel: Any, report: Report, head: Head) -> list[str]:
    """Every line: its hash, its place, its path to the root. Answers the contents."""
    contents, wrong = [], []
    try:
        lines = parcel.read("history.jsonl").decode("utf-8").splitlines()
    except (ValueError, KeyError, OSError, zipfile.BadZipFile):
        report.bad("history.jsonl: tidak terbaca / cannot be read")
        return []
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)
            name = told["kind"] + " " + told["key"]
            leaf = leaf_hash(told["content"].encode("utf-8"))
            path = [bytes.fromhex(one) for one in told["path"]]
            kind = json.loads(told["content"])["kind"]
            fits = leaf.hex() == told["leaf_hash"] and kind == told["kind"]
            fits = fits and includes(leaf, told["position"], head.size, path, head.root)
        except (ValueError, KeyError, TypeError, AttributeError):
            wrong.append("history.jsonl:%d: tidak terbaca / cannot be read" % number)  # noqa: UP031
            continue
        contents.append(told["content"])
        if not fits:
            wrong.append("history.jsonl:%d %s: tidak tercakup kepala / not under the head" % (number, name))  # noqa: UP031
    report.settle("%d baris riwayat tercakup kepala / lines of history are under the head" % len(lines), wrong)  # noqa: UP031
    return contents


def check_photos(manifest: dict[str, Any], contents: list[str], report: Report) -> None:
    """Every original is named by a line of history."""
    named = set(re.findall("[0-9a-f]{64}", "\n".join(contents)))
    photos = manifest.get("photos", [])
    wrong = [
        one["file"] + ": tidak disebut riwayat / no line of history names it"
        for one in photos
        if one["sha256"] not in named
    ]
    report.settle("%d foto disebut riwayat / photos are named by the history" % len(photos), wrong)  # noqa: UP031
    waiting = len(manifest.get("waiting", []))
    if waiting:
        print("       %d baris belum tercakup kepala / lines not yet under a head" % waiting)  # noqa: UP031


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks a parcel of evidence offline.")
    parser.add_argument("place", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    parser.add_argument("--key", help="public key: 64 hex digits, or a file with them")
    parser.add_argument("--checkpoint", help="a checkpoint file you kept")
    asked = parser.parse_args()
    trusted, kept = None, None
    if asked.key:
        text = asked.key
        if os.path.exists(text):  # noqa: PTH110
            with open(text, encoding="ascii") as file:  # noqa: PTH123
                text = file.read()
        trusted = bytes.fromhex(text.strip())
    if asked.checkpoint:
        with open(asked.checkpoint, encoding="utf-8") as file:  # noqa: PTH123
            kept = Head(file.read())
    parcel: Any = Folder(asked.place) if os.path.isdir(asked.place) else Zip(asked.place)  # noqa: PTH112
    report = Report()
    manifest = check_files(parcel, report)
    head = check_head(parcel, report, trusted, kept)
    contents = check_history(parcel, report, head) if head else []
    check_photos(manifest, contents, report)
    print("UTUH / INTACT" if not report.failed else "TIDAK UTUH / NOT INTACT: %d" % report.failed)  # noqa: UP031
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
