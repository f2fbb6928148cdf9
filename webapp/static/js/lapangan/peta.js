/* A simple map of the day, drawn from the region's own outlines: no tiles, no network. */
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg", WIDE = 1000, MARGIN = 60, TALLEST = 1100;

  function make(tag, attributes, text) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) { made.setAttribute(name, String(value)); }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  const rings = ({ type, coordinates }) => type === "Polygon" ? coordinates : type === "MultiPolygon" ? coordinates.flat() : [];

  /* From degrees to the drawing: flat, true to shape in the middle of what is shown. */
  function plane(spots) {
    const lons = spots.map(([lon]) => lon), lats = spots.map(([, lat]) => lat);
    const west = Math.min(...lons), east = Math.max(...lons), south = Math.min(...lats), north = Math.max(...lats);
    const squeeze = Math.cos((south + north) / 2 * Math.PI / 180);
    const wide = Math.max((east - west) * squeeze, 1e-4), tall = Math.max(north - south, 1e-4);
    const scale = Math.min((WIDE - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall);
    return {
      width: wide * scale + 2 * MARGIN, height: tall * scale + 2 * MARGIN,
      at: ([lon, lat]) => [MARGIN + (lon - west) * squeeze * scale, MARGIN + (north - lat) * scale],
      metres: scale / 111_320,
    };
  }

  /* Draw `pack` into `box`; answers a function that shows where the phone is. `done`: cases visited already. */
  petabukti.petaHari = function (box, pack, label, me, done) {
    const shapes = pack.area.map((one) => rings(one.shape)), placed = pack.cases.filter((one) => one.place);
    const spots = [...shapes.flat(2), ...placed.map((one) => [one.place.lon, one.place.lat])];
    if (!spots.length) { box.replaceChildren(); return () => {}; }
    const flat = plane(spots);
    const svg = make("svg", { viewBox: `0 0 ${flat.width.toFixed(0)} ${flat.height.toFixed(0)}`, role: "img", "aria-label": label });
    for (const shape of shapes) {
      const path = shape.map((ring) => "M" + ring.map((spot) => flat.at(spot).map((n) => n.toFixed(1)).join(" ")).join("L") + "Z").join("");
      svg.append(make("path", { d: path, class: "lp-batas", "fill-rule": "evenodd" }));
    }
    pack.cases.forEach((one, index) => {
      if (!one.place) { return; }
      const [x, y] = flat.at([one.place.lon, one.place.lat]).map((n) => n.toFixed(1));
      svg.append(make("circle", { cx: x, cy: y, r: 26, class: done.has(one.id) ? "lp-titik lp-sudah" : "lp-titik" }));
      svg.append(make("text", { x, y, class: "lp-angka", "text-anchor": "middle", dy: ".36em" }, String(index + 1)));
    });
    const halo = make("circle", { class: "lp-lingkar", r: 0 }), dot = make("circle", { class: "lp-saya", r: 0 });
    dot.append(make("title", {}, me));
    svg.append(halo, dot);
    box.replaceChildren(svg);
    return (fix) => {
      if (!fix) { return; }
      const [x, y] = flat.at([fix.lon, fix.lat]);
      for (const one of [halo, dot]) { one.setAttribute("cx", x.toFixed(1)); one.setAttribute("cy", y.toFixed(1)); }
      halo.setAttribute("r", Math.max(20, fix.accuracy * flat.metres).toFixed(1));
      dot.setAttribute("r", 14);
    };
  };
})();
