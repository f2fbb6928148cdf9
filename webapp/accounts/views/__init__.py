"""Pages of accounts: the door, the own profile, people and their posts, the history."""

# Each import registers its pages.
from webapp.accounts.views import code, factor, own, people, posts, sessions, sign_in, trail
from webapp.accounts.views.blueprint import bp

__all__ = ["bp", "code", "factor", "own", "people", "posts", "sessions", "sign_in", "trail"]
