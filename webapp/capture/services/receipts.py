"""The code of a receipt, made and read like every code that people copy from paper."""

from webapp.codes import new_code, read_code

__all__ = ["new_code", "read_code"]
