"""What can go wrong with asking for a try. Why a report did not arrive: `centre.NotReceived`, in the outbox."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict


class NoCentre(Conflict):
    """Nobody told this installation where the centre is."""

    code = "no_centre"
    message = _l("Alamat pusat belum diatur pada pemasangan ini.")


class AlreadyReceived(Conflict):
    """What has its receipt is not sent again."""

    code = "already_received"
    message = _l("Laporan ini sudah diterima pusat.")
