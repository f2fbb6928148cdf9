"""A map shell asks nothing of other hosts and runs nobody's text, on the server or in the page."""

import json
import re
from typing import Any

import branca.element
import folium
import folium.plugins
import pytest
from branca.element import Element, MacroElement
from folium.template import Template
from hypothesis import given
from hypothesis import strategies as st

from geo.layers import collection, feature
from geo.maps import (
    ClaimMark,
    FetchedGeoJson,
    FixInputs,
    ForeignUrl,
    Legend,
    MapLabels,
    MapParts,
    OwnPosition,
    PlacePicker,
    SiteMap,
    TileSource,
    escape,
    own_path,
    parts,
    script_json,
)
from geo.values import BBox, LonLat

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7771*7771 }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{# this._children element.render #}{{ 7771*7771 }}",
    "{% for name, element in this._children.items() %}{{7771*7771}}{% endfor %}",
    "{% raise %}",
    "${alert(1)}",
    "`+alert(1)+`",
    "\\`${alert(1)}",
    "'; alert(1); '",
    "\u2028alert(1)\u2029",
    "javascript:alert(1)",
    "<!--",
    "&lt;b&gt;",
]
HREF = re.compile(r"(?:https?:)?//[\w.-]+\.\w+", re.IGNORECASE)


class Printed(MacroElement):
    """What a careless plugin would do: user text straight into its script and html."""

    _template = Template(
        "{% macro html(this, kwargs) %}<i>{{ this.said }}</i>{% endmacro %}"
        "{% macro script(this, kwargs) %}say({{ this.said }});{% endmacro %}"
    )

    def __init__(self, said: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.said = said


def full_map(text: str = "teks") -> MapParts:
    """A map with everything on it, `text` in every place that takes text of ours."""
    shell = SiteMap(
        "uji",
        bounds=BBox(106, -8, 108, -6),
        basemap_url="/peta/dasar.geojson",
        tiles=TileSource("https://tile.example/{z}/{x}/{y}.png", text),
        labels=MapLabels(map=text, load_failed=text, claim=text),
    )
    legend = Legend(text, [(0, text), ("draft", text)]).as_option()
    FetchedGeoJson("/peta/wilayah.geojson", role="regions", options={"legend": legend, "fit": True}).add_to(shell)
    FetchedGeoJson("/peta/bukti.geojson?kind=inovasi&x=1", role="points", options={"note": text}).add_to(shell)
    ClaimMark(LonLat(107.6, -6.9), 35.0).add_to(shell)
    PlacePicker(lon_id=text, lat_id="lat").add_to(shell)
    OwnPosition(FixInputs("a", "b", "c", "d"), claim=LonLat(107.6, -6.9), distance_id=text).add_to(shell)
    return parts(shell)


def configs(made: MapParts) -> list[dict[str, Any]]:
    found = re.findall(r"petabukti\.\w+\(map_uji, (\{.*\})\);", made.script)
    return [json.loads(text) for text in found]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_ours_leaves_its_string(text: str) -> None:
    made = full_map(text)
    assert "<" not in made.script
    assert "`" not in made.script
    assert "${" not in made.script
    assert "{{" not in made.script
    assert "60388441" not in made.script
    assert made.html.count("<") == 2  # folium's one div
    assert [c["labels"]["map"] for c in configs(made) if "labels" in c] == [text]


@given(st.text())
def test_every_text_comes_back_from_the_script_as_it_was(text: str) -> None:
    said = script_json({"t": text})
    assert json.loads(said) == {"t": text}
    assert not re.search(r"[<>&'`]|\$\{|\{\{|\{%|\{#", said)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_guard_holds_even_for_a_careless_plugin(text: str) -> None:
    shell = SiteMap("uji")
    Printed(text).add_to(shell)
    made = parts(shell)
    assert f"<i>{text}</i>" in made.html  # verbatim: not compiled a second time
    assert f"say({text});" in made.script


@pytest.mark.parametrize("text", HOSTILE)
def test_foliums_own_layers_do_not_run_text_on_the_server(text: str) -> None:
    shell = SiteMap("uji")
    folium.Marker([-6.9, 107.6], popup=folium.Popup(text), tooltip=text).add_to(shell)
    folium.FeatureGroup(name=text).add_to(shell)
    folium.LayerControl().add_to(shell)
    made = parts(shell)
    assert "uid=" not in made.script
    if "7771*7771" in text:
        assert "7771*7771" in made.script
        assert "60388441" not in made.script


def test_the_guard_is_in_place_everywhere() -> None:
    guarded = branca.element.Element
    assert guarded is not Element or guarded.__module__ == "geo.maps"
    assert folium.map.Element is guarded
    assert folium.features.Element is guarded
    assert guarded("{{ 7771*7771 }}").render() == "{{ 7771*7771 }}"


def test_brancas_own_template_is_still_the_one_we_let_through() -> None:
    inner = branca.element.Div()
    assert inner.html._template_str == (
        "{% for name, element in this._children.items() %}{{element.render(**kwargs)}}{% endfor %}"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_that_must_pass_through_folium_is_harmless_and_readable(text: str) -> None:
    said = escape(text)
    assert not re.search(r"[<>\"'`${}\\]", said)
    decoded = re.sub(r"&#(\d+);", lambda m: chr(int(m[1])), said)
    assert decoded == text


def test_names_of_people_stay_as_they_are() -> None:
    assert (
        escape("Kec. Bandung Wetan (Kota Bandung), Jl. Élan 1/2_3")
        == "Kec. Bandung Wetan (Kota Bandung), Jl. Élan 1/2_3"
    )


def test_a_map_names_no_host_but_the_tiles_it_was_given() -> None:
    shell = SiteMap("uji", basemap_url="/peta/dasar.geojson")
    made = parts(shell)
    assert not HREF.search(made.html + made.script)
    assert HREF.findall(full_map().script) == ["https://tile.example"]


def test_a_map_has_one_stable_name_and_no_style_or_script_in_its_box() -> None:
    made = full_map()
    assert made == full_map()
    assert 'id="map_uji"' in made.html
    assert "style" not in made.html
    assert "script" not in made.html


@pytest.mark.parametrize("name", ["", "Peta", "a-b", "a;b", "1a", "x" * 60, "peta\n"])
def test_a_name_that_is_no_variable_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name for a map"):
        SiteMap(name)


@pytest.mark.parametrize(
    "url",
    [
        *["", "x.geojson", "//evil.example/x", "/\\evil.example", "https://evil.example", "javascript:alert(1)"],
        *["/a b", "/a\n", "/a\\b", "data:,x", " /a"],
    ],
)
def test_a_layer_comes_from_our_own_host_or_not_at_all(url: str) -> None:
    with pytest.raises(ForeignUrl):
        FetchedGeoJson(url, role="points")


def test_an_own_path_with_a_query_is_fine() -> None:
    assert own_path("/peta/bukti.geojson?bbox=1,2,3,4&jenis=a") == "/peta/bukti.geojson?bbox=1,2,3,4&jenis=a"


def test_the_first_view_is_what_was_asked_for() -> None:
    def first_view(shell: SiteMap) -> Any:
        return configs(parts(shell))[0]["bounds"]

    assert first_view(SiteMap("uji")) == [[-11.5, 94.5], [6.5, 141.5]]
    assert first_view(SiteMap("uji", bounds=BBox(1, 2, 3, 4))) == [[2, 1], [4, 3]]
    centred = SiteMap("uji", centre=LonLat(126.97, 37.56), zoom=12)
    assert first_view(centred) is None
    assert "center: [37.56, 126.97]" in parts(centred).script


def test_positions_reach_the_script_as_lon_and_lat() -> None:
    roles = {c["role"]: c for c in configs(full_map()) if "role" in c}
    assert set(roles) == {"tiles", "basemap", "regions", "points", "claim", "picker", "position"}
    assert (roles["claim"]["lon"], roles["claim"]["lat"], roles["claim"]["accuracy_m"]) == (107.6, -6.9, 35.0)
    assert roles["position"]["claim"] == [107.6, -6.9]
    assert roles["position"]["inputs"] == {"lon": "a", "lat": "b", "accuracy": "c", "time": "d"}


@given(st.text(), st.text(), st.floats(-180, 180), st.floats(-90, 90))
def test_a_layer_is_json_whatever_its_texts(name: str, note: str, lon: float, lat: float) -> None:
    made = json.loads(collection([feature(LonLat(lon, lat), {"name": name}, 7)], attribution=note))
    assert made["features"][0]["properties"] == {"name": name}
    assert made["features"][0]["geometry"]["coordinates"] == [lon, lat]
    assert made["attribution"] == note


def test_a_layer_with_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        feature(None, {"accuracy_m": float("nan")})
    assert json.loads(feature(None, {}))["geometry"] is None
    ready = '{"type":"Point","coordinates":[1,2]}'
    assert json.loads(feature(ready, {}, "32.73"))["id"] == "32.73"
