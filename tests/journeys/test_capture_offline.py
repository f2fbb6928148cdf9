"""A dawn round without signal: the browser is closed, the line is cut, the server dies, and no photo is lost."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright
from sqlalchemy import Engine, select

from media.store import Store
from tests import factories
from tests.journeys.conftest import Site
from tests.journeys.line import CuttingLine
from tests.journeys.phone import phone
from tests.journeys.process import killable
from tests.webapp.working import worker_process
from webapp.accounts.models import Account
from webapp.capture.models import Upload
from webapp.evidence.models import Evidence, Photo

ROUND = "kegiatan/subuh_keliling"
PHOTOS = 9
KILLS = 5


def camat_of(site: Site) -> Account:
    with site.session() as session:
        people = factories.team(session)
        session.commit()
        return people.camat


def stored(site: Site, media: Path) -> list[tuple[str, str]]:
    """Of every photo: the digest its row names, and the one of the bytes in the store."""
    store = Store.open(media.as_uri())
    with site.session() as session:
        rows = session.scalars(select(Photo).order_by(Photo.captured_at)).all()
        return [(row.sha256, hashlib.sha256(store.get(row.sha256, "original")).hexdigest()) for row in rows]


def none_lost_none_doubled(site: Site, media: Path, taken: list[dict[str, Any]]) -> None:
    """What was taken, what the rows say and what the store holds are the same photos, each once and receipted."""
    wanted = sorted(one["sha256"] for one in taken)
    found = stored(site, media)
    assert sorted(row for row, _ in found) == wanted
    assert all(row == held for row, held in found)
    with site.session() as session:
        uploads = session.scalars(select(Upload)).all()
        assert Counter(one.verdict for one in uploads) == {"received": len(taken)}
        assert {str(one.id) for one in uploads} == {one["id"] for one in taken}
        assert len({one.receipt_code for one in uploads}) == len(taken)
        assert session.scalars(select(Evidence.title)).all() == ["Subuh keliling"]


def test_nine_photos_taken_offline_all_arrive_over_a_line_that_is_cut(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    camat = camat_of(site)
    line = CuttingLine(("127.0.0.1", int(site.address.rpartition(":")[2])), seed=9, cut_after=(3_000, 150_000))
    with phone(playwright, tmp_path / "phone", line.address) as held:
        patiently(lambda: held.sign_in(camat))
        patiently(held.open_capture)
        held.context.set_offline(True)
        held.shoot(PHOTOS)
        held.note(ROUND, "Subuh keliling")
        held.wait_for_waiting(PHOTOS)
        taken = held.kept()
        assert len(taken) == PHOTOS
        assert {one["state"] for one in taken} == {"waiting"}
    with phone(playwright, tmp_path / "phone", line.address, offline=True) as held:
        held.page.goto("/rekam/")
        held.page.wait_for_function(f"() => document.querySelectorAll('#rk-daftar .photos li').length === {PHOTOS}")
        held.wait_for_waiting(PHOTOS)
        held.context.set_offline(False)
        held.wait_until_safe()
        shown = held.page.inner_text("#rk-daftar")
        assert f"tiba {PHOTOS} dari {PHOTOS} · terkirim" in shown
        assert held.page.locator("#rk-daftar a[href*=tanda-terima]").count() == PHOTOS
        assert held.complaints == []
    assert len(line.passed) >= PHOTOS // 2
    none_lost_none_doubled(site, tmp_path / "media", taken)


def patiently(step: Any) -> None:
    """A page that is fetched over the bad line may break; a person opens it again."""
    for _ in range(10):
        try:
            return step()
        except Exception as why:
            last = why
    raise last


def test_nine_photos_arrive_although_the_server_is_killed_again_and_again(
    fresh_database: Engine, playwright: Playwright, tmp_path: Path
) -> None:
    chance, kills = random.Random(4), 0
    with killable(fresh_database, tmp_path) as server, worker_process(fresh_database, tmp_path):
        site = Site(f"http://127.0.0.1:{server.port}", fresh_database)
        camat = camat_of(site)
        with phone(playwright, tmp_path / "phone", site.address) as held:
            held.sign_in(camat)
            held.open_capture()
            held.context.set_offline(True)
            held.shoot(PHOTOS)
            held.note(ROUND, "Subuh keliling")
            held.wait_for_waiting(PHOTOS)
            taken = held.kept()
            held.context.set_offline(False)
            while held.waiting and kills < KILLS:
                held.page.wait_for_timeout(chance.randint(50, 700))
                server.kill()
                kills += 1
                server.start()
            held.wait_until_safe()
            assert held.complaints == []
    assert kills == KILLS
    none_lost_none_doubled(site, tmp_path / "media", taken)
