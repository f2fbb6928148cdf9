"""A photo that was used before is found again, whatever was done to it and whoever used it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from media.errors import DecoderBusy
from media.intake import Intake
from media.store import Store
from tests import factories, photos
from tests.factories import MINE, NEXT_DOOR, NOW
from tests.photos.signed import authority, signed
from tests.webapp.working import work_off
from webapp.accounts.models import Account
from webapp.evidence import services
from webapp.evidence.alike import Likeness, alike
from webapp.evidence.models import Evidence, Photo, PhotoPrint
from webapp.evidence.services.looks import print_older

SIZE = (640, 480)


class Archive:
    """Two camats, and cases with photos of theirs."""

    def __init__(self, session: Session) -> None:
        self.session, self.people = session, factories.team(session)
        self.other = factories.camat(session, NEXT_DOOR)

    def case(self, owner: Account | None = None) -> Evidence:
        owner = owner or self.people.camat
        return services.create(
            self.session, actor=owner, region_code=MINE if owner is self.people.camat else NEXT_DOOR,
            client_id=uuid.uuid4(), fields=factories.fields(), at=NOW,
        )  # fmt: skip

    def photo(
        self, image: Image.Image | bytes, into: Evidence | None = None, visit_id: int | None = None, quality: int = 85
    ) -> Photo:
        """A photo in a case of its own, unless told."""
        data = image if isinstance(image, bytes) else photos.encoded(image, quality=quality)
        case = into or self.case()
        kept = services.add_photo(
            self.session, case, factories.incoming(data=data), actor=case.owner, at=NOW, intake=self.people.intake,
            visit_id=visit_id,
        )  # fmt: skip
        assert isinstance(kept, Photo)
        return kept

    def like(self, photo: Photo) -> list[Likeness]:
        self.session.flush()
        return alike(self.session, photo.id)


@pytest.fixture
def archive(session: Session) -> Archive:
    return Archive(session)


def crop(share: float) -> Callable[[Image.Image], Image.Image]:
    """Without so much of width and height, the middle left."""

    def change(image: Image.Image) -> Image.Image:
        across, down = round(image.width * share / 2), round(image.height * share / 2)
        return image.crop((across, down, image.width - across, image.height - down))

    return change


def captioned(image: Image.Image) -> Image.Image:
    image = image.copy()
    image.paste("white", (0, round(image.height * 0.88), *image.size))
    return image


CHANGES: dict[str, tuple[Callable[[Image.Image], Image.Image], set[str]]] = {
    "saved badly": (lambda image: image, {"whole"}),
    "half as large": (lambda image: image.resize((320, 240)), {"whole"}),
    "cropped by 5 %": (crop(0.05), {"whole", "crop"}),
    "cropped by 8 %": (crop(0.08), {"crop"}),
    "cropped by 12 %": (crop(0.12), {"crop"}),
    "cropped by 20 %": (crop(0.2), {"crop"}),
    "captioned": (captioned, {"whole", "caption"}),
    "mirrored": (lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), {"mirrored"}),
    "turned": (lambda image: image.transpose(Image.Transpose.ROTATE_90), {"turned"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_copy_is_found_whichever_of_the_two_came_first(archive: Archive, name: str) -> None:
    change, named = CHANGES[name]
    image = photos.picture(31, SIZE)
    original = archive.photo(image, archive.case(archive.other))
    archive.photo(photos.picture(32, SIZE))
    copy = archive.photo(change(image), quality=40)
    found, back = archive.like(copy), archive.like(original)
    assert [one.photo_id for one in found] == [original.id]
    assert [one.photo_id for one in back] == [copy.id]
    assert (found[0].evidence_id, found[0].visit_id) == (original.evidence_id, None)
    assert {found[0].how, back[0].how} <= named
    assert max(found[0].distance, back[0].distance) <= 31


def test_the_likest_comes_first(archive: Archive) -> None:
    image = photos.picture(33, SIZE)
    cropped, same = archive.photo(crop(0.07)(image)), archive.photo(image, quality=60)
    asked = archive.photo(image)
    assert [one.photo_id for one in archive.like(asked)] == [same.id, cropped.id]


def test_photos_of_one_case_are_no_copies_of_each_other_but_a_visits_are(archive: Archive) -> None:
    case, image = archive.case(), photos.picture(34, SIZE)
    first, second = archive.photo(image, case), archive.photo(image, case, quality=60)
    assert archive.like(first) == archive.like(second) == []
    visit = factories.visit(archive.session, case, archive.people.surveyor, verdict=None)
    brought = archive.photo(image, case, visit.id, quality=50)
    assert {one.photo_id for one in archive.like(brought)} == {first.id, second.id}
    assert [(one.photo_id, one.visit_id) for one in archive.like(first)] == [(brought.id, visit.id)]


def test_a_dark_photo_is_like_no_other(archive: Archive) -> None:
    dark = Image.fromarray(np.random.default_rng(1).integers(0, 6, (480, 640, 3), np.uint8))
    one, other = archive.photo(dark), archive.photo(dark, archive.case(archive.other), quality=80)
    kept = archive.session.get(PhotoPrint, one.id)
    assert kept is not None and kept.quality < 50 and kept.bands == []
    assert archive.like(one) == archive.like(other) == []


def test_a_photo_without_a_print_and_no_photo_at_all_are_like_nothing(archive: Archive) -> None:
    photo = archive.photo(photos.picture(35, SIZE))
    archive.session.delete(archive.session.get(PhotoPrint, photo.id))
    assert archive.like(photo) == alike(archive.session, 2_000_000_000) == []


def test_a_photo_that_is_removed_takes_its_print_along(archive: Archive) -> None:
    photo = archive.photo(photos.picture(36, SIZE))
    number = photo.id
    services.remove_photo(archive.session, photo, actor=archive.people.camat, at=NOW)
    archive.session.expire_all()
    assert archive.session.get(PhotoPrint, number) is None


def test_the_planner_is_let_go_again(archive: Archive) -> None:
    archive.like(archive.photo(photos.picture(37, SIZE)))
    settings = ("enable_seqscan", "max_parallel_workers_per_gather")
    told = [archive.session.scalar(select(func.current_setting(name))) for name in settings]
    assert told == ["on", archive.session.scalar(select(func.current_setting("max_parallel_workers_per_gather")))]
    assert told[1] != "0"


# --- written when a photo is opened, whichever way it came ------------------------------------------------------------


def test_what_a_worker_learns_is_kept_with_the_photo(archive: Archive) -> None:
    case = archive.case()
    file = factories.incoming(data=signed(photos.phone_jpeg(seed=38, size=SIZE), authority()))
    photo = services.receive_photo(
        archive.session, case, file, actor=archive.people.camat, at=NOW, intake=archive.people.intake
    )
    assert isinstance(photo, Photo)
    assert (photo.camera_serial, photo.preview, photo.credentials) == ("SN-0042", None, None)
    assert archive.session.get(PhotoPrint, photo.id) is None
    work_off(archive.session, archive.people.intake)
    assert photo.preview == "none"
    assert photo.credentials is not None and photo.credentials["state"] == "untrusted"
    assert archive.session.get(PhotoPrint, photo.id) is not None


def test_what_the_form_learns_is_kept_too(archive: Archive) -> None:
    photo = archive.photo(photos.phone_jpeg(seed=39, size=SIZE))
    assert (photo.camera_serial, photo.preview, photo.credentials) == ("SN-0042", "none", None)
    assert archive.session.get(PhotoPrint, photo.id) is not None


# --- photos of before -------------------------------------------------------------------------------------------------


def older(archive: Archive) -> Photo:
    """A photo as it was kept before anybody asked what it looks like."""
    photo = archive.photo(photos.phone_jpeg(seed=40, size=SIZE))
    archive.session.delete(archive.session.get(PhotoPrint, photo.id))
    photo.preview = None
    archive.session.flush()
    return photo


def several(archive: Archive) -> sessionmaker[Session]:
    with factories.several(archive.session)() as sessions:
        return sessions


def test_photos_of_before_get_their_print_once(archive: Archive) -> None:
    photo = older(archive)
    assert print_older(several(archive), archive.people.intake) == [photo.id]
    archive.session.expire_all()
    assert photo.preview == "none"
    assert archive.session.get(PhotoPrint, photo.id) is not None
    assert print_older(several(archive), archive.people.intake) == []


def test_a_photo_of_a_sealed_case_gets_a_print_and_stays_as_it_is(archive: Archive) -> None:
    photo = older(archive)
    photo.evidence.locked_at = NOW
    archive.session.flush()
    archive.session.flush()
    assert print_older(several(archive), archive.people.intake) == [photo.id]
    archive.session.expire_all()
    assert photo.preview is None
    assert archive.session.get(PhotoPrint, photo.id) is not None


def test_a_photo_whose_file_is_gone_is_not_tried_for_ever(archive: Archive) -> None:
    photo = older(archive)
    nothing = factories.intake(Store.open("memory:///"))
    assert print_older(several(archive), nothing) == [photo.id]
    assert print_older(several(archive), nothing) == []
    archive.session.expire_all()
    assert archive.like(photo) == []


def test_where_all_decoders_are_busy_it_is_gone_on_with_later(archive: Archive) -> None:
    class Busy:
        def derive(self, *_: object) -> None:
            raise DecoderBusy

    photo = older(archive)
    with pytest.raises(DecoderBusy):
        print_older(several(archive), Intake(archive.people.store, Busy()))  # type: ignore[arg-type]
    assert archive.session.get(PhotoPrint, photo.id) is None
