"""Verbs of accounts. Each takes session, actor and clock (`at`, and the local day `on`), and writes its history."""

from webapp.accounts.services.first import create_first_administrator, reset_by_operator
from webapp.accounts.services.own import change_own_password, choose_language, sign_out
from webapp.accounts.services.people import (
    NewPost,
    create_person,
    deactivate,
    demand_over,
    edit_person,
    reactivate,
    reset_password,
)
from webapp.accounts.services.posts import appoint, end_appointment, revoke_appointment
from webapp.accounts.services.sign_in import sign_in

__all__ = [
    "NewPost",
    "appoint",
    "change_own_password",
    "choose_language",
    "create_first_administrator",
    "create_person",
    "deactivate",
    "demand_over",
    "edit_person",
    "end_appointment",
    "reactivate",
    "reset_by_operator",
    "reset_password",
    "revoke_appointment",
    "sign_in",
    "sign_out",
]
