"""The blueprint the views of this journey hang on."""

from flask import Blueprint

bp = Blueprint("record", __name__, url_prefix="/berita-acara")
