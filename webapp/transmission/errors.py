"""What can go wrong on the way to the centre. For the log and the outbox: people see the words of an outcome."""

from flask_babel import lazy_gettext as _l

from webapp.errors import Conflict
from webapp.transmission.rules import Outcome


class NotReceived(Exception):
    """A try without a receipt. `outcome`: why; `said`: what the centre or the network answered, shortened."""

    def __init__(self, outcome: Outcome, said: str, status: int | None = None) -> None:
        super().__init__(said)
        self.outcome, self.said, self.status = outcome, said, status


class NoCentre(Conflict):
    """Nobody told this installation where the centre is."""

    code = "no_centre"
    message = _l("Alamat pusat belum diatur pada pemasangan ini.")


class AlreadyReceived(Conflict):
    """What has its receipt is not sent again."""

    code = "already_received"
    message = _l("Laporan ini sudah diterima pusat.")
