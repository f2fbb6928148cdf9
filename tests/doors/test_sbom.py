"""docs/sbom.json says what the product is made of: exactly what the locks pin."""

import base64
import json
import re
import runpy
from collections import Counter
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.doors.test_structure import ROOT

TEXT = (ROOT / "docs/sbom.json").read_text()
BILL: dict[str, Any] = json.loads(TEXT)


def listed(kind: str) -> Counter[tuple[str, str, frozenset[str]]]:
    """Name, version and hashes of the components from one registry."""
    parts = [part for part in BILL["components"] if part["purl"].startswith(f"pkg:{kind}/")]
    return Counter((p["name"], p["version"], frozenset(h["content"] for h in p["hashes"])) for p in parts)


def test_it_lists_every_python_library_with_version_and_hashes() -> None:
    blocks = re.split(r"\n(?=\S+==)", (ROOT / "requirements.lock").read_text())[1:]
    named = [(re.match(r"(\S+?)==(\S+)", block), frozenset(re.findall(r"sha256:(\w+)", block))) for block in blocks]
    pinned = Counter((name[1], name[2], digests) for name, digests in named if name)
    assert sum(pinned.values()) == len(blocks) > 40
    assert all(digests for _, _, digests in pinned)
    assert listed("pypi") == pinned


def test_it_lists_every_browser_library_with_version_and_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    pinned = Counter(
        (place.removeprefix("node_modules/"), facts["version"], frozenset([_hex(facts["integrity"])]))
        for place, facts in packages.items()
        if place
    )
    assert listed("npm") == pinned


def test_it_is_what_the_maker_writes_today() -> None:
    made = runpy.run_path(str(ROOT / ".ci/sbom.py"))["written"]()
    assert made == TEXT, "run ./petabukti lock, or python3 .ci/sbom.py"


def test_it_is_valid_cyclonedx() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(TEXT) is None


def test_it_names_no_registry_and_no_moment() -> None:
    assert set(re.findall(r"https?://[^/\"]+", TEXT)) == {"http://cyclonedx.org"}
    assert not {"serialNumber", "timestamp"} & {*BILL, *BILL["metadata"]}


def test_every_library_is_asked_for_by_somebody() -> None:
    asked = {ref for edge in BILL["dependencies"] for ref in edge["dependsOn"]}
    assert {part["bom-ref"] for part in BILL["components"]} - asked == set()


def _hex(integrity: str) -> str:
    return base64.b64decode(integrity.partition("-")[2]).hex()
