"""The process that reads Content Credentials: `python -m media.credentials_child MEMORY_BYTES SECONDS`. One file, then
it ends; sooner when that takes too long. It opens no file and no connection.
"""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Iterator
from typing import Any

import c2pa

from media.confining import confine, end_with_parent, private_stdout
from media.frames import receive, send

_USAGES = (
    "1.3.6.1.4.1.62558.2.1",  # C2PA claim signing, which certificates of version 2 carry
    "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36",  # e-mail protection, document signing: those before it
    "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9", "1.3.6.1.4.1.311.76.59.1.9",  # time stamps, revocations, Microsoft's
)  # fmt: skip
_GENERATED = frozenset(
    {"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia", "compositeSynthetic"}
)
_HARMLESS = frozenset({"c2pa.created", "c2pa.opened", "c2pa.published", "c2pa.transcoded", "c2pa.converted"})


def main() -> None:
    """Answer one question and end."""
    memory, seconds = (int(word) for word in sys.argv[1:3])
    questions, answers = sys.stdin.buffer, private_stdout()
    end_with_parent()
    confine(memory, files=answers.fileno() + 1)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    head, parts = receive(questions)
    send(answers, verdict(parts[0], head["mime"], head["trust"]))


def verdict(data: bytes, mime: str, trust: str | None) -> dict[str, Any]:
    """What the manifest of a file is worth; see `media.credentials.read_credentials`. `state` is `none` without one."""
    wanted: dict[str, Any] = {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
        "trust": {"trust_config": "\n".join(_USAGES), **({"trust_anchors": trust} if trust else {})},
    }
    try:
        with c2pa.Context(c2pa.Settings.from_dict(wanted)) as context:
            reader = c2pa.Reader(mime, io.BytesIO(data), context=context)
            return _told(json.loads(reader.json()))
    except c2pa.C2paError.ManifestNotFound:
        return {**_NOTHING, "state": "none"}
    except (c2pa.C2paError, ValueError, KeyError, TypeError, AttributeError, MemoryError):
        return {**_NOTHING, "state": "broken", "codes": ["unreadable"]}


_NOTHING: dict[str, Any] = {"signer": None, "generator": None, "ai": False, "edited": False, "codes": []}


def _told(said: dict[str, Any]) -> dict[str, Any]:
    active = said["manifests"][said["active_manifest"]]
    failed = [str(one["code"]) for one in said.get("validation_status") or ()]
    state = said.get("validation_state")
    manifests = [one for one in said["manifests"].values() if isinstance(one, dict)]
    actions = [action for manifest in manifests for action in _actions(manifest)]
    signature = active.get("signature_info") or {}
    return {
        "state": "trusted" if state == "Trusted" else "untrusted" if state == "Valid" else "broken",
        "signer": signature.get("common_name") or signature.get("issuer"),
        "generator": _generator(active),
        "ai": any(_source(action) in _GENERATED for action in actions),
        "edited": any(action.get("action") not in _HARMLESS for action in actions),
        "codes": list(dict.fromkeys(failed)),
    }


def _actions(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for assertion in manifest.get("assertions") or ():
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            yield from assertion["data"].get("actions") or ()


def _source(action: dict[str, Any]) -> str:
    return str(action.get("digitalSourceType", "")).rpartition("/")[2]


def _generator(manifest: dict[str, Any]) -> str | None:
    told = manifest.get("claim_generator_info") or [{}]
    name = " ".join(str(told[0][part]) for part in ("name", "version") if told[0].get(part))
    return name or manifest.get("claim_generator")


if __name__ == "__main__":
    main()
