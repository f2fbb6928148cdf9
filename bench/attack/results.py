"""What an attack came to, and the table of it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One target under one tool. `found`: holes by name; `requests` where it counts them; `ended`: time was up."""

    tool: str
    who: str
    target: str
    found: tuple[str, ...]
    server_errors: int
    requests: int
    seconds: float
    ended: bool = False

    @property
    def clean(self) -> bool:
        return not self.found and not self.server_errors


def table(results: Iterable[Result]) -> str:
    """A Markdown table."""
    lines = ["| tool | as | target | requests | s | answers ≥ 500 | found |", "|---|---|---|--:|--:|--:|---|"]
    for one in results:
        found = ", ".join(one.found) or "nothing"
        seconds = f"{one.seconds:.0f}{' (limit)' if one.ended else ''}"
        requests = str(one.requests or "–")
        lines.append(
            f"| {one.tool} | {one.who} | `{one.target}` | {requests} | {seconds} | {one.server_errors} | {found} |"
        )
    return "\n".join(lines)
