/* The list beside a map of what is in view, for keyboard and screen reader: regions, and from a zoom on the cases, asked by
 * URL with the view. An entry that has the focus is marked on the map; Enter opens what a click there opens. Needs peta.js
 * and titik.js before it; the words are data attributes of the list (templates/macros/map.html, in_view).
 */
(function () {
  "use strict";

  const tools = window.petabukti.tools, element = tools.element, ownPath = tools.ownPath;
  const PATIENCE_MS = 300, MOST_REGIONS = 25, TABLE = "#tabel";

  window.petabukti.roles.listed = function (map, config) {
    const box = document.getElementById(config.box_id), list = box.querySelector("[data-daftar]");
    const said = box.querySelector("[data-kata]"), further = box.querySelector("[data-lagi]");
    let known = new Map(), mark = null, coming = null, timer = null;

    function unmark() {
      if (mark) { mark(); mark = null; }
    }

    function marking(entry, show) {
      for (const name of ["focus", "mouseenter"]) { entry.addEventListener(name, () => { unmark(); mark = show(); }); }
      for (const name of ["blur", "mouseleave"]) { entry.addEventListener(name, unmark); }
    }

    function spotOf(feature) {
      const [lon, lat] = feature.geometry.coordinates, ring = L.circleMarker([lat, lon], { className: "peta-sorot", radius: 15, weight: 4, pane: "cases", interactive: false });
      ring.addTo(map);
      return () => ring.remove();
    }

    function caseEntry(feature) {
      const p = feature.properties, [lon, lat] = feature.geometry.coordinates, button = element("button");
      button.type = "button";
      button.appendChild(element("strong", "", p.name));
      if (p.state) { button.appendChild(element("span", "peta-keadaan peta-s-" + tools.word(p.state_class), p.state)); }
      button.appendChild(element("span", "small", (p.lines || []).join(" · ")));
      button.addEventListener("click", () => tools.openSpot(map, config, { lon, lat, accuracy_m: p.accuracy_m, state: p.state_class }, button));
      marking(button, () => spotOf(feature));
      return button;
    }

    function regionEntry(layer) {
      const p = layer.feature.properties, href = ownPath(p.href), link = element(href ? "a" : "span", "", p.name);
      if (href) { link.href = href; }
      marking(link, () => {
        const path = layer.getElement();
        if (!path) { return () => {}; }
        path.classList.add("peta-disorot");
        layer.bringToFront();
        return () => path.classList.remove("peta-disorot");
      });
      const facts = (p.facts || []).filter(Array.isArray).slice(0, 2).map((fact) => fact.filter((one) => one !== "").join(": "));
      return [link, element("span", "small muted", facts.join(" · "))];
    }

    /* Entries that stay are the same elements: the one with the focus, or that opened a popup, must not vanish under it. */
    function fill(entries) {
      const next = new Map(), held = list.contains(document.activeElement) ? document.activeElement : null;
      for (const [key, make] of entries) {
        let line = known.get(key);
        if (!line) {
          line = element("li");
          line.append(...[make()].flat());
        }
        next.set(key, line);
      }
      const same = [...next.keys()].join() === [...known.keys()].join();
      known = next;
      if (same) { return; }
      list.replaceChildren(...next.values());
      if (!held) { return; }
      if (list.contains(held)) { held.focus({ preventScroll: true }); } else { unmark(); box.focus({ preventScroll: true }); }
    }

    function say(words, more) {
      if (said.textContent !== words) { said.textContent = words; }
      const href = more && (more.href === TABLE ? TABLE : ownPath(more.href)), link = further.querySelector("a");
      further.hidden = !href;
      if (href) {
        link.href = href;
        link.textContent = more.label;
      }
    }

    function regions() {
      const view = map.getBounds(), layers = map.petabukti.regions ? map.petabukti.regions.getLayers() : [];
      const there = layers.filter((layer) => layer.feature.properties.href && view.intersects(layer.getBounds()));
      fill(there.slice(0, MOST_REGIONS).map((layer) => ["r" + layer.feature.id, () => regionEntry(layer)]));
      const rest = there.length - MOST_REGIONS, more = rest > 0 ? { href: TABLE, label: tools.filled(box.dataset.sisa, { n: tools.number(rest) }) } : null;
      say([there.length ? tools.filled(box.dataset.wilayah, { n: tools.number(there.length) }) + "." : "", config.url ? box.dataset.perbesar : ""].join(" ").trim(), more);
    }

    function cases() {
      coming = new AbortController();
      const mine = coming, view = map.getBounds(), around = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
      const limits = [-180, -90, 180, 90], text = around.map((v, nth) => (nth < 2 ? Math.max(v, limits[nth]) : Math.min(v, limits[nth])).toFixed(5)).join(",");
      return tools.get(config.url + (config.url.includes("?") ? "&" : "?") + "bbox=" + text, mine.signal).then((data) => {
        if (mine.signal.aborted) { return; }
        fill((data.features || []).map((feature) => ["k" + feature.id, () => caseEntry(feature)]));
        say(data.told, data.more);
      }).catch(() => { if (!mine.signal.aborted) { fill([]); say(box.dataset.gagal); } });
    }

    function update() {
      if (coming) { coming.abort(); }
      const near = config.url && Math.round(map.getZoom()) >= config.near;
      return near ? cases() : Promise.resolve(regions());
    }

    box.hidden = false;
    map.on("moveend", () => {
      clearTimeout(timer);
      timer = setTimeout(update, PATIENCE_MS);
    });
    map.getContainer().addEventListener("petabukti:layer", (event) => { if (event.detail.role === "regions") { update(); } });
    return update();
  };
})();
