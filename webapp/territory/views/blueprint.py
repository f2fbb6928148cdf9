"""The blueprint of territory."""

from flask import Blueprint

bp = Blueprint("territory", __name__, url_prefix="/wilayah")
