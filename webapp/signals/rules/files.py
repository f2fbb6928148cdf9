"""What a file says of itself: who wrote it, whether it was made or changed by a machine, whether its preview fits."""

import re
from collections.abc import Iterator, Sequence

from webapp.evidence.rules import Preview
from webapp.signals.rules.facts import CaseFacts, Fact, Shot, Weight

# Names as they stand in the EXIF tag Software or the XMP CreatorTool, as whole words, whatever their case.
GENERATORS = (
    "midjourney", "stable diffusion", "dall-e", "dall·e", "dalle", "firefly", "comfyui", "automatic1111", "novelai",
    "leonardo.ai", "leonardo ai", "ideogram", "imagen", "chatgpt", "openai", "flux.1", "black forest labs",
    "nano banana", "bing image creator", "invokeai", "fooocus", "seedream",
)  # fmt: skip
EDITORS = (
    "photoshop", "gimp", "lightroom", "snapseed", "picsart", "canva", "pixlr", "affinity", "paint.net", "coreldraw",
    "paintshop", "photodirector", "polarr", "facetune", "photoroom", "touchretouch", "inshot", "photopea", "fotor",
    "befunky", "luminar", "capture one", "acdsee", "darktable", "rawtherapee", "pixelmator", "photoscape", "krita",
    "inpaint", "cleanup.pictures", "remini", "vsco", "adobe",
)  # fmt: skip
# A phone's own gallery, beautifiers, messengers, and apps that stamp place and time: at most a note.
MINOR = (
    "beautyplus", "b612", "snow", "youcam", "meitu", "camera360", "ulike", "soda", "google photos", "gallery",
    "photo editor", "timestamp camera", "timestamp", "gps map camera", "gps camera", "solocator", "notecam",
    "open camera", "picasa", "windows photo", "microsoft photos", "whatsapp", "instagram", "airbrush",
)  # fmt: skip


def _any_of(names: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)


_WRITERS = (
    ("generator", Weight.STRONG, _any_of(GENERATORS)),
    ("edited", Weight.WEAK, _any_of(EDITORS)),
    ("saved_by_app", Weight.NOTE, _any_of(MINOR)),
)

MADE_BY_MACHINE = frozenset({"trainedalgorithmicmedia"})
PARTLY_BY_MACHINE = frozenset({"compositewithtrainedalgorithmicmedia", "compositesynthetic", "algorithmicmedia",
                               "virtualrecording", "digitalart", "digitalcreation"})  # fmt: skip
EDITED = frozenset({"humanedits", "composite", "compositecapture", "minorhumanedits", "algorithmicallyenhanced"})


def of_shot(shot: Shot, case: CaseFacts) -> Iterator[Fact]:
    """All that one file says."""
    for rule in (software, digital_source, preview, credentials, credentials_say):
        fact = rule(shot, case)
        if fact is not None:
            yield fact


def software(shot: Shot, _: CaseFacts) -> Fact | None:
    """A generator's name is strong, an editor's weak, a phone's gallery or a stamping camera a note; a phone's own
    firmware says nothing.
    """
    said = (shot.software or "").strip()
    for code, weight, names in _WRITERS:
        if names.search(said):
            return Fact(code, weight, {"software": said[:80]}, shot.id)
    return None


def digital_source(shot: Shot, _: CaseFacts) -> Fact | None:
    """The digital source type by IPTC, as the file declares it. Night modes and panoramas are captures: silent."""
    said = (shot.digital_source or "").strip().rpartition("/")[2]
    kind = said.lower()
    if kind in MADE_BY_MACHINE:
        return Fact("says_ai", Weight.STRONG, {"source": said[:80]}, shot.id)
    if kind in PARTLY_BY_MACHINE:
        return Fact("says_partly_ai", Weight.WEAK, {"source": said[:80]}, shot.id)
    return Fact("says_edited", Weight.NOTE, {"source": said[:80]}, shot.id) if kind in EDITED else None


def preview(shot: Shot, _: CaseFacts) -> Fact | None:
    """The small picture that the camera wrote into the file shows something else. None at all, in a file that names its
    camera, is a note: many ways of sending drop it.
    """
    if shot.preview == Preview.DIFFERS:
        return Fact("preview_differs", Weight.STRONG, {"bits": shot.preview_distance}, shot.id)
    if shot.preview == Preview.NONE and shot.make and shot.camera_time is not None:
        return Fact("preview_missing", Weight.NOTE, {}, shot.id)
    return None


def credentials(shot: Shot, _: CaseFacts) -> Fact | None:
    """Signed origin (C2PA). Trusted speaks for the photo. Bytes that no longer fit the signature were changed after it;
    what cannot be read, or a certificate that ran out, is weak.
    """
    signed = shot.credentials or {}
    state, signer = signed.get("state"), {"signer": signed.get("signer")}
    if state == "broken":
        changed = any("mismatch" in str(code).lower() for code in signed.get("codes") or ())
        return Fact("c2pa_broken", Weight.STRONG if changed else Weight.WEAK, signer, shot.id)
    found = {"trusted": "c2pa_trusted", "untrusted": "c2pa_untrusted"}.get(str(state))
    return Fact(found, Weight.NOTE, signer, shot.id) if found else None


def credentials_say(shot: Shot, _: CaseFacts) -> Fact | None:
    """What the signed manifest admits: made by a machine, or edited after it was taken."""
    signed = shot.credentials or {}
    if signed.get("ai"):
        return Fact("says_ai", Weight.STRONG, {"source": "C2PA"}, shot.id)
    return Fact("says_edited", Weight.NOTE, {"source": "C2PA"}, shot.id) if signed.get("edited") else None
