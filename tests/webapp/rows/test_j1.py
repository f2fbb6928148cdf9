"""J1: Kabupaten Bandung nominates Margahayu to the province; its locked claims become the dossier, hash by hash."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories
from tests.webapp.conftest import Opener
from tests.webapp.selection import stage
from webapp.access import Role
from webapp.errors import NotAllowed
from webapp.evidence.models import Photo
from webapp.programme.models import Period
from webapp.scoring import queries as scoring_queries
from webapp.scoring import services as scoring
from webapp.selection import queries, services
from webapp.selection.errors import AlreadyNominated, NotFinal, TooManyNominees

KABUPATEN, MARGAHAYU, CILEUNYI = "32.04", "32.04.09", "32.04.05"
VISIT = datetime(2018, 8, 6, 3, 0, tzinfo=UTC)  # Senin, 6 Agustus 2018, 10.00 WIB


def province(session: Session) -> Period:
    """A period of Jawa Barat that waits for nominees."""
    return stage.period(session, "32", [], name="Sinergitas Jawa Barat 2018", pooled=True)


def test_j1_margahayu_is_nominated_upwards_with_the_same_hashes(session: Session, opened: Opener) -> None:
    stage.places(session, KABUPATEN)
    run = stage.period(session, KABUPATEN, [CILEUNYI, MARGAHAYU], name="Kabupaten Bandung 2018")
    people = stage.team(session, run, MARGAHAYU)
    secretariat = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    above = province(session)
    stage.scored(session, people, CILEUNYI, 70, 70)
    claim = stage.scored(session, people, MARGAHAYU, 92, 90)[0]

    # Only the kabupaten's own team judges there.
    judge, mine = factories.account(session, (Role.PROVINCIAL_TEAM, "32")), factories.assessor(session, KABUPATEN)
    for outsider in (judge, factories.assessor(session, "32")):
        with pytest.raises(NotAllowed):
            scoring.score(session, claim, Decimal(10), actor=outsider, at=VISIT)
    with pytest.raises(NotAllowed):
        scoring.finalise(session, run, actor=factories.chair(session, "32"), at=VISIT)

    with pytest.raises(NotFinal):
        services.nominate(session, run, MARGAHAYU, above.id, actor=secretariat, at=VISIT)
    sealed = scoring.finalise(session, run, actor=people.chair, at=VISIT)
    with pytest.raises(NotAllowed):
        services.nominate(session, run, MARGAHAYU, above.id, actor=people.chair, at=VISIT)
    made = services.nominate(session, run, MARGAHAYU, above.id, actor=secretariat, at=VISIT, reason="Terbaik.")

    # The same hashes: of the sealed result, of the photos, and of the dossier itself. No score of anybody.
    assert made.dossier["result"]["sha256"] == sealed.sha256
    assert made.sha256 == scoring.digest(made.dossier)
    copied = [sha for claim in made.dossier["claims"] for case in claim["evidence"] for sha in case["photos"]]
    stored = {photo.sha256 for photo in session.query(Photo).join(Photo.evidence).filter_by(region_code=MARGAHAYU)}
    assert set(copied) == stored
    assert len(made.dossier["claims"]) == 2
    assert {claim["state"] for claim in made.dossier["claims"]} == {"proven"}
    assert "scores" not in str(made.dossier)
    assert "assessor" not in str(made.dossier)

    # The nominee takes part in the province's period, in the pool of the kabupaten; a second one is refused.
    session.expire_all()
    assert [(one.region_code, one.pool) for one in above.participants] == [(MARGAHAYU, "kabupaten")]
    with pytest.raises(AlreadyNominated):
        services.nominate(session, run, MARGAHAYU, above.id, actor=secretariat, at=VISIT)
    with pytest.raises(TooManyNominees):
        services.nominate(session, run, CILEUNYI, above.id, actor=secretariat, at=VISIT)
    with pytest.raises(IntegrityError, match="nominees_are_counted"), session.begin_nested():
        session.execute(text(
            "INSERT INTO nomination (period_id, result_id, region_code, target_id, pool, dossier, sha256,"
            f" nominated_by, nominated_at) SELECT period_id, result_id, '{CILEUNYI}', target_id, pool, dossier, sha256,"
            " nominated_by, nominated_at FROM nomination"
        ))  # fmt: skip
    upper = factories.account(session, (Role.SECRETARIAT, "32"))
    with pytest.raises(NotAllowed):
        services.allow_nominees(session, above, 2, actor=secretariat, at=VISIT)
    services.allow_nominees(session, above, 2, actor=upper, at=VISIT)
    services.nominate(session, run, CILEUNYI, above.id, actor=secretariat, at=VISIT)

    # Neither changes the other's scores.
    assert scoring_queries.latest_result(session, run).sha256 == sealed.sha256  # type: ignore[union-attr]
    with pytest.raises(IntegrityError, match="history_is_append_only"), session.begin_nested():
        session.execute(text("UPDATE nomination SET dossier = '{}'"))
    assert opened(mine).open(f"/penilaian/{above.id}/nilai").status == 403
    judging = opened(judge)
    assert judging.open(f"/penilaian/{above.id}/nilai").status == 200
    assert judging.open(f"/penilaian/{run.id}/nilai").status == 404

    # The provincial team reads the dossier of the nominees: what was verified, and no value.
    listed = judging.open(f"/seleksi/{above.id}")
    assert "Margahayu" in listed.text
    page = judging.open(f"/seleksi/calon/{made.id}")
    assert page.status == 200
    assert made.sha256[:8] in page.text
    assert "Pelayanan" in page.text
    assert "92,00" not in page.text
    # It sees nothing else of the kabupaten: no case, no map.
    case = claim.links[0].evidence_id
    assert [judging.open(path).status for path in (f"/bukti/{case}", f"/seleksi/{run.id}", "/peta/")] == [404, 404, 403]
    assert opened(factories.camat(session, "32.04.06")).open(f"/seleksi/calon/{made.id}").status == 404


def test_j1_the_nominees_own_camat_reads_what_was_sent(session: Session, opened: Opener) -> None:
    stage.places(session, KABUPATEN)
    run = stage.period(session, KABUPATEN, [MARGAHAYU], name="Kabupaten Bandung 2018")
    people, above = stage.team(session, run, MARGAHAYU), province(session)
    stage.scored(session, people, MARGAHAYU, 92, 90)
    scoring.finalise(session, run, actor=people.chair, at=VISIT)
    secretariat = factories.account(session, (Role.SECRETARIAT, KABUPATEN))
    services.nominate(session, run, MARGAHAYU, above.id, actor=secretariat, at=VISIT)
    assert [one.region_code for one in queries.nominees(session, people.camat, above)] == [MARGAHAYU]
    assert opened(people.camat).open(f"/seleksi/{run.id}").status == 200
