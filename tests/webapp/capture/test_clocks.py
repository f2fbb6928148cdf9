"""Phones whose clock is wrong: the server's clock judges what is late, and nobody is refused for a clock."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from sqlalchemy.orm import Session

from tests import photos
from tests.webapp.capture.conftest import Draft
from tests.webapp.capture.sending import WIRE, Sender
from webapp.db import utcnow

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("wrong_by", "closed_since", "told"),
    [
        (-DAY, -HOUR, "in_time"), (DAY, -HOUR, "in_time"), (3650 * DAY, -HOUR, "in_time"),
        (-DAY, HOUR, "captured_before"), (timedelta(0), HOUR, "late"), (DAY, HOUR, "late"), (3650 * DAY, HOUR, "late"),
    ],
    ids=[
        "a day behind, open", "a day ahead, open", "ten years ahead, open", "a day behind, closed", "right, closed",
        "a day ahead, closed", "ten years ahead, closed",
    ],
)  # fmt: skip
def test_a_phone_whose_clock_is_wrong_is_received_and_judged_by_the_servers(
    sender: Sender, draft: Draft, session: Session, wrong_by: timedelta, closed_since: timedelta, told: str
) -> None:
    """What it says of its own clock is kept and told as just that."""
    began = utcnow()
    draft.people.period.closes_at = began - closed_since
    session.commit()
    says = began + wrong_by
    data = photos.without_gps(seed=940, size=(640, 480))
    begun = sender.begin(
        len(data), case=draft.case.client_id, captured_at=says.isoformat(), fix_at=says.isoformat(), fix_lon="100.05",
        fix_lat="-1.95",
    )  # fmt: skip
    assert begun.status_code == 201
    expires = parsedate_to_datetime(begun.headers["Upload-Expires"]) - began
    assert timedelta(days=6, hours=23) < expires <= timedelta(days=7, seconds=60)
    path = begun.headers["Location"]
    assert sender.piece(path, data, 0).status_code == 204
    (line,) = sender.ask("GET", f"{WIRE}?id={path.rpartition('/')[2]}").get_json()["uploads"]
    assert (line["shown"], line["timeliness"]) == ("received", told)
    assert began.isoformat() <= line["arrived_at"] <= utcnow().isoformat()
    session.expire_all()
    photo = draft.case.photos[-1]
    assert photo.captured_at == photo.device_at == says
    assert began <= photo.received_at <= utcnow()
