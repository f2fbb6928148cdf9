"""Verbs of accounts. Each takes session, actor and clock (`at`, and the local day `on`), and writes its history."""

from webapp.accounts.services.factor import (
    Moment,
    give_code,
    give_password_again,
    renew_recovery_codes,
    set_up_factor,
    turn_off_factor,
    use_recovery_code,
)
from webapp.accounts.services.first import create_first_administrator, reset_by_operator
from webapp.accounts.services.lost_factor import reset_factor, reset_factor_by_operator
from webapp.accounts.services.own import (
    change_own_password,
    choose_language,
    end_other_sessions,
    end_own_session,
    sign_out,
)
from webapp.accounts.services.people import (
    NewPost,
    create_person,
    deactivate,
    demand_over,
    edit_person,
    end_sessions,
    reactivate,
    reset_password,
)
from webapp.accounts.services.posts import appoint, end_appointment, revoke_appointment
from webapp.accounts.services.sessions import (
    begin_session,
    end_all_sessions,
    follow_session,
    forget_ended_sessions,
    note_use,
    renew_session,
)
from webapp.accounts.services.sign_in import sign_in

__all__ = [
    "Moment",
    "NewPost",
    "appoint",
    "begin_session",
    "change_own_password",
    "choose_language",
    "create_first_administrator",
    "create_person",
    "deactivate",
    "demand_over",
    "edit_person",
    "end_all_sessions",
    "end_appointment",
    "end_other_sessions",
    "end_own_session",
    "end_sessions",
    "follow_session",
    "forget_ended_sessions",
    "give_code",
    "give_password_again",
    "note_use",
    "reactivate",
    "renew_recovery_codes",
    "renew_session",
    "reset_by_operator",
    "reset_factor",
    "reset_factor_by_operator",
    "reset_password",
    "revoke_appointment",
    "set_up_factor",
    "sign_in",
    "sign_out",
    "turn_off_factor",
    "use_recovery_code",
]
