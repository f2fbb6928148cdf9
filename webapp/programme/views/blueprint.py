"""Where the pages of programmes live."""

from flask import Blueprint

bp = Blueprint("programme", __name__, url_prefix="/program")
