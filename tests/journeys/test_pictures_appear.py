"""Pictures that are made while somebody looks appear on the open page, and what is being typed there stays."""

from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import func, select, text

from config import Settings
from media.store import Store
from tests import factories, photos
from tests.journeys.conftest import Enter, Site
from tests.webapp.working import forget_job
from webapp.db import utcnow
from webapp.evidence import services
from webapp.evidence.models import Photo

SHOWN = "img => img.complete && img.naturalWidth"


def test_pictures_appear_without_a_reload(site: Site, enter: Enter, tmp_path: Path) -> None:
    with site.session() as session, session.begin():
        people = factories.team(session)
        people.store = Store.open(Settings(data_dir=tmp_path).media_place)
        case = factories.case(session, people)
        for seed in (1, 2):
            file = factories.incoming(None, data=photos.without_gps(seed=seed))
            services.receive_photo(session, case, file, actor=people.camat, at=utcnow(), intake=people.intake)
        for number in session.scalars(text("SELECT id FROM jobs.procrastinate_jobs")).all():
            forget_job(session, number)  # nobody has been asked yet
    camat = enter(people.camat)
    page = camat.page
    page.goto(f"/bukti/{case.id}")
    expect(page.locator("#foto [data-foto]")).to_have_count(2)
    expect(page.get_by_text("Foto yang baru tiba masih diproses")).to_be_visible()
    page.evaluate("window.stayed = true")
    with site.session() as session, session.begin():
        for number in session.scalars(select(Photo.id).where(Photo.pictures_at.is_(None))):
            session.scalar(select(func.wall.defer_pictures(number)))
    expect(page.locator("#foto [data-foto]")).to_have_count(0, timeout=60_000)
    expect(page.get_by_text("gambar sedang dibuat")).to_have_count(0)
    expect(page.get_by_text("Foto yang baru tiba masih diproses")).to_have_count(0)
    for picture in page.locator("#foto img").all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function(SHOWN, arg=picture.element_handle())
        assert "/small" in str(picture.get_attribute("src"))
    assert page.evaluate("window.stayed")
    assert camat.complaints == []
