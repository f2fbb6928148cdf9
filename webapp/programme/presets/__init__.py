"""The systems of the founding articles, ready to be loaded and edited.

Names and aims are those of the sources. A number no source gives is an example: such a preset is marked so, and no
period opens with it before somebody has settled its numbers and said on what ground.
"""

from webapp.programme.presets.bandung import BANDUNG
from webapp.programme.presets.belitung import BELITUNG
from webapp.programme.presets.dharmasraya import DHARMASRAYA
from webapp.programme.presets.inovasi import INOVASI
from webapp.programme.presets.jabar import JABAR
from webapp.programme.presets.oki import OKI
from webapp.programme.rules import InstrumentPlan

PRESETS: dict[str, InstrumentPlan] = {
    "bandung": BANDUNG, "jabar": JABAR, "oki": OKI, "belitung": BELITUNG, "dharmasraya": DHARMASRAYA,
    "inovasi": INOVASI,
}  # fmt: skip

__all__ = ["PRESETS"]
