"""What is asked of maps, and what an administrator says of a boundary file."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField

from geo.boundaries import ColumnMapping
from webapp.forms import BaseForm, Box, PartOfMap, TextLine, required
from webapp.territory.services import DatasetFacts, Upload


class BasemapQuery(PartOfMap):
    """Which part of the basemap, and how near: all of the country's land would be too much."""

    bbox = Box()


class BoundaryForm(BaseForm):
    """A GeoJSON file, where it comes from, and which of its properties hold code and name."""

    berkas = FileField(
        _l("Berkas GeoJSON"), [required()], description=_l("Paling besar 20 MB; bujur dan lintang WGS 84.")
    )
    name = TextLine(_l("Nama himpunan data"), description=_l("Misalnya: BIG batas wilayah 2025"))
    source = TextLine(_l("Sumber"), description=_l("Kantor, alamat, atau surat asalnya."))
    licence = TextLine(_l("Lisensi"))
    attribution = TextLine(_l("Atribusi"), description=_l("Yang harus tampil di peta."))
    vintage = TextLine(_l("Tahun"), longest=40)
    approximate = BooleanField(_l("Batas perkiraan"))
    decree = TextLine(_l("Dasar hukum"), required=False)
    code_column = TextLine(_l("Kolom kode"), longest=80)
    name_column = TextLine(_l("Kolom nama"), longest=80)

    def upload(self) -> Upload:
        """What was written. Ask after `validate`."""
        facts = DatasetFacts(
            self.name.data, self.source.data, self.licence.data, self.attribution.data, self.vintage.data,
            bool(self.approximate.data), self.decree.data or None,
        )  # fmt: skip
        return Upload(facts, ColumnMapping(self.code_column.data, self.name_column.data))
