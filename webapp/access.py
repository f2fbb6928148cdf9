"""Who may do what, where: roles and their grants on one page, and the decorator by which a view states its permission.

A grant is a role held in a region; it reaches everything below that region by the prefix of the region's code.
Source of the table: the roles of the assessment (team, secretariat, leadership) as the founding articles name them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from flask import redirect, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from webapp.errors import NotAllowed

P = ParamSpec("P")
R = TypeVar("R")


class Role(StrEnum):
    CONTRIBUTOR = "contributor"
    CAMAT = "camat"
    DESK_VERIFIER = "desk_verifier"
    FIELD_VERIFIER = "field_verifier"
    ASSESSOR = "assessor"
    CHAIR = "chair"
    SECRETARIAT = "secretariat"
    LEADER = "leader"
    PROVINCIAL_TEAM = "provincial_team"
    INFORMATION_OFFICER = "information_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    AGENCY_HEAD = "agency_head"


ROLE_LABELS = {
    Role.CONTRIBUTOR: _l("Kontributor desa/kelurahan atau kecamatan"),
    Role.CAMAT: _l("Camat"),
    Role.DESK_VERIFIER: _l("Verifikator meja"),
    Role.FIELD_VERIFIER: _l("Verifikator lapangan"),
    Role.ASSESSOR: _l("Penilai"),
    Role.CHAIR: _l("Ketua tim penilai"),
    Role.SECRETARIAT: _l("Sekretariat (Bagian Pemerintahan)"),
    Role.LEADER: _l("Pimpinan daerah"),
    Role.PROVINCIAL_TEAM: _l("Tim provinsi"),
    Role.INFORMATION_OFFICER: _l("PPID / pelindung data pribadi"),
    Role.AUDITOR: _l("Auditor (Inspektorat)"),
    Role.ADMINISTRATOR: _l("Administrator sistem"),
    Role.AGENCY_HEAD: _l("Kepala perangkat daerah"),
}


class Permission(StrEnum):
    EVIDENCE_WRITE = "evidence:write"  # draft, add photos, set the place of own unit's cases
    EVIDENCE_SUBMIT = "evidence:submit"  # send, withdraw, answer a return
    FILE_SEND = "file:send"  # own files over the wire; for what, is asked of the thing they are for
    EVIDENCE_READ = "evidence:read"  # every case of the area that is past draft
    ORIGINAL_READ = "original:read"
    DESK_REVIEW = "desk:review"
    OBJECTION_DECIDE = "objection:decide"
    FIELD_VERIFY = "field:verify"
    FIELD_PLAN = "field:plan"  # draw the sample, say who visits what, issue letters of assignment
    CLAIM_WRITE = "claim:write"
    SCORE = "score:give"
    SCORE_READ = "score:read"
    PAIR_MANAGE = "pair:manage"  # draw blind readers and see who they are
    PERIOD_MANAGE = "period:manage"
    FINALISE = "period:finalise"
    PERIOD_READ = "period:read"
    MAP_READ = "map:read"
    REGION_READ = "region:read"
    TERRITORY_MANAGE = "territory:manage"  # import boundaries of regions inside the area
    PEOPLE_MANAGE = "people:manage"
    AUDIT_READ = "audit:read"
    NOMINATE = "nomination:make"  # send a winner's dossier to the assessment above
    MINUTES_READ = "minutes:read"
    MINUTES_MAKE = "minutes:make"  # draw up minutes of a period
    MINUTES_SIGN = "minutes:sign"  # as a member of the team
    REOPEN_ASK = "reopening:ask"
    REOPEN_APPROVE = "reopening:approve"  # never one's own request
    ANNOUNCE = "period:announce"
    REPORT_WRITE = "report:write"  # activities and quarterly reports of the own unit
    REPORT_READ = "report:read"  # reports of every unit of the area
    REPORT_MANAGE = "report:manage"  # reporting units, programmes, targets, deadlines
    REPORT_EXCUSE = "report:excuse"
    MEETING_READ = "meeting:read"
    MEETING_MANAGE = "meeting:manage"
    AGREEMENT_READ = "agreement:read"
    AGREEMENT_MANAGE = "agreement:manage"  # record agreements, never decide about them
    AGREEMENT_DECIDE = "agreement:decide"  # each step of the clock is a named person's
    REGULATION_MANAGE = "regulation:manage"
    PUBLISH_READ = "publication:read"
    PUBLISH_PREPARE = "publication:prepare"  # choose and cover what the public may see, publish, withdraw
    PUBLISH_APPROVE = "publication:approve"  # the second look; never at what oneself prepared, where it is needed


_P = Permission
_EVERYONE = frozenset({_P.REGION_READ, _P.PERIOD_READ})
_TEAM = _EVERYONE | {_P.EVIDENCE_READ, _P.MAP_READ}
_SIGNS = frozenset({_P.MINUTES_READ, _P.MINUTES_SIGN})
_READS_ALL = frozenset({_P.MINUTES_READ, _P.REPORT_READ, _P.MEETING_READ, _P.AGREEMENT_READ})
_OWN_UNIT = frozenset({_P.REPORT_WRITE, _P.MEETING_READ})
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CONTRIBUTOR: _EVERYONE | {_P.EVIDENCE_WRITE, _P.FILE_SEND},
    # A camat calls the weekly meeting of the own kecamatan and keeps its record.
    Role.CAMAT: _EVERYONE
    | _OWN_UNIT
    | {_P.EVIDENCE_WRITE, _P.FILE_SEND, _P.EVIDENCE_SUBMIT, _P.CLAIM_WRITE, _P.MEETING_MANAGE},
    Role.DESK_VERIFIER: _TEAM | {_P.ORIGINAL_READ, _P.DESK_REVIEW, _P.OBJECTION_DECIDE},
    Role.FIELD_VERIFIER: _TEAM | {_P.ORIGINAL_READ, _P.FIELD_VERIFY, _P.FILE_SEND},
    Role.ASSESSOR: _TEAM | _SIGNS | {_P.ORIGINAL_READ, _P.SCORE},
    Role.CHAIR: _TEAM
    | _SIGNS
    | {
        _P.ORIGINAL_READ,
        _P.SCORE_READ,
        _P.FINALISE,
        _P.PAIR_MANAGE,
        _P.OBJECTION_DECIDE,
        _P.MINUTES_MAKE,
        _P.REOPEN_ASK,
    },
    Role.SECRETARIAT: _TEAM
    | _READS_ALL
    | {
        _P.PERIOD_MANAGE,
        _P.FIELD_PLAN,
        _P.PAIR_MANAGE,
        _P.NOMINATE,
        _P.MINUTES_MAKE,
        _P.REOPEN_ASK,
        _P.ANNOUNCE,
        _P.REPORT_MANAGE,
        _P.MEETING_MANAGE,
        _P.AGREEMENT_MANAGE,
        _P.REGULATION_MANAGE,
        # Where there is one information officer alone, somebody else of the same government gives the second look.
        _P.PUBLISH_READ,
        _P.PUBLISH_APPROVE,
    },
    Role.LEADER: _TEAM | _READS_ALL | {_P.SCORE_READ, _P.REOPEN_APPROVE, _P.REPORT_EXCUSE, _P.AGREEMENT_DECIDE},
    Role.PROVINCIAL_TEAM: _EVERYONE | _SIGNS | {_P.EVIDENCE_READ, _P.SCORE},
    Role.INFORMATION_OFFICER: _TEAM | {_P.PUBLISH_READ, _P.PUBLISH_PREPARE, _P.PUBLISH_APPROVE},
    Role.AUDITOR: _TEAM | _READS_ALL | {_P.ORIGINAL_READ, _P.SCORE_READ, _P.AUDIT_READ},
    Role.ADMINISTRATOR: _EVERYONE | {_P.PEOPLE_MANAGE, _P.TERRITORY_MANAGE},
    Role.AGENCY_HEAD: _EVERYONE | _OWN_UNIT,
}

# Who judges what was nominated to them: reaches periods of the very region of the post, and nothing below it.
NARROW = frozenset({Role.PROVINCIAL_TEAM})
# A government's own team alone gives values and seals them: no higher team alters those of a lower one, nor the other
# way round (domain.md 3.5, invariant 12).
JUDGING = frozenset({_P.SCORE, _P.FINALISE})

NATION = ""  # the region code of a grant that reaches the whole country


@dataclass(frozen=True)
class Grant:
    """One role held now in one region; `region_code` is "" for the whole country. A head of an agency holds the post
    in the agency: what is the unit's own is asked of `agency_id`, not of the region.
    """

    role: Role
    region_code: str
    agency_id: int | None = None


class Actor(Protocol):
    """What access needs to know of a person."""

    @property
    def id(self) -> Any: ...

    @property
    def grants(self) -> tuple[Grant, ...]: ...


def covers(upper: str, code: str) -> bool:
    """Whether region `code` is `upper` itself or lies below it ("32.73" covers "32.73.02", not "32.730")."""
    return upper == NATION or code == upper or code.startswith(upper + ".")


def areas(actor: Actor, permission: Permission) -> tuple[str, ...]:
    """Region codes in which the actor holds the permission; what lies below them is included."""
    return _regions(actor, permission, narrow=False)


def seats(actor: Actor, permission: Permission) -> tuple[str, ...]:
    """Region codes in which the actor holds the permission for that very region, and nothing below it."""
    return _regions(actor, permission, narrow=True)


def _regions(actor: Actor, permission: Permission, *, narrow: bool) -> tuple[str, ...]:
    held = (one for one in actor.grants if permission in GRANTS[one.role])
    return tuple(sorted({one.region_code for one in held if (one.role in NARROW) is narrow}))


def holds(actor: Actor, permission: Permission) -> bool:
    """Whether the actor holds the permission anywhere."""
    return any(permission in GRANTS[grant.role] for grant in actor.grants)


def allows(actor: Actor, permission: Permission, region_code: str) -> bool:
    """Whether the actor holds the permission in that region."""
    if region_code in seats(actor, permission):
        return True
    reach = areas(actor, permission)
    return region_code in reach if permission in JUDGING else any(covers(area, region_code) for area in reach)


def demand(actor: Actor, permission: Permission, region_code: str) -> None:
    """Raise `NotAllowed` unless the actor holds the permission in that region."""
    if not allows(actor, permission, region_code):
        raise NotAllowed


def within(column: InstrumentedAttribute[Any] | ColumnElement[Any], upper: Iterable[str]) -> ColumnElement[bool]:
    """The same rule as `covers`, for a column of region codes: inside any of the areas."""
    codes = tuple(upper)
    if NATION in codes:
        return true()
    if not codes:
        return false()
    # Not LIKE: under row-level security an index serves only operators that PostgreSQL knows to leak nothing.
    return or_(*(or_(column == code, column.bool_op("^@")(code + ".")) for code in codes))


def reached(column: InstrumentedAttribute[str], actor: Actor, *permissions: Permission) -> ColumnElement[bool]:
    """The rule of `allows` for a column of region codes and any of the permissions; those in `JUDGING` reach down."""
    wide = within(column, {area for one in permissions for area in areas(actor, one)})
    own = {area for one in permissions for area in seats(actor, one)}
    return or_(wide, column.in_(sorted(own))) if own else wide


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """State a view's permission: visitors are sent to sign in, others without it anywhere are refused (403).

    Whether it holds for the very thing asked for is settled by `visible_to` and `demand`, with the thing at hand.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not current_user.is_authenticated:
                return cast(R, redirect(url_for("accounts.sign_in", next=_comeback()), 303))
            if not holds(current_user, permission):
                raise NotAllowed
            return view(*args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return mark


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """State that a view is for anyone with an account: own profile, home page, signing out."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated:
            return cast(R, redirect(url_for("accounts.sign_in", next=_comeback()), 303))
        return view(*args, **kwargs)

    guarded.required_permission = "signed in"  # type: ignore[attr-defined]
    return guarded


def public(view: Callable[P, R]) -> Callable[P, R]:
    """State that a view is for everybody: sign-in, language, health, our own assets."""
    view.required_permission = "public"  # type: ignore[attr-defined]
    return view


def _comeback() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None
