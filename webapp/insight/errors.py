"""What can go wrong with the map."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Problem


class UnknownFilter(Problem):
    """A filter in the address holds a value that means nothing; `field` names it."""

    code = "unknown_filter"
    message = _l("Saringan pada alamat ini tidak dikenal. Hapus saringan lalu coba lagi.")
