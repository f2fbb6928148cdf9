"""Input of a source."""

from flask_babel import lazy_gettext as _l

from webapp.forms import BaseForm, IntegerText, TextLine
from webapp.replication.errors import NoSource
from webapp.replication.services import Source

HIGHEST_ID = 2_147_483_647


class SourceForm(BaseForm):
    """All empty: the case names no source."""

    source_id = IntegerText(_l("Nomor bukti asal"), lowest=1, highest=HIGHEST_ID, required=False)
    source_text = TextLine(_l("Asal di luar sistem"), longest=300, required=False)
    source_region_code = TextLine(_l("Kode wilayah asal"), longest=13, required=False)

    def source(self) -> Source:
        """What was said. Raises `NoSource` for what is no number or no code."""
        if not self.validate():
            raise NoSource(field=next(iter(self.errors)))
        return Source(self.source_id.data, self.source_text.data or "", self.source_region_code.data or None)
