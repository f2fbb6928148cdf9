"""What is sent for a cell: the address of the thing a relation names, and a form that would be taken if it may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.routing import MapAdapter

from tests.doors.matrix import publications, reporting, rooms
from tests.doors.matrix.forms import FORMS
from tests.doors.matrix.relations import (
    ACCOUNTS,
    CLAIMS,
    NEW,
    OF_CLAIMS,
    OF_PEOPLE,
    OF_UPLOADS,
    REGIONS,
    SHEETS,
    SLOTS,
    TIED,
    UNITS,
    Values,
)
from tests.doors.matrix.table import Cell
from tests.doors.matrix.world import UNKNOWN, World
from tests.factories import KABUPATEN, KOTA
from tests.webapp.capture.sending import PIECE, SPOKEN, said

PAGE, SCRIPT = "text/html,*/*", "application/json"


@dataclass(frozen=True)
class Ask:
    """A request, but for the person and the token; `json` says how the form is written down."""

    method: str
    path: str
    form: Values = field(default_factory=dict)
    json: bool = False
    accept: str = PAGE
    headers: dict[str, str] = field(default_factory=dict)


def ask(world: World, site: MapAdapter, cell: Cell) -> Ask:
    """The request of a cell."""
    values = {name: value for name, value in _values(world, cell).items() if value is not None}
    path = site.build(cell.endpoint, values, cell.method)
    form = FORMS[cell.endpoint](world, cell) if cell.method != "GET" and cell.endpoint in FORMS else {}
    as_json = cell.endpoint.startswith("api.") or cell.endpoint == "lapangan.put_visit"
    return Ask(cell.method, path, form, json=as_json, headers=_headers(world, cell))


def _headers(world: World, cell: Cell) -> dict[str, str]:
    """What a tus client says: that it begins a photo for the case, or sends a piece from the first byte on."""
    if cell.endpoint == "capture.begin_upload":
        case = world.numbers.get(cell.relation, NEW)
        return {**SPOKEN, "Upload-Length": "5", "Upload-Metadata": said(case=case, id=NEW, filename="foto.jpg")}
    if cell.endpoint == "capture.send_piece":
        return {**SPOKEN, "Upload-Offset": "0", "Content-Type": PIECE}
    return SPOKEN if cell.endpoint == "capture.cancel_upload" else {}


def _values(world: World, cell: Cell) -> Values:
    """The places of the address, and its query."""
    part, _, verb = cell.endpoint.partition(".")
    known: dict[str, Callable[[World, Cell, str], Values]] = {
        "evidence": _case, "replication": _case, "verification": _case, "scoring": _scoring, "programme": _programme,
        "accounts": _account, "territory": _region, "insight": _region, "dashboard": _region, "api": _script,
        "capture": _capture, "bulk": _import, "conflict": _conflict, "fieldwork": _fieldwork, "signals": _signal,
        "lapangan": _later, "custody": _case, "reporting": _reporting, "minutes": _minutes, "record": _record,
        "selection": _selection, "presentation": _presentation, "transmission": _transmission, "recap": _recap,
        "exchange": _download, **rooms.VALUES, **publications.VALUES,
    }  # fmt: skip
    if cell.endpoint == "static":
        return {"filename": "css/petabukti.css" if cell.relation == "page" else "css/tidak-ada.css"}
    return known[part](world, cell, verb) if part in known else {}


def _region(world: World, cell: Cell, verb: str) -> Values:
    if verb == "basemap":
        return {"bbox": "99,-3,102,-1", "zoom": "8"}
    if verb == "compare":
        return {"kiri": REGIONS[cell.relation], "kanan": REGIONS[cell.relation]}
    tile = {"zoom": 8, "column": 199, "row": 129} if verb == "case_tile" else {}
    return {"code": REGIONS.get(cell.relation), **tile}


def _case(world: World, cell: Cell, verb: str) -> Values:
    if verb in ("photo", "picture", "original", "remove_photo", "set_progress"):
        size = {"size": "large"} if verb == "picture" else {}
        return {"photo_id": world.photos.get(cell.relation, UNKNOWN), **size}
    if verb == "objections":
        return {}
    if verb in ("queue", "queue_points", "field", "field_points"):
        return {"wilayah": REGIONS.get(cell.relation)}
    if verb in ("listing", "new", "create", "accept_many"):
        return {}
    if verb == "many":
        return {"bukti": world.cases.get(cell.relation, UNKNOWN)}
    return {"evidence_id": world.cases.get(cell.relation, UNKNOWN)}


def _signal(world: World, cell: Cell, verb: str) -> Values:
    case = world.cases.get(cell.relation, UNKNOWN)
    return {"evidence_id": case, "finding_id": world.findings.get(cell.relation, UNKNOWN)}


def _script(world: World, cell: Cell, verb: str) -> Values:
    if verb in ("list_cases", "openapi"):
        return {}
    name = {"taken": "draft"}.get(cell.relation, cell.relation.removeprefix("taken_"))
    new = verb == "put_case" and not cell.relation.startswith("taken")
    return {"client_id": NEW if new else world.numbers.get(name, NEW)}


def _capture(world: World, cell: Cell, verb: str) -> Values:
    if verb == "scripts":
        return {"name": "inti"}
    if verb in ("receipt", "receipt_qr"):
        return {"code": world.receipts.get(cell.relation, "0000-0000-0000-0000")}
    if verb == "uploads":
        return {"id": world.uploads.get(cell.relation, NEW)}
    return {"upload_id": world.uploads.get(cell.relation, NEW)} if verb in OF_UPLOADS else {}


def _later(world: World, cell: Cell, verb: str) -> Values:
    return {} if verb in ("today", "day_pack") else {**_case(world, cell, verb), "client_id": NEW}


def _import(world: World, cell: Cell, verb: str) -> Values:
    if verb in ("listing", "begin", "example"):
        return {}
    item = {"item_id": world.items.get(cell.relation, UNKNOWN)} if verb == "picture" else {}
    return {"import_id": world.imports.get(cell.relation, NEW), **item}


def _fieldwork(world: World, cell: Cell, verb: str) -> Values:
    if verb in ("show", "points", "issue_assignment"):
        return {"plan_id": world.plans.get(cell.relation, UNKNOWN)}
    if verb in ("assign", "drop"):
        place, other = ("here", "elsewhere") if cell.relation == "crossed" else (cell.relation, cell.relation)
        return {"plan_id": world.plans.get(place, UNKNOWN), "planned_id": world.planned.get(other, UNKNOWN)}
    if verb == "issue_minutes":
        return {"visit_id": world.visits.get(cell.relation, UNKNOWN)}
    return {"paper_id": world.papers.get(cell.relation, (UNKNOWN, ""))[0]} if verb == "paper" else {}


def _minutes(world: World, cell: Cell, verb: str) -> Values:
    known = {**world.minutes, **{f"field_{name}": paper for name, paper in world.papers.items()}}
    return {"code": known.get(cell.relation, (UNKNOWN, "0000-0000-0000-0000"))[1]} if verb == "check_paper" else {}


def _record(world: World, cell: Cell, verb: str) -> Values:
    if verb in ("show", "sign", "paper"):
        return {"minutes_id": world.minutes.get(cell.relation, (UNKNOWN, ""))[0]}
    if verb == "listing":
        return {}
    period = {"period_id": world.periods.get(cell.relation, UNKNOWN)}
    if verb == "report":
        return {**period, "code": f"{REGIONS.get(cell.relation.removesuffix('_final'), KABUPATEN)}.01"}
    return period if verb == "period" else {**period, "kind": "plenary"}


def _account(world: World, cell: Cell, verb: str) -> Values:
    if verb in ("trail_head", "trail_proof"):
        return _of_trail(world, cell, verb)
    if verb == "end_session":
        return {"session_id": _session(world, cell)}
    if verb not in OF_PEOPLE:
        return {}
    who = cell.relation.split("_")[0]
    name = cell.person if who == "self" and cell.person in world.people else ACCOUNTS.get(who, who)
    account = {"account_id": world.people[name].id if name in world.people else _other_account(world, who)}
    return {**account, "appointment_id": _post(world, cell, name)} if "appointment" in verb else account


def _of_trail(world: World, cell: Cell, verb: str) -> Values:
    if verb == "trail_head":
        return {"size": world.head if cell.relation == "known" else UNKNOWN}
    return {"event_id": world.events.get(cell.relation, UNKNOWN)}


def _session(world: World, cell: Cell) -> int:
    """The own session; or that of M, of D for M."""
    who = cell.person if cell.relation == "own" else "D" if cell.person == "M" else "M"
    return world.sessions.get(who, UNKNOWN) if cell.relation != "unknown" else UNKNOWN


def _other_account(world: World, who: str) -> int:
    return world.people["desk"].id if who == "crossed" else UNKNOWN


def _post(world: World, cell: Cell, name: str) -> int:
    """The post of a person that is meant: of two hats that of the administrator, of a shared one by its region."""
    if cell.relation == "crossed":
        return world.appointments["C"][0]
    posts = world.people[name].appointments if name in world.people else []
    shared = {"shared": KABUPATEN, "shared_elsewhere": KOTA}.get(cell.relation)
    wanted = [one for one in posts if shared is None or one.region_code == shared]
    wanted = [one for one in wanted if name != "T" or one.role == "administrator"]
    return wanted[0].id if wanted else UNKNOWN


def _programme(world: World, cell: Cell, verb: str) -> Values:
    if verb in ("show", "open_period", "change", "copy_period"):
        return {"period_id": world.periods.get(cell.relation, UNKNOWN)}
    if verb in ("listing", "new", "new_instrument", "load_preset", "read_file"):
        return {}
    name = "here" if cell.relation == "crossed" else cell.relation
    name = "here" if cell.relation in ("unknown_aspect", "unknown_indicator") else name
    inside = "elsewhere" if cell.relation == "crossed" else cell.relation
    values: Values = {"instrument_id": world.instruments.get(name, UNKNOWN)}
    if verb in ("add_indicator", "remove_aspect", "change_aspect"):
        values["aspect_id"] = world.aspects.get(inside, UNKNOWN)
    if verb == "export":
        values["kind"] = "xlsx"
    if verb in ("remove_indicator", "change_indicator"):
        values["indicator_id"] = world.parts.get(inside, UNKNOWN)
    return values


def _reporting(world: World, cell: Cell, verb: str) -> Values:
    return reporting.values(world, cell.relation, verb)


def _transmission(world: World, cell: Cell, verb: str) -> Values:
    return reporting.of_way(world, cell.relation, verb)


def _recap(world: World, cell: Cell, verb: str) -> Values:
    return reporting.of_recap(world, cell.relation, verb)


def _presentation(world: World, cell: Cell, verb: str) -> Values:
    if verb == "listing":
        return {}
    return _slot(world, cell) if verb == "change" else {"period_id": world.periods.get(cell.relation, UNKNOWN)}


def _slot(world: World, cell: Cell) -> Values:
    period, slot = SLOTS[cell.relation]
    return {"period_id": world.periods.get(period, UNKNOWN), "slot_id": world.slots.get(slot, UNKNOWN)}


def _conflict(world: World, cell: Cell, verb: str) -> Values:
    tie = {"tie_id": world.ties.get(cell.relation, UNKNOWN)} if verb == "withdraw" else {}
    return {"period_id": world.periods.get(cell.relation, UNKNOWN), **tie}


def _selection(world: World, cell: Cell, verb: str) -> Values:
    if verb == "nomination":
        return {"nomination_id": UNKNOWN}
    period = "final" if verb == "inspire" else cell.relation
    return {"period_id": world.periods.get(period, UNKNOWN)}


def _download(world: World, cell: Cell, verb: str) -> Values:
    if verb in ("fetch", "end"):
        return {"download_id": world.downloads.get(cell.relation, NEW)}
    kind = {"kind": "csv"} if verb.endswith("_file") else {}
    return {**kind, **({"code": REGIONS.get(cell.relation)} if "region" in verb else {})}


def _scoring(world: World, cell: Cell, verb: str) -> Values:
    if verb == "periods":
        return {}
    if verb in ("slot", "attend", "rate"):
        return _slot(world, cell)
    if verb == "stage":
        return {"period_id": world.periods.get(cell.relation, UNKNOWN), "kind": "plenary"}
    if verb == "object_to_result":
        period, unit = SHEETS[cell.relation]
        return {"period_id": world.periods.get(period, UNKNOWN), "unit": unit}
    if verb in ("claim", "unit_sheet"):
        period, unit = SHEETS[cell.relation]
        values: Values = {"period_id": world.periods.get(period, UNKNOWN), "unit": unit}
        # The third indicator is one for which nobody has claimed anything yet.
        tool = {"crossed": "final", "unknown_indicator": "unknown"}.get(cell.relation, period)
        return {**values, "indicator_id": world.indicators.get(tool, [1, 1, UNKNOWN])[2]} if verb == "claim" else values
    if verb in OF_CLAIMS:
        period, claim = CLAIMS["waiting" if cell.relation in TIED else cell.relation]
        place = {"place": 2 if cell.relation == "scored" else 1} if verb == "replace_reader" else {}
        return {"period_id": world.periods.get(period, UNKNOWN), "claim_id": world.claims.get(claim, UNKNOWN), **place}
    place, _, kind = cell.relation.partition("_")
    if kind == "unit":
        return {"period_id": world.periods["elsewhere" if place == "elsewhere" else "open"], "unit": UNITS[place]}
    # What nobody has asked for, said or given yet.
    waiting = {"leave_out": "score_id", "decide_reopening": "reopening_id", "answer_objection": "objection_id"}
    number = {waiting[verb]: UNKNOWN} if verb in waiting else {}
    return {"period_id": world.periods.get(cell.relation, UNKNOWN), **number}
