"""What the clocks of a photo say: the camera's, the satellites', and the one of the fix that came along."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from media.exif import CameraFacts
from webapp.territory.rules import time_zone_of

CLOCKS_AGREE = timedelta(minutes=15)
NEIGHBOURING_ZONES = timedelta(hours=3)


def instant(camera: CameraFacts, region_code: str) -> datetime | None:
    """The camera's time as an instant: by the satellites, else its own offset, else the zone of the region."""
    if camera.gps_time is not None:
        return camera.gps_time
    if camera.taken_at is None:
        return None
    if camera.utc_offset is not None:
        return camera.taken_at.replace(tzinfo=timezone(camera.utc_offset))
    return camera.taken_at.replace(tzinfo=ZoneInfo(time_zone_of(region_code)))


def disagreements(camera: CameraFacts, taken_at: datetime | None, fix_at: datetime | None) -> list[str]:
    """A finding where the camera's clock and the fix that came along tell different stories; never a refusal.

    A camera that names no zone may have been set in a neighbouring one, as on a study abroad.
    """
    if taken_at is None or fix_at is None:
        return []
    zoned = camera.utc_offset is not None or camera.gps_time is not None
    apart = abs(taken_at - fix_at) > (CLOCKS_AGREE if zoned else CLOCKS_AGREE + NEIGHBOURING_ZONES)
    return ["time_fix_mismatch"] if apart else []
