"""Pages of accounts: the door, the own profile, people and their posts, the history."""

from webapp.accounts.views import own, people, posts, sign_in, trail  # each import registers its pages
from webapp.accounts.views.blueprint import bp

__all__ = ["bp", "own", "people", "posts", "sign_in", "trail"]
