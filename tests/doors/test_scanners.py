"""Scanners in every test run: bandit, and opengrep with our own rules from `rules/`, each tried on its examples."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.doors.test_structure import ROOT, python_files

RULES = Path(__file__).parent / "rules"
# What opengrep's grammar of Python lacks; it reads the rest of such a file, and passes by that one expression.
NOT_YET_KNOWN = re.compile(r"\\N\{|[\[,] ?\*")
LOOKED_AT = ("webapp", "geo", "media", "migrations", "bench", "config.py")


@dataclass(frozen=True)
class Rule:
    """One rule with its examples: `good` and `bad` lines at `at`; at `allowed_at` the bad ones are at home."""

    name: str
    at: str
    allowed_at: str | None
    bad: tuple[str, ...]
    good: tuple[str, ...]

    @classmethod
    def of(cls, written: dict[str, Any]) -> "Rule":
        facts = written["metadata"]
        bad, good = tuple(facts["bad"]), tuple(facts["good"])
        return cls(written["id"], facts["at"], facts.get("allowed_at"), bad, good)

    def examples(self, folder: Path) -> dict[str, list[Path]]:
        """Where the examples stand below `folder`, by what they are: bad, good, allowed."""
        kinds = {"bad": (self.at, self.bad), "good": (self.at, self.good)}
        if self.allowed_at is not None:
            kinds["allowed"] = self.allowed_at, self.bad
        return {
            kind: [folder / self.name / f"{kind}{number}" / at for number in range(len(lines))]
            for kind, (at, lines) in kinds.items()
        }

    def write(self, folder: Path) -> None:
        """Put the examples into files, each in a tree of its own that looks like ours."""
        for kind, places in self.examples(folder).items():
            for place, lines in zip(places, self.good if kind == "good" else self.bad, strict=True):
                place.parent.mkdir(parents=True)
                place.write_text(lines + "\n")


WRITTEN = (rule for file in sorted(RULES.glob("*.yml")) for rule in yaml.safe_load(file.read_text())["rules"])
OURS = [Rule.of(rule) for rule in WRITTEN]
QUIETLY = ("--json", "--quiet", "--no-git-ignore", "--disable-nosem")


def opengrep(*targets: str, where: Path) -> dict[str, Any]:
    """What our rules find in `targets` below `where`, without asking anybody else anything."""
    with as_file(files("tackbox_opengrep") / "bin" / "opengrep") as program:
        command = [program, "scan", *QUIETLY, "--config", RULES, *targets]
        done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    unread = [place for error in answer["errors"] for place in _unread(error, where)]
    assert [line for line in unread if not NOT_YET_KNOWN.search(line)] == [], "opengrep could not read these lines"
    return answer


def _unread(error: dict[str, Any], where: Path) -> list[str]:
    """The lines a finding of trouble speaks of; the trouble itself where it is not about lines."""
    kind, *places = error["type"] if isinstance(error["type"], list) else [error["type"]]
    if kind != "PartialParsing":
        return [str(error)]
    at = ((where / place["path"], place["start"]["line"]) for place in places[0])
    return [file.read_text().splitlines()[number - 1] for file, number in at]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, Path]]:
    """Rule and file of everything found in the examples of all rules, by one run."""
    folder = tmp_path_factory.mktemp("examples")
    for rule in OURS:
        rule.write(folder)
    answer = opengrep(".", where=folder)
    return {(hit["check_id"].split(".")[-1], Path(hit["path"])) for hit in answer["results"]}


@pytest.mark.parametrize("rule", OURS, ids=lambda rule: rule.name)
def test_a_rule_finds_its_bad_lines_and_leaves_its_good_ones(rule: Rule, found: set[tuple[str, Path]]) -> None:
    places = rule.examples(Path())
    assert places["bad"], "a rule without a bad line cannot be seen to work"
    assert places["good"], "a rule without a good line may find everything"
    hits = {path for name, path in found if name == rule.name}
    assert hits == set(places["bad"])


def test_our_rules_find_nothing_in_our_house() -> None:
    answer = opengrep(*LOOKED_AT, where=ROOT)
    seen = {ROOT / path for path in answer["paths"]["scanned"]}
    house = {*python_files(*LOOKED_AT[:-1]), *(ROOT / "webapp/templates").rglob("*.html")}
    house |= set((ROOT / "webapp/static/js").rglob("*.js"))
    assert house - seen == set(), "opengrep passed these by"
    hits = [f"{hit['path']}:{hit['start']['line']} {hit['check_id'].split('.')[-1]}" for hit in answer["results"]]
    assert hits == [], "each rule in tests/doors/rules says what to write instead"


@pytest.mark.parametrize(
    ("places", "skipped"),
    [
        (("webapp", "geo", "media", "bench", "config.py"), ()),
        (("migrations",), ("--skip", "B608")),  # our own words only: nobody sends a migration anything
    ],
)
def test_bandit_finds_nothing_that_is_not_explained(places: tuple[str, ...], skipped: tuple[str, ...]) -> None:
    line = "{relpath}:{line} {test_id} {msg}"
    how = ("-q", "-ll", *skipped, "-f", "custom", "--msg-template", line)
    command = [sys.executable, "-m", "bandit", "-r", *places, *how]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_every_exception_for_bandit_names_its_rule_and_gives_a_reason() -> None:
    exception = re.compile(r"#\s*nosec\b(?! B\d{3}(, B\d{3})* # \w)")
    files = [*python_files(*LOOKED_AT[:-1]), ROOT / "config.py"]
    bare = [file for file in files if exception.search(file.read_text())]
    assert bare == [], "write `# nosec B104 # why it is safe here`"
