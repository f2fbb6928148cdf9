"""The blueprint; and the word to the wire about whose import may still grow."""

from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from webapp.bulk import queries
from webapp.bulk.rules import BECAUSE_LABELS, STATE_LABELS
from webapp.bulk.words import FILES, GROUPS, ITEMS, cell_words
from webapp.evidence.words import said

bp = Blueprint("bulk", __name__, url_prefix="/impor")

bp.add_app_template_filter(lambda code: said(ITEMS, code), "alasan_foto_impor")
bp.add_app_template_filter(lambda code: said(FILES, code), "alasan_berkas_impor")
bp.add_app_template_filter(lambda code: said(GROUPS, code), "alasan_kelompok_impor")
bp.add_app_template_filter(lambda code: str(BECAUSE_LABELS[code]), "sebab_kelompok")
bp.add_app_template_filter(lambda code: str(STATE_LABELS[code]), "keadaan_impor")
bp.add_app_template_filter(cell_words, "masalah_sel")


@bp.record_once
def _open_the_wire(state: BlueprintSetupState) -> None:
    cast(Flask, state.app).extensions["petabukti_may_import"] = queries.may_import
