"""Reading accounts: who is at the door, whom an administrator sees, what the history says."""

from webapp.accounts.queries.attempts import failures_at, failures_for, name_key, was_at_home
from webapp.accounts.queries.people import (
    PEOPLE_PER_PAGE,
    People,
    PeopleFilter,
    by_cookie,
    by_username,
    get,
    has_posts_elsewhere,
    people,
    post,
    posts_seen_by,
    visible_to,
)
from webapp.accounts.queries.places import places, region_meant, region_of
from webapp.accounts.queries.trail import EVENTS_PER_PAGE, Line, Page, TrailFilter, trail

__all__ = [
    "EVENTS_PER_PAGE",
    "PEOPLE_PER_PAGE",
    "Line",
    "Page",
    "People",
    "PeopleFilter",
    "TrailFilter",
    "by_cookie",
    "by_username",
    "failures_at",
    "failures_for",
    "get",
    "has_posts_elsewhere",
    "name_key",
    "people",
    "places",
    "post",
    "posts_seen_by",
    "region_meant",
    "region_of",
    "trail",
    "visible_to",
    "was_at_home",
]
