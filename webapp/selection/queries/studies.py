"""Studies abroad: how far each of the awarded has come, what was seen there and what was built at home."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from webapp.access import Actor, Permission, areas, within
from webapp.evidence.models import Activity, Evidence
from webapp.evidence.queries import visible_to
from webapp.evidence.rules import DISMISSED, UNSEEN, VERIFIED, State
from webapp.programme.models import Period, StudyAssignment
from webapp.selection.models import Inspiration, StudyTopic
from webapp.territory.models import Region
from webapp.territory.queries import kecamatan_of

STUDY = "studi"  # the kind of evidence whose activities are the topics
_READERS = (
    Permission.PERIOD_MANAGE, Permission.SCORE_READ, Permission.FINALISE, Permission.AUDIT_READ, Permission.DESK_REVIEW,
)  # fmt: skip


@dataclass
class TopicLine:
    """One topic of one study, and the cases that fill it or try to."""

    activity: Activity
    cases: list[Evidence] = field(default_factory=list)

    @property
    def filled(self) -> bool:
        """Whether something was sent for it and not dismissed."""
        return any(one.stands not in DISMISSED for one in self.cases)

    @property
    def verified(self) -> bool:
        return any(one.stands in VERIFIED for one in self.cases)


@dataclass
class StudyLine:
    """A study assignment, its unit's name and its topics in order."""

    study: StudyAssignment
    name: str
    topics: list[TopicLine]
    own: bool = False  # of a unit this person writes for

    @property
    def filled(self) -> int:
        return sum(one.filled for one in self.topics)

    @property
    def verified(self) -> int:
        return sum(one.verified for one in self.topics)


@dataclass(frozen=True)
class Pair:
    """What was built at home beside what it was inspired by."""

    home: Evidence
    abroad: Evidence


def topics(session: Session) -> list[Activity]:
    """What a study may ask to be looked at: the activities of the kind study, a region's own too."""
    return list(session.scalars(select(Activity).where(Activity.kind_code == STUDY).order_by(Activity.position)))


def _seen(actor: Actor, period: Period) -> Select[StudyAssignment]:
    """Studies that came with an award of the period: all of them for who oversees it, else the own unit's."""
    reach = {code for permission in _READERS for code in areas(actor, permission)}
    own = {kecamatan_of(code) for code in areas(actor, Permission.EVIDENCE_WRITE)}
    return select(StudyAssignment).where(
        StudyAssignment.period_id == period.id, StudyAssignment.award_id.is_not(None),
        or_(within(StudyAssignment.region_code, reach), within(StudyAssignment.region_code, own)),
    )  # fmt: skip


def studies(session: Session, actor: Actor, period: Period) -> list[StudyLine]:
    """Progress of each study this person may see, in the order of codes; nothing where there is none."""
    found = list(session.scalars(_seen(actor, period).order_by(StudyAssignment.region_code, StudyAssignment.id)))
    named = select(Region).where(Region.code.in_([one.region_code for one in found]))
    names = {one.code: one.name for one in session.scalars(named)}
    asked: dict[int, list[TopicLine]] = defaultdict(list)
    listed = select(StudyTopic).where(StudyTopic.study_assignment_id.in_([one.id for one in found]))
    for topic in session.scalars(listed.options(joinedload(StudyTopic.activity)).order_by(StudyTopic.position)):
        asked[topic.study_assignment_id].append(TopicLine(topic.activity))
    for case in study_cases(session, actor, found):
        for line in asked[case.study_assignment_id or 0]:
            if line.activity.code == case.activity_code:
                line.cases.append(case)
    own = areas(actor, Permission.EVIDENCE_WRITE)
    return [
        StudyLine(
            one, names[one.region_code], asked[one.id], any(kecamatan_of(code) == one.region_code for code in own)
        )
        for one in found
    ]


def study_cases(session: Session, actor: Actor, found: Iterable[StudyAssignment]) -> list[Evidence]:
    """Cases of those studies, past draft, as far as this person may see them; the oldest first."""
    wanted = visible_to(actor).where(
        Evidence.study_assignment_id.in_([one.id for one in found]), Evidence.state.not_in(UNSEEN)
    )
    return list(session.scalars(wanted.options(*_shown()).order_by(Evidence.id)))


def _shown() -> tuple[ExecutableOption, ...]:
    return (
        selectinload(Evidence.photos), joinedload(Evidence.activity), joinedload(Evidence.kind),
        joinedload(Evidence.region),
    )  # fmt: skip


def exported(session: Session, actor: Actor, period: Period) -> list[Evidence]:
    """What the ZIP of the period's studies holds for this person."""
    return study_cases(session, actor, session.scalars(_seen(actor, period)).all())


def pairs(session: Session, actor: Actor, period: Period) -> list[Pair]:
    """What was built at home beside the case of these studies it was inspired by; both seen by this person."""
    abroad = aliased(Evidence)
    mine = _seen(actor, period).with_only_columns(StudyAssignment.id).order_by(None)
    rows = session.execute(
        visible_to(actor)
        .join(Inspiration, Inspiration.evidence_id == Evidence.id)
        .join(abroad, abroad.id == Inspiration.study_case_id)
        .where(abroad.study_assignment_id.in_(mine))
        .with_only_columns(Evidence.id, abroad.id)
        .order_by(Evidence.region_code, Evidence.id)
    ).all()
    ids = {number for row in rows for number in row}
    known = {
        one.id: one for one in session.scalars(visible_to(actor).where(Evidence.id.in_(ids)).options(*_shown()))
    }  # fmt: skip
    return [Pair(known[home], known[there]) for home, there in rows if home in known and there in known]


def homes(session: Session, actor: Actor, units: Iterable[str]) -> list[Evidence]:
    """Cases at home of those units that this person may say what inspired them, the newest first."""
    own = within(Evidence.region_code, areas(actor, Permission.EVIDENCE_WRITE))
    wanted = visible_to(actor).where(
        own, within(Evidence.region_code, units), Evidence.study_assignment_id.is_(None),
        Evidence.state != State.WITHDRAWN,
    )  # fmt: skip
    return list(session.scalars(wanted.order_by(Evidence.id.desc()).limit(200)))
