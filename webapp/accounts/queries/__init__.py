"""Reading accounts: who is at the door, whom an administrator sees, what the history says."""

from webapp.accounts.queries.attempts import failures_at, failures_for, name_key, was_at_home
from webapp.accounts.queries.factor import code_key, recovery_codes_left, second_factor, secret_of
from webapp.accounts.queries.people import (
    PEOPLE_PER_PAGE,
    People,
    PeopleFilter,
    by_username,
    get,
    has_posts_elsewhere,
    people,
    post,
    posts_seen_by,
    visible_to,
)
from webapp.accounts.queries.places import agencies, agency_meant, places, places_of, region_meant, region_of
from webapp.accounts.queries.sessions import by_token, open_sessions, own_session, sessions_open, token_hash
from webapp.accounts.queries.trail import EVENTS_PER_PAGE, Line, Page, TrailFilter, trail, visible_event

__all__ = [
    "EVENTS_PER_PAGE",
    "PEOPLE_PER_PAGE",
    "Line",
    "Page",
    "People",
    "PeopleFilter",
    "TrailFilter",
    "agencies",
    "agency_meant",
    "by_token",
    "by_username",
    "code_key",
    "failures_at",
    "failures_for",
    "get",
    "has_posts_elsewhere",
    "name_key",
    "open_sessions",
    "own_session",
    "people",
    "places",
    "places_of",
    "post",
    "posts_seen_by",
    "recovery_codes_left",
    "region_meant",
    "region_of",
    "second_factor",
    "secret_of",
    "sessions_open",
    "token_hash",
    "trail",
    "visible_event",
    "visible_to",
    "was_at_home",
]
