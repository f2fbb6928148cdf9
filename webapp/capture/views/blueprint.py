"""The blueprint, and the words its templates may ask for."""

from flask import Blueprint

bp = Blueprint("capture", __name__, url_prefix="/rekam")
