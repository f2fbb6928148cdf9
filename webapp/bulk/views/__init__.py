"""The doors of imports."""

from flask import Blueprint

bp = Blueprint("bulk", __name__, url_prefix="/impor")
