"""Write docs/sbom.json: what the product is made of, in CycloneDX 1.6, from the two lock files and nothing else.

Called by `./petabukti lock`, with the standard library alone. The same locks give the same bytes: no time, no serial
number, no address of a registry. What the system brings (Python, PostgreSQL with PostGIS) is not in it.
"""

import base64
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs/sbom.json"
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: *; *(?P<marker>[^\\]+?))? *\\?$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_ROOT_REF = "petabukti"

Component = dict[str, Any]
UNREGISTERED = {"BSD"}  # what packages call a licence that SPDX does not list


def python_parts(lock: str) -> Iterator[tuple[Component, list[str]]]:
    """Each pinned distribution of a requirements file, with the names of those that ask for it."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        pinned = _PINNED.match(block.split("\n")[0])
        if pinned is None:
            continue
        purl = f"pkg:pypi/{pinned['name']}@{pinned['version']}"
        part: Component = {"type": "library", "bom-ref": purl, "name": pinned["name"], "version": pinned["version"]}
        part["scope"] = "required"
        part["hashes"] = [{"alg": "SHA-256", "content": digest} for digest in sorted(_HASH.findall(block))]
        part["purl"] = purl
        if pinned["marker"]:
            part["properties"] = [{"name": "petabukti:only-where", "value": pinned["marker"]}]
        askers = re.findall(r"^    #(?: via|  ) +(\S+)", block, re.MULTILINE)
        yield part, [asker for asker in askers if asker != "-c"]


def browser_parts(lock: str) -> Iterator[tuple[Component, list[str]]]:
    """Each package of a package-lock.json, with the names of those that ask for it."""
    packages: dict[str, dict[str, Any]] = json.loads(lock)["packages"]
    direct = {**packages[""].get("dependencies", {}), **packages[""].get("devDependencies", {})}
    for place, facts in packages.items():
        if not place:
            continue
        name = place.rpartition("node_modules/")[2]
        algorithm, _, digest = facts["integrity"].partition("-")
        purl = f"pkg:npm/{name.replace('@', '%40')}@{facts['version']}"
        part: Component = {"type": "library", "bom-ref": purl, "name": name, "version": facts["version"]}
        part["scope"] = "excluded" if facts.get("dev") else "required"
        part["hashes"] = [{"alg": algorithm.replace("sha", "SHA-"), "content": base64.b64decode(digest).hex()}]
        if "license" in facts:  # a few of the tests' own name none
            said = facts["license"]
            part["licenses"] = [{"license": {"name" if said in UNREGISTERED else "id": said}}]
        part["purl"] = purl
        askers = [_ROOT_REF] if name in direct else []
        wanted = (other.rpartition("node_modules/")[2] for other in packages if name in _wants(packages[other]))
        yield part, askers + [other for other in wanted if other]


def _wants(facts: dict[str, Any]) -> set[str]:
    return {*facts.get("dependencies", {}), *facts.get("peerDependencies", {})}


def bill(root: Path = ROOT) -> dict[str, Any]:
    """The whole bill of materials as it is to be written."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    parts = [
        *python_parts((root / "requirements.lock").read_text()),
        *browser_parts((root / "package-lock.json").read_text()),
    ]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": _ROOT_REF, "name": project["name"], "version": project["version"]
            }
        },
        "components": [part for part, _ in parts],
        "dependencies": _edges(parts),
    }  # fmt: skip


def _edges(parts: list[tuple[Component, list[str]]]) -> list[dict[str, Any]]:
    refs: dict[str, list[str]] = {_ROOT_REF: [_ROOT_REF]}
    for part, _ in parts:  # one name may stand for two versions, for two Pythons
        refs.setdefault(part["name"], []).append(part["bom-ref"])
    needs: dict[str, list[str]] = {ref: [] for same_name in refs.values() for ref in same_name}
    for part, askers in parts:
        for ref in (ref for asker in askers for ref in refs[asker]):
            needs[ref].append(part["bom-ref"])
    return [{"ref": ref, "dependsOn": sorted(wanted)} for ref, wanted in sorted(needs.items())]


def written(root: Path = ROOT) -> str:
    """The file's text."""
    return json.dumps(bill(root), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(written())
    sys.stderr.write(f"{TARGET.relative_to(ROOT)}: {len(bill()['components'])} components\n")
