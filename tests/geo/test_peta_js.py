"""What a person sees and does on a map, in a real browser under the strict policy."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from geo.layers import collection, feature
from geo.maps import ClaimMark, FetchedGeoJson, FixInputs, Legend, OwnPosition, PlacePicker, SiteMap
from geo.values import BBox, LonLat
from tests.geo.conftest import Site

Show = Callable[..., Page]

BANDUNG = BBox(107.5, -7.0, 107.75, -6.8)
CLAIM = LonLat(107.61, -6.9)
HOSTILE = '<img src=x onerror="window.jahat=1"><script>window.jahat=1</script>{{7*7}}${window.jahat=1}`'


def square(west: float, south: float, size: float = 0.1) -> str:
    east, north = west + size, south + size
    ring = f"[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]"
    return f'{{"type":"Polygon","coordinates":[{ring}]}}'


def region(name: str, shade: Any, west: float, **more: Any) -> str:
    return feature(square(west, -6.95), {"name": name, "shade": shade, "href": "/peta/32.73", **more})


def cases(count: int, **more: Any) -> str:
    given = {"state": "Terverifikasi", "state_class": "verified_field", "href": "/bukti/7", "accuracy_m": 40, **more}
    spots = [LonLat(107.55 + n % 20 / 150, -6.97 + n // 20 / 150) for n in range(count)]
    return collection([feature(at, {"name": f"Bukti {n}", **given}, n) for n, at in enumerate(spots)], without_place=3)


def layered(site: Site, role: str, text: str, **options: Any) -> SiteMap:
    site.texts["/lapisan.geojson"] = text
    shell = SiteMap("uji", bounds=BANDUNG)
    FetchedGeoJson("/lapisan.geojson", role=role, options=options).add_to(shell)  # type: ignore[arg-type]
    return shell


def test_regions_are_shaded_named_and_followed_by_a_click(site: Site, show: Show) -> None:
    facts = [["Terverifikasi", 12], ["Menunggu", 0]]
    both = [region("Coblong", 4, 107.5, facts=facts), region("Andir", 0, 107.62, silent=True)]
    legend = Legend("Inovasi", [("silent", "belum ada"), (4, "10–12")]).as_option()
    page = show(layered(site, "regions", collection(both, attribution="Batas & sumber"), legend=legend))
    expect(page.locator("path.peta-shade-4")).to_have_count(1)
    expect(page.locator("path.peta-shade-0.peta-s-silent")).to_have_count(1)
    expect(page.locator(".peta-nama span", has_text="Coblong")).to_be_visible()
    expect(page.locator(".leaflet-control-attribution")).to_have_text("Batas & sumber")
    expect(page.locator(".peta-legenda li")).to_have_text(["belum ada", "10–12"])
    page.locator("path.peta-shade-4").hover()
    expect(page.locator(".peta-tip dd")).to_have_text(["12", "0"])
    page.locator("path.peta-shade-4").click()
    page.wait_for_url("**/peta/32.73")


def test_what_has_come_is_shown_whole_on_a_phone_too(site: Site, show: Show) -> None:
    shell = SiteMap("uji")  # starts with all of Indonesia, which on a phone needs another zoom
    site.texts["/lapisan.geojson"] = collection([region("Coblong", 4, 107.5), region("Andir", 0, 107.62)])
    FetchedGeoJson("/lapisan.geojson", role="regions", options={"fit": True}).add_to(shell)
    page = show(shell, phone=True)
    page.wait_for_timeout(400)
    view = BBox.parse(page.evaluate("() => petabukti.maps.map_uji.getBounds().toBBoxString()"))
    assert view.contains(LonLat(107.5, -6.95))
    assert view.east < 108.5


def test_a_region_can_be_reached_and_entered_by_keyboard(site: Site, show: Show) -> None:
    page = show(layered(site, "regions", collection([region("Coblong", 2, 107.5, facts=[["Terverifikasi", 3]])])))
    path = page.get_by_role("link", name="Coblong, Terverifikasi: 3")
    path.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/peta/32.73")


def test_a_case_opens_with_its_words_and_its_circle(site: Site, show: Show) -> None:
    page = show(layered(site, "points", cases(3, lines=["Kecamatan Coblong"], grade="Keyakinan B"), fit=True))
    assert not any("cluster" in path for path in site.asked)  # what few maps need comes with those
    expect(page.locator("path.peta-titik")).to_have_count(3)
    expect(page.locator("path.peta-galat")).to_have_count(3)
    expect(page.locator(".peta-catatan")).to_have_text("3 tanpa lokasi")
    page.get_by_role("button", name="Bukti 1, Terverifikasi").press("Enter")
    popup = page.locator(".peta-bukti")
    expect(popup).to_contain_text("Kecamatan Coblong")
    expect(popup).to_contain_text("± 40 m")
    expect(popup.get_by_role("link", name="Buka")).to_have_attribute("href", "/bukti/7")


def test_many_cases_become_clusters(site: Site, show: Show) -> None:
    page = show(layered(site, "points", cases(400), fit=True))
    assert any("leaflet.markercluster.js" in path for path in site.asked)
    badges = page.locator(".peta-kelompok")
    expect(badges.first).to_be_visible()
    assert page.locator("path.peta-titik").count() < 200
    assert (
        sum(int(n.replace(".", "")) for n in badges.all_inner_texts()) + page.locator("path.peta-titik").count() == 400
    )


def test_hostile_text_is_shown_and_never_run(site: Site, show: Show) -> None:
    evil = {"state": HOSTILE, "lines": [HOSTILE], "grade": HOSTILE, "thumb": "//evil.example/a.png"}
    layer = cases(1, name=HOSTILE, href="javascript:window.jahat=1", state_class='"><img src=x>', **evil)
    shell = layered(site, "points", layer)
    evil_region = region(HOSTILE, "</style>", 107.6, facts=[[HOSTILE, HOSTILE]], approximate=HOSTILE)
    site.texts["/wilayah.geojson"] = collection([evil_region], attribution=HOSTILE)
    legend = Legend(HOSTILE, [(1, HOSTILE)]).as_option()
    FetchedGeoJson("/wilayah.geojson", role="regions", options={"legend": legend}).add_to(shell)
    page = show(shell)
    page.locator("path.peta-titik").press("Enter")
    expect(page.locator(".peta-bukti")).to_contain_text("<img src=x onerror=")
    expect(page.locator(".peta-bukti a, .peta-bukti img")).to_have_count(0)
    page.locator("path.peta-wilayah").hover()
    expect(page.locator(".peta-tip strong")).to_contain_text("<script>")
    assert page.evaluate("() => window.jahat") is None
    assert page.locator(".folium-map img").count() == 0


def test_a_region_never_leads_to_another_host(site: Site, show: Show) -> None:
    page = show(layered(site, "regions", collection([region("Coblong", 2, 107.5, href="//evil.example/x")])))
    page.locator("path.peta-wilayah").click()
    expect(page.get_by_role("img", name="Coblong")).to_be_visible()
    assert page.url == f"{site.address}/uji"


def test_a_layer_that_fails_says_so_and_can_be_tried_again(site: Site, show: Show) -> None:
    site.statuses["/lapisan.geojson"] = 500
    page = show(layered(site, "points", cases(2)))
    expect(page.get_by_role("alert")).to_contain_text("Lapisan tidak dapat dimuat.")
    site.statuses.clear()
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.locator("path.peta-titik")).to_have_count(2)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_ended_session_is_said_without_a_button_that_cannot_help(site: Site, show: Show) -> None:
    site.statuses["/lapisan.geojson"] = 401
    page = show(layered(site, "points", cases(2)))
    expect(page.get_by_role("alert")).to_contain_text("Sesi Anda sudah berakhir")
    expect(page.get_by_role("button", name="Coba lagi")).to_have_count(0)


def test_the_basemap_is_asked_again_where_the_map_is_moved_to(site: Site, show: Show) -> None:
    outline = feature(square(107.5, -6.95), {"kind": "outline", "name": "Kota Bandung"})
    site.texts["/dasar.geojson"] = collection([feature(square(107, -7.5, 1), {"kind": "land"}), outline])
    page = show(SiteMap("uji", bounds=BANDUNG, basemap_url="/dasar.geojson"))
    expect(page.locator("path.peta-dasar-land")).to_have_count(1)
    expect(page.locator(".peta-nama-dasar")).to_have_text("Kota Bandung")
    first = [path for path in site.asked if path.startswith("/dasar")]
    assert len(first) == 1
    with page.expect_response(lambda answer: "/dasar.geojson" in answer.url) as moved:
        page.evaluate("() => petabukti.maps.map_uji.setView([-2, 118], 5, {animate: false})")
    assert "zoom=5" in moved.value.url
    page.evaluate("() => petabukti.maps.map_uji.panBy([5, 5], {animate: false})")
    page.wait_for_timeout(400)
    assert len([path for path in site.asked if path.startswith("/dasar")]) == 2  # what is held is not asked for again


FIELDS = '<label>Bujur <input id="bujur"></label><label>Lintang <input id="lintang"></label>'


def test_a_pin_is_set_by_click_by_typing_and_by_keyboard(show: Show) -> None:
    shell = SiteMap("uji", centre=CLAIM, zoom=14)
    PlacePicker(lon_id="bujur", lat_id="lintang").add_to(shell)
    page = show(shell, FIELDS)
    lon, lat = page.get_by_label("Bujur"), page.get_by_label("Lintang")
    page.locator(".folium-map").click()
    expect(page.locator(".peta-pin-pilih")).to_have_count(1)
    assert abs(float(lon.input_value()) - CLAIM.lon) < 0.01
    lon.fill("107,7")
    lat.fill("-6,95")
    lat.blur()
    where = "() => { const c = petabukti.maps.map_uji.getCenter(); return [c.lng, c.lat]; }"
    expect(page.locator(".peta-pin-pilih")).to_be_visible()
    page.wait_for_function("() => Math.abs(petabukti.maps.map_uji.getCenter().lng - 107.7) < 1e-4")
    page.locator(".peta-pin-pilih").focus()
    page.keyboard.press("ArrowRight")
    assert float(lon.input_value()) > 107.7
    assert page.evaluate(where)[1] < -6.94
    page.locator(".folium-map").focus()
    page.keyboard.press("Enter")
    assert abs(float(lon.input_value()) - 107.7) < 1e-4
    lon.fill("")
    lon.blur()
    expect(page.locator(".peta-pin-pilih")).to_have_count(0)


def test_the_own_position_fills_the_form_and_says_how_far_the_claim_is(show: Show) -> None:
    shell = SiteMap("uji", centre=CLAIM, zoom=15)
    ClaimMark(CLAIM, 35.0).add_to(shell)
    inputs = FixInputs("bujur", "lintang", "akurasi", "waktu")
    OwnPosition(inputs, claim=CLAIM, distance_id="jarak", status_id="keadaan").add_to(shell)
    body = FIELDS + '<input id="akurasi"><input id="waktu"><p id="jarak"></p><p id="keadaan"></p>'
    page = show(shell, body)
    expect(page.locator("#jarak")).to_have_text("105 m dari lokasi bukti")
    expect(page.locator("#keadaan")).to_have_text("± 18 m")
    expect(page.locator("#bujur")).to_have_value("107.6105000")
    expect(page.locator("#akurasi")).to_have_value("18.0")
    assert page.locator("#waktu").input_value().endswith("Z")
    expect(page.locator("path.peta-s-here.peta-titik")).to_be_visible()
    page.context.set_geolocation({"longitude": CLAIM.lon, "latitude": CLAIM.lat, "accuracy": 120})
    expect(page.locator("#jarak")).to_have_text("0 m dari lokasi bukti")
    expect(page.locator("#keadaan")).to_contain_text("Posisi masih kasar (± 120 m)")


def test_a_refused_position_says_what_to_do(show: Show) -> None:
    shell = SiteMap("uji", centre=CLAIM, zoom=15)
    OwnPosition(status_id="keadaan").add_to(shell)
    page = show(shell, '<p id="keadaan"></p>')
    page.context.clear_permissions()
    page.reload()
    expect(page.locator("#keadaan")).to_contain_text("Izin lokasi ditolak")


def test_the_map_can_be_worked_by_keyboard_and_has_a_name(show: Show) -> None:
    page = show(SiteMap("uji", bounds=BANDUNG))
    box = page.get_by_role("region", name="Peta")
    expect(box).to_be_visible()
    expect(page.get_by_role("button", name="Perbesar")).to_be_visible()
    before = page.evaluate("() => petabukti.maps.map_uji.getZoom()")
    page.get_by_role("button", name="Perbesar").press("Enter")
    page.wait_for_function(f"() => petabukti.maps.map_uji.getZoom() > {before}")


def test_the_address_says_where_one_looks_and_a_map_opened_with_it_looks_there(site: Site, show: Show) -> None:
    site.texts["/lapisan.geojson"] = collection([region("Coblong", 4, 107.5)])

    def shell(**options: Any) -> SiteMap:
        made = SiteMap("uji", bounds=BANDUNG, **options)
        FetchedGeoJson("/lapisan.geojson", role="regions", options={"fit": True}).add_to(made)
        return made

    page = show(shell(remember=True))
    assert "lat=" not in page.url  # nobody has moved it
    page.evaluate("petabukti.maps.map_uji.setView([-6.9, 107.6], 13, {animate: false})")
    assert "lat=-6.90000&lon=107.60000&zoom=13" in page.url
    page.reload()
    page.locator("[data-ready=true]").wait_for()
    seen = page.evaluate("[petabukti.maps.map_uji.getZoom(), petabukti.maps.map_uji.getCenter().lng]")
    assert seen == [13, pytest.approx(107.6, abs=1e-3)]
    page = show(shell())
    page.evaluate("petabukti.maps.map_uji.setView([-6.9, 107.6], 13, {animate: false})")
    assert "lat=" not in page.url
