"""The kinds of evidence and the activities of the founding articles, as rows a region can add to.

Sources: Bandung's information system of assessment (dawn and Friday rounds, dinner with a low-welfare family, Culinary
Night; the six topics of the Seoul study), Margahayu's portfolio, Ogan Komering Ilir's coordination with villages.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS = (
    ("inovasi", "Inovasi", "Innovation"),
    ("infrastruktur", "Infrastruktur", "Infrastructure"),
    ("kegiatan", "Kegiatan masyarakat", "Community activity"),
    ("rapat", "Rapat", "Meeting"),
    ("studi", "Tugas studi", "Study assignment"),
)

# code, kind, Indonesian, English, mode of verification, checklist, tags that usually apply
ACTIVITIES = (
    ("inovasi_pelayanan", "inovasi", "Inovasi pelayanan publik", "Public service innovation", "field", "service_test", ""),
    ("inovasi_tata_kelola", "inovasi", "Inovasi tata kelola", "Governance innovation", "field", "object_present", ""),
    ("inovasi_lain", "inovasi", "Inovasi lainnya", "Other innovation", "field", "object_present", ""),
    ("kampung_tematik", "inovasi", "Kampung tematik", "Themed neighbourhood", "field", "object_present", ""),
    ("sekolah_pasar_sehat", "inovasi", "Sekolah dan pasar sehat", "Healthy schools and markets", "field",
     "object_present", "children"),
    ("sarana_prasarana", "infrastruktur", "Sarana dan prasarana", "Facilities", "field", "object_present", ""),
    ("pembangunan_bertahap", "infrastruktur", "Pembangunan bertahap (0/50/100 %)", "Works in stages (0/50/100 %)",
     "field", "progress", ""),
    ("kebersihan_keindahan", "infrastruktur", "Ketertiban, kebersihan, keindahan", "Order, cleanliness, beauty",
     "field", "object_present", ""),
    ("subuh_keliling", "kegiatan", "Subuh keliling", "Dawn round of the mosques", "desk", "event_trace", "worship"),
    ("jumat_keliling", "kegiatan", "Jumat keliling", "Friday round of the mosques", "desk", "event_trace", "worship"),
    ("makan_malam_keluarga", "kegiatan", "Makan malam bersama keluarga pra sejahtera",
     "Dinner with a low-welfare family", "desk", "event_trace", "poor_household"),
    ("culinary_night", "kegiatan", "Culinary Night", "Culinary Night", "desk", "event_trace", "faces"),
    ("pembinaan", "kegiatan", "Pembinaan dan pelayanan keliling", "Guidance and mobile service", "desk", "event_trace",
     ""),
    ("rapat_minggon", "rapat", "Rapat minggon", "Weekly coordination meeting", "desk", "document", ""),
    ("rapat_koordinasi", "rapat", "Rapat koordinasi", "Coordination meeting", "desk", "document", ""),
    ("dokumen_kinerja", "rapat", "Dokumen dan laporan kinerja", "Performance documents and reports", "desk", "document",
     ""),
    ("trotoar", "studi", "Trotoar", "Pavements", "desk", "remote_study", ""),
    ("pohon", "studi", "Jenis treatment pohon", "Treatment of trees", "desk", "remote_study", ""),
    ("sungai", "studi", "Sungai", "Rivers", "desk", "remote_study", ""),
    ("reklame", "studi", "Penataan informasi (reklame)", "Signs and advertising", "desk", "remote_study", ""),
    ("taman_inovatif", "studi", "Taman inovatif", "Innovative parks", "desk", "remote_study", ""),
    ("aksesoris_kota", "studi", "Aksesoris perkotaan", "Street furniture", "desk", "remote_study", ""),
)  # fmt: skip


def upgrade() -> None:
    kind = sa.table("evidence_kind", *(sa.column(name) for name in ("code", "position", "name_id", "name_en")))
    op.bulk_insert(
        kind,
        [
            {"code": code, "position": place, "name_id": indonesian, "name_en": english}
            for place, (code, indonesian, english) in enumerate(KINDS, start=1)
        ],
    )
    activity = sa.table(
        "activity",
        *(sa.column(name) for name in ("code", "kind_code", "position", "name_id", "name_en", "mode", "check_kind")),
        sa.column("usual_tags", sa.ARRAY(sa.Text)),
    )
    op.bulk_insert(
        activity,
        [
            {
                "code": code, "kind_code": of, "position": place, "name_id": indonesian, "name_en": english,
                "mode": mode, "check_kind": check, "usual_tags": tags.split(),
            }
            for place, (code, of, indonesian, english, mode, check, tags) in enumerate(ACTIVITIES, start=1)
        ],
    )  # fmt: skip


def downgrade() -> None:
    """Rows that cases point at cannot be taken away: the foreign keys then stop the downgrade, and nothing is lost."""
    op.execute(
        sa.text("DELETE FROM activity WHERE code = ANY(:codes)").bindparams(codes=[row[0] for row in ACTIVITIES])
    )
    op.execute(
        sa.text("DELETE FROM evidence_kind WHERE code = ANY(:codes)").bindparams(codes=[row[0] for row in KINDS])
    )
