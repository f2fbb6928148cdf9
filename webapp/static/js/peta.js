/* Behaviour of every map. geo/maps.py (folium) makes the empty Leaflet map and calls prepare() and addLayer() with
 * configuration of ours; features come by fetch() as GeoJSON. Whatever a person may have typed reaches the page through
 * textContent only. Needs leaflet.js before it; what few maps need is loaded by the first that does (data-pustaka).
 *
 * For tests and other scripts: the map's element gets data-ready="true" and the event "petabukti:ready" once nothing is
 * on its way any more; "petabukti:layer" (detail: role, count) after each layer; petabukti.maps[id] is the Leaflet map.
 */
(function () {
  "use strict";

  var CLUSTER_ABOVE = 200;   // one by one below, clusters above
  var FOCUSABLE_UP_TO = 120; // more tab stops help nobody: the table beside the map lists the same things
  var PANES = { basemap: 250, regions: 350, circles: 420, cases: 450, labels: 620 };
  var LABELS_FROM = { regions: 4, basemap: 5 };
  var SVG = "http://www.w3.org/2000/svg";
  var roles = {}, maps = {};

  /* ---- small words ------------------------------------------------------------------------------------------ */

  function element(tag, className, text) {
    var made = document.createElement(tag);
    if (className) { made.className = className; }
    if (text !== undefined && text !== null) { made.textContent = String(text); }
    return made;
  }

  function filled(label, values) {
    return String(label || "").replace(/\{(\w+)\}/g, function (whole, key) { return key in values ? values[key] : whole; });
  }

  function number(value) {
    return new Intl.NumberFormat(document.documentElement.lang || "id", { maximumFractionDigits: 0 }).format(value);
  }

  function ownPath(href) {
    return typeof href === "string" && /^\/(?![\/\\])[^\\\u0000-\u0020]*$/.test(href) ? href : null;
  }

  function word(text) { // a value that becomes part of a class name
    return String(text === undefined || text === null ? "" : text).toLowerCase().replace(/[^a-z0-9_-]/g, "");
  }

  function escaped(text) { // Leaflet's attribution control takes HTML
    return element("i", "", text).innerHTML;
  }

  function byId(id) { return id ? document.getElementById(id) : null; }

  function announce(map, name, detail) {
    map.getContainer().dispatchEvent(new CustomEvent("petabukti:" + name, { bubbles: true, detail: detail || {} }));
  }

  /* ---- files that few maps need: the page names them around its maps, data-pustaka='{"cluster": [path, …]}' ------- */

  var libraries = {}, files = {};

  function loaded(path) {
    files[path] = files[path] || new Promise(function (done, failed) {
      var style = /\.css(\?|$)/.test(path), made = element(style ? "link" : "script");
      if (style) { made.rel = "stylesheet"; made.href = path; } else { made.src = path; }
      made.onload = done;
      made.onerror = function () { delete files[path]; failed(); };
      document.head.appendChild(made);
    });
    return files[path];
  }

  function library(map, name) {
    var around = map.getContainer().closest("[data-pustaka]"), paths = around ? JSON.parse(around.dataset.pustaka)[name] : null;
    if (!libraries[name]) {
      libraries[name] = (paths || []).reduce(function (before, path) { return before.then(function () { return loaded(path); }); }, Promise.resolve());
      libraries[name].catch(function () { delete libraries[name]; }); // it may be tried again
    }
    return waitedFor(map, libraries[name]);
  }

  function waitedFor(map, work) { // the map is not ready before
    var state = map.petabukti, over = function () { state.pending -= 1; settle(map); };
    state.pending += 1;
    map.getContainer().setAttribute("aria-busy", "true");
    work.then(over, over);
    return work;
  }

  /* ---- the map itself --------------------------------------------------------------------------------------- */

  function prepare(map, config) {
    var box = map.getContainer(), words = config.labels || {};
    map.petabukti = { labels: words, pending: 0, ready: false, names: [], notices: {}, fitted: false };
    maps[box.id] = map;
    box.setAttribute("role", box.closest("[role=region]") ? "group" : "region");
    box.setAttribute("aria-label", words.map || "");
    Object.keys(PANES).forEach(function (name) { map.createPane(name).style.zIndex = PANES[name]; });
    map.getPane("labels").style.pointerEvents = "none";
    L.control.zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
    map.attributionControl = L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140, position: "bottomright" }).addTo(map);
    map.petabukti.labelGroup = L.layerGroup().addTo(map);
    map.on("zoomend moveend", function () { writeNames(map); });
    map.on("popupopen", function (event) {
      var close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
      if (close) { close.setAttribute("aria-label", words.close || ""); }
      focusIn(map, event.popup);
    });
    map.on("popupclose", function (event) { focusBack(event.popup); });
    box.addEventListener("keydown", function (event) { if (event.key === "Escape") { map.closePopup(); } });
    var view = config.remember ? viewIn(location.search) : null;
    map.petabukti.placed = view !== null; // then no layer moves it
    if (view) { map.setView([view[0], view[1]], view[2], { animate: false }); } else if (config.bounds) { map.fitBounds(config.bounds, { animate: false }); }
    if (config.remember) { rememberView(map); }
    if (window.ResizeObserver) { new ResizeObserver(function () { map.invalidateSize({ pan: false }); }).observe(box); }
    settle(map); // a map without fetched layers is ready as well
  }

  /* A popup that was opened by keyboard (map.petabukti.opener) takes the focus and gives it back when it closes. */
  function focusIn(map, popup) {
    var opener = map.petabukti.opener, first = popup.getElement().querySelector(".leaflet-popup-content a") || popup.getElement().querySelector("a");
    map.petabukti.opener = null;
    popup.opener = opener;
    if (opener && first) { first.focus({ preventScroll: true }); }
  }

  function focusBack(popup) {
    var opener = popup.opener, at = document.activeElement, node = popup.getElement();
    popup.opener = null;
    if (opener && opener.isConnected && (!at || at === document.body || (node && node.contains(at)))) { opener.focus({ preventScroll: true }); }
  }

  /* ---- where one looks, in the address ----------------------------------------------------------------------- */

  var VIEW = ["lat", "lon", "zoom"], LIMITS = [90, 180, 19];

  function viewIn(search) { // [lat, lon, zoom] of an address, or null
    var said = new URLSearchParams(search);
    var view = VIEW.map(function (name) { return said.get(name) ? Number(said.get(name)) : NaN; });
    return view.every(function (value, nth) { return Math.abs(value) <= LIMITS[nth]; }) && view[2] >= 0 ? view : null;
  }

  function rememberView(map) {
    map.on("moveend", function () {
      if (!map.petabukti.ready) { return; } // not what layers do to show themselves
      var at = map.getCenter().wrap(), address = new URL(location.href);
      [at.lat.toFixed(5), at.lng.toFixed(5), String(map.getZoom())].forEach(function (value, nth) { address.searchParams.set(VIEW[nth], value); });
      history.replaceState(history.state, "", address);
    });
    document.addEventListener("click", function (event) { // a link that changes the filters of this page keeps the view
      var link = event.target.closest("a[href]");
      if (!link || link.origin !== location.origin || link.pathname !== location.pathname || link.hash || !viewIn(location.search)) { return; }
      var to = new URL(link.href), here = new URLSearchParams(location.search);
      VIEW.forEach(function (name) { to.searchParams.set(name, here.get(name)); });
      link.href = to.href;
    }, true);
    document.addEventListener("submit", function (event) {
      var form = event.target, here = new URLSearchParams(location.search);
      if (form.method !== "get" || new URL(form.action).pathname !== location.pathname || !viewIn(location.search)) { return; }
      VIEW.forEach(function (name) {
        var kept = form.querySelector("input[name=" + name + "]") || form.appendChild(element("input"));
        kept.type = "hidden";
        kept.name = name;
        kept.value = here.get(name);
      });
    });
  }

  function addLayer(map, config) {
    roles[config.role](map, config);
  }

  function settle(map) {
    var state = map.petabukti, box = map.getContainer();
    box.setAttribute("aria-busy", state.pending > 0 ? "true" : "false");
    setTimeout(function () {
      if (state.pending > 0 || state.ready) { return; }
      state.ready = true;
      box.dataset.ready = "true";
      announce(map, "ready");
    }, 0);
  }

  /* ---- messages inside the map ------------------------------------------------------------------------------ */

  function notice(map, key, text, action) {
    dismiss(map, key);
    var box = element("div", "peta-pesan"), words = map.petabukti.labels, notices = map.petabukti.notices;
    if (Object.keys(notices).some(function (one) { return notices[one].firstChild.textContent === text && !action; })) { return; } // said already
    box.setAttribute("role", "alert");
    box.appendChild(element("span", "", text));
    if (action) {
      var button = element("button", "", words.retry);
      button.type = "button";
      button.addEventListener("click", function () { dismiss(map, key); action(); });
      box.appendChild(button);
    }
    L.DomEvent.disableClickPropagation(box);
    map.getContainer().appendChild(box);
    map.petabukti.notices[key] = box;
  }

  function dismiss(map, key) {
    var old = map.petabukti.notices[key];
    if (old) { old.remove(); delete map.petabukti.notices[key]; }
  }

  /* ---- fetching --------------------------------------------------------------------------------------------- */

  function SessionEnded() {}

  function get(url, signal) {
    var options = { credentials: "same-origin", signal: signal, headers: { Accept: "application/geo+json, application/json" } };
    return fetch(url, options).then(function (answer) {
      var type = answer.headers.get("Content-Type") || "";
      if (answer.status === 401 || (answer.redirected && type.indexOf("json") < 0)) { throw new SessionEnded(); }
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    });
  }

  /* Fetch config.url and hand the collection to draw(); with config.follow again whenever the view leaves what is held. */
  function fetched(map, config, draw) {
    var url = ownPath(config.url), state = map.petabukti, aborter = null, held = null, heldZoom = null, timer = null;
    if (!url) { notice(map, config.role, state.labels.load_failed); return; }

    function load() {
      var address = url;
      if (config.follow) {
        held = map.getBounds().pad(0.5);
        heldZoom = Math.round(map.getZoom());
        address += (url.indexOf("?") < 0 ? "?" : "&") + "bbox=" + viewText(held) + "&zoom=" + heldZoom;
      }
      if (aborter) { aborter.abort(); }
      aborter = new AbortController();
      var mine = aborter;
      state.pending += 1;
      map.getContainer().setAttribute("aria-busy", "true");
      get(address, mine.signal).then(function (data) {
        dismiss(map, config.role + url);
        draw(data);
        credit(map, data.attribution);
        writeNames(map);
        announce(map, "layer", { role: config.role, count: (data.features || []).length });
      }).catch(function (why) {
        if (mine.signal.aborted) { return; }
        held = null;
        var over = why instanceof SessionEnded;
        notice(map, config.role + url, over ? state.labels.session_ended : state.labels.load_failed, over ? null : load);
        announce(map, "failed", { role: config.role, session: over });
      }).then(function () { state.pending -= 1; settle(map); });
    }

    load();
    if (config.follow) {
      map.on("moveend", function () {
        if (held && heldZoom === Math.round(map.getZoom()) && held.contains(map.getBounds())) { return; }
        clearTimeout(timer);
        timer = setTimeout(load, 200);
      });
    }
  }

  function viewText(bounds) {
    return [Math.max(-180, bounds.getWest()), Math.max(-90, bounds.getSouth()), Math.min(180, bounds.getEast()),
            Math.min(90, bounds.getNorth())].map(function (v) { return v.toFixed(4); }).join(",");
  }

  function credit(map, text) {
    if (!text || !map.attributionControl) { return; } // one by one: what two layers share is said once
    String(text).split("; ").forEach(function (one) { map.attributionControl.addAttribution(escaped(one)); });
  }

  function fitOnce(map, layer) {
    var bounds = layer.getBounds();
    if (!bounds.isValid() || map.petabukti.placed) { return; }
    map.fitBounds(map.petabukti.fitted ? map.petabukti.fitted.extend(bounds) : bounds, { padding: [16, 16], maxZoom: 16, animate: false });
    map.petabukti.fitted = bounds;
  }

  /* ---- names: those that fit, biggest area first, none over another ------------------------------------------ */

  function remember(map, owner, features, from) {
    var names = map.petabukti.names.filter(function (n) { return n.owner !== owner; });
    features.forEach(function (layer) {
      var p = layer.feature.properties || {};
      if (!p.name || !layer.getBounds) { return; }
      var bounds = layer.getBounds();
      var at = Array.isArray(p.label) ? L.latLng(p.label[1], p.label[0]) : bounds.getCenter();
      var size = (bounds.getEast() - bounds.getWest()) * (bounds.getNorth() - bounds.getSouth());
      names.push({ owner: owner, text: String(p.name), at: at, bounds: bounds, size: size, from: from, quiet: owner === "basemap" });
    });
    names.sort(function (a, b) { return a.quiet === b.quiet ? b.size - a.size : a.quiet - b.quiet; });
    map.petabukti.names = names;
  }

  function writeNames(map) {
    var group = map.petabukti.labelGroup, view = map.getBounds(), zoom = map.getZoom(), taken = [], written = {};
    group.clearLayers();
    map.petabukti.names.forEach(function (name) {
      if (zoom < name.from || taken.length > 150 || !view.contains(name.at) || written[name.text]) { return; }
      var spot = map.latLngToContainerPoint(name.at), half = name.text.length * 3.7 + 6;
      var across = map.latLngToContainerPoint(name.bounds.getNorthEast()).x - map.latLngToContainerPoint(name.bounds.getSouthWest()).x;
      if (across < half * 1.5) { return; }
      var rect = [spot.x - half, spot.y - 9, spot.x + half, spot.y + 9];
      if (taken.some(function (t) { return rect[0] < t[2] && rect[2] > t[0] && rect[1] < t[3] && rect[3] > t[1]; })) { return; }
      taken.push(rect);
      written[name.text] = true;
      var icon = L.divIcon({ className: "peta-nama" + (name.quiet ? " peta-nama-dasar" : ""), html: element("span", "", name.text), iconSize: [0, 0] });
      group.addLayer(L.marker(name.at, { icon: icon, interactive: false, keyboard: false, pane: "labels" }));
    });
  }

  /* ---- legend and notes -------------------------------------------------------------------------------------- */

  function legend(map, spec) {
    if (!spec || !spec.entries || !spec.entries.length) { return; }
    var control = L.control({ position: "bottomleft" });
    control.onAdd = function () {
      var box = element("details", "peta-legenda");
      box.open = !spec.folded && map.getSize().x > 560 && map.getSize().y > 360;
      box.appendChild(element("summary", "", spec.title));
      var list = box.appendChild(element("ul"));
      spec.entries.forEach(function (entry) {
        var line = list.appendChild(element("li"));
        var key = typeof entry[0] === "number" ? "peta-shade-" + entry[0] : "peta-s-" + word(entry[0]);
        line.appendChild(element("span", "peta-contoh " + key)).setAttribute("aria-hidden", "true");
        line.appendChild(element("span", "", entry[1]));
      });
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    };
    control.addTo(map);
  }

  function missing(map, config, count) { // cases without a place: how many, and the way to their list
    note(map, count > 0 ? filled(map.petabukti.labels.without_place, { n: number(count) }) : "", config.without_list);
  }

  function note(map, text, href) {
    var state = map.petabukti;
    if (state.note) { state.note.remove(); state.note = null; }
    if (!text) { return; }
    state.note = L.control({ position: "bottomleft" });
    state.note.onAdd = function () {
      var box = element("div", "peta-catatan"), to = ownPath(href), words = box.appendChild(element(to ? "a" : "span", "", text));
      if (to) { words.href = to; }
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    state.note.addTo(map);
  }

  /* ---- regions ----------------------------------------------------------------------------------------------- */

  function facts(properties) {
    return (properties.facts || []).filter(Array.isArray);
  }

  function factBox(properties) {
    var box = element("div", "peta-fakta"), list = element("dl");
    box.appendChild(element("strong", "", properties.name));
    facts(properties).forEach(function (fact) {
      list.appendChild(element("dt", "", fact[0]));
      list.appendChild(element("dd", "", fact[1]));
    });
    if (list.childNodes.length) { box.appendChild(list); }
    return box;
  }

  function reachable(map, layer, role, label, act) { // by keyboard and screen reader
    layer.on("add", function () {
      var path = layer.getElement && layer.getElement();
      if (!path) { return; }
      path.setAttribute("tabindex", "0");
      path.setAttribute("role", role);
      path.setAttribute("aria-label", label);
      path.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); map.petabukti.opener = path; act(); map.petabukti.opener = null; }
      });
    });
  }

  roles.regions = function (map, config) {
    var drawn = null;
    legend(map, config.legend);
    fetched(map, config, function (data) {
      var few = (data.features || []).length <= FOCUSABLE_UP_TO, live = config.interactive !== false;
      if (drawn) { drawn.remove(); }
      drawn = L.geoJSON(data, {
        pane: "regions",
        interactive: live,
        style: function (feature) {
          var shade = Math.max(0, Math.min(5, Math.round(Number(feature.properties.shade) || 0)));
          var more = (feature.properties.silent === true ? " peta-s-silent" : "") + (feature.properties.approximate ? " peta-perkiraan" : "");
          return { className: "peta-wilayah peta-shade-" + shade + more, weight: 1 };
        },
        onEachFeature: function (feature, layer) {
          feature.geometry = null; // it is in the layer now, and need not be held twice
          if (!live) { return; }
          var p = feature.properties, href = ownPath(p.href);
          var follow = function () { if (href) { window.location.assign(href); } };
          layer.bindTooltip(function () { return factBox(p); }, { sticky: true, className: "peta-tip", opacity: 1 });
          layer.on("click", follow);
          layer.on("mouseover", function () { layer.bringToFront(); });
          if (few) { reachable(map, layer, href ? "link" : "img", spoken(p), follow); }
        }
      }).addTo(map);
      map.petabukti.regions = drawn;
      remember(map, "regions", drawn.getLayers(), config.labels_from === undefined ? LABELS_FROM.regions : config.labels_from);
      if (config.fit) { fitOnce(map, drawn); }
    });
  };

  /* Other figures for the regions that are drawn, by their codes: { code: { shade, silent, facts } }; the others stay. */
  function reshade(map, figures) {
    (map.petabukti.regions ? map.petabukti.regions.getLayers() : []).forEach(function (layer) {
      var told = figures[layer.feature.id], p = layer.feature.properties, path = layer.getElement && layer.getElement();
      if (!told) { return; }
      Object.assign(p, told);
      if (!path) { return; }
      path.classList.remove("peta-shade-0", "peta-shade-1", "peta-shade-2", "peta-shade-3", "peta-shade-4", "peta-shade-5");
      path.classList.add("peta-shade-" + Math.max(0, Math.min(5, Number(p.shade) || 0)));
      path.classList.toggle("peta-s-silent", p.silent === true);
      if (path.hasAttribute("aria-label")) { path.setAttribute("aria-label", spoken(p)); }
    });
  }

  function spoken(p) { return [p.name].concat(facts(p).map(function (f) { return f.join(": "); })).join(", "); }

  /* ---- the basemap: our own land and outlines ---------------------------------------------------------------- */

  roles.basemap = function (map, config) {
    var drawn = null;
    fetched(map, config, function (data) {
      var old = drawn;
      drawn = L.geoJSON(data, {
        pane: "basemap",
        interactive: false,
        onEachFeature: function (feature) { feature.geometry = null; },
        style: function (feature) {
          return { className: "peta-dasar peta-dasar-" + (word(feature.properties.kind) || "land"), weight: 1, interactive: false };
        }
      }).addTo(map);
      if (old) { old.remove(); }
      var outlines = drawn.getLayers().filter(function (l) { return l.feature.properties.kind === "outline"; });
      remember(map, "basemap", outlines, config.labels_from === undefined ? LABELS_FROM.basemap : config.labels_from);
    });
  };

  roles.tiles = function (map, config) {
    var referrer = "strict-origin-when-cross-origin"; // OpenStreetMap refuses requests without a Referer
    L.tileLayer(config.url, { maxZoom: config.max_zoom, attribution: escaped(config.attribution), referrerPolicy: referrer }).addTo(map);
  };

  /* ---- cases ------------------------------------------------------------------------------------------------- */

  function caseBox(map, p) {
    var box = element("div", "peta-bukti"), href = ownPath(p.href), thumb = ownPath(p.thumb), words = map.petabukti.labels;
    if (thumb) {
      var picture = box.appendChild(element("img"));
      picture.src = thumb;
      picture.alt = "";
      picture.loading = "lazy";
    }
    box.appendChild(element("strong", "", p.name));
    if (p.state) { box.appendChild(element("span", "peta-keadaan peta-s-" + word(p.state_class), p.state)); }
    (p.lines || []).forEach(function (line) { box.appendChild(element("p", "", line)); });
    if (p.grade) { box.appendChild(element("p", "peta-mutu", p.grade)); }
    if (Number(p.accuracy_m) > 0) { box.appendChild(element("p", "", filled(words.accuracy, { m: number(p.accuracy_m) }))); }
    if (href) { box.appendChild(element("a", "", words.open)).href = href; }
    return box;
  }

  function circleOf(latlng, metres, className) {
    return L.circle(latlng, { radius: Math.min(metres, 50000), pane: "circles", interactive: false, className: className, weight: 1 });
  }

  function cellMarker(map, p, latlng) { // the server counted: too many to draw one by one
    var n = Number(p.count), said = manyOf(map, n), icon = badgeOf(map, n), dot = L.marker(latlng, { icon: icon, pane: "cases", title: said, alt: said });
    return dot.on("click", function () { map.setView(latlng, Math.min(map.getZoom() + 2, map.getMaxZoom())); });
  }

  function caseMarker(map, feature, latlng, small) {
    if (feature.properties.count) { return cellMarker(map, feature.properties, latlng); }
    var p = feature.properties, radius = Number(p.accuracy_m), circle = null;
    var look = "peta-titik peta-s-" + word(p.state_class) + (small ? " peta-sekitar" : "");
    var dot = L.circleMarker(latlng, { radius: small ? 5 : 8, pane: small ? "circles" : "cases", weight: 2, className: look });
    var beside = L.point(64, 12), width = Math.max(160, Math.min(280, map.getSize().x - 100)); // clear of the zoom buttons
    dot.bindPopup(function () { return caseBox(map, p); }, { maxWidth: width, autoPanPaddingTopLeft: beside, className: "peta-popup" });
    if (radius > 0 && isFinite(radius)) { // the circle comes and goes with its point (clusters take points away)
      dot.on("add", function () { circle = circle || circleOf(latlng, radius, "peta-galat peta-s-" + word(p.state_class)); circle.addTo(map); });
      dot.on("remove", function () { if (circle) { circle.remove(); } });
    }
    return dot;
  }

  function manyOf(map, n) { return filled(map.petabukti.labels.cluster, { n: number(n) }); }

  function badgeOf(map, n) {
    var size = n < 10 ? 40 : n < 100 ? 46 : 54, badge = element("span", "", number(n));
    badge.title = manyOf(map, n);
    return L.divIcon({ className: "peta-kelompok", html: badge, iconSize: [size, size] });
  }

  function clusters(map) {
    return L.markerClusterGroup({
      showCoverageOnHover: false,
      chunkedLoading: true,
      clusterPane: "cases",
      maxClusterRadius: 56,
      iconCreateFunction: function (cluster) {
        return badgeOf(map, cluster.getChildCount());
      }
    });
  }

  function grouped(map, points, told) { // without the file: one by one, slowly
    var mine = {};
    map.petabukti.grouped = mine;
    function show(group) { if (map.petabukti.grouped === mine) { told(group.addTo(map)); } }
    library(map, "cluster").then(function () { show(clusters(map).addLayers(points.getLayers())); }, function () { show(points); });
  }

  roles.points = function (map, config) {
    var held = null;
    legend(map, config.legend);
    fetched(map, config, function (data) {
      var counted = (data.features || []).some(function (f) { return f.properties.count; });
      var many = !counted && (data.features || []).length > CLUSTER_ABOVE, few = (data.features || []).length <= FOCUSABLE_UP_TO;
      if (held) { held.remove(); }
      map.petabukti.grouped = null;
      var points = L.geoJSON(data, {
        pointToLayer: function (feature, latlng) { return caseMarker(map, feature, latlng, config.small); },
        onEachFeature: function (feature, layer) {
          var p = feature.properties, said = p.count ? manyOf(map, p.count) : [p.name, p.state].filter(Boolean).join(", ");
          if (few) { reachable(map, layer, "button", said, function () { if (p.count) { layer.fire("click"); } else { layer.openPopup(); } }); }
        }
      });
      if (many) { grouped(map, points, function (group) { held = group; }); } else { held = points.addTo(map); }
      if (data.note) { note(map, data.note, data.without_place > 0 ? config.without_list : null); } else { missing(map, config, data.without_place); }
      if (config.fit) { fitOnce(map, points); }
    });
  };

  /* Single cases on a canvas, once one has zoomed in beyond the regions: petak.js draws them. */
  roles.tiles_of_cases = function (map, config) {
    legend(map, config.legend);
    missing(map, config, config.without_place);
    function near() {
      if (Math.round(map.getZoom()) < config.from) { return; }
      map.off("zoomend", near);
      library(map, "petak").then(function () { roles.canvas(map, config); }).catch(function () { notice(map, config.role, map.petabukti.labels.load_failed, near); });
    }
    map.on("zoomend", near);
    near();
  };

  /* The list beside the map: terlihat.js. */
  roles.in_view = function (map, config) {
    library(map, "in_view").then(function () { return waitedFor(map, roles.listed(map, config)); }).catch(function () { /* the table has it all */ });
  };

  /* ---- a day's route: numbered stops and the line through them ------------------------------------------------ */

  function stopMarker(map, p, latlng) {
    var sign = element("span", "", p.start ? "●" : p.number), said = [p.start ? "" : p.number, p.name, p.state].filter(Boolean).join(", ");
    var icon = L.divIcon({ className: "peta-henti peta-henti-" + word(p.start ? "awal" : p.state_class), html: sign, iconSize: [30, 30] });
    var dot = L.marker(latlng, { icon: icon, pane: "cases", title: said, alt: said, keyboard: !p.start });
    if (!p.start) { dot.bindPopup(function () { return caseBox(map, p); }, { maxWidth: 260, className: "peta-popup" }); }
    return dot;
  }

  function routeLines(features) { // one line for each route, from its plan's start where there is one
    var starts = {}, ways = {};
    features.forEach(function (f) {
      var p = f.properties, at = L.latLng(f.geometry.coordinates[1], f.geometry.coordinates[0]);
      if (p.start) { starts[p.plan] = at; } else { (ways[p.route] = ways[p.route] || []).push({ number: p.number, at: at, shade: p.shade }); }
    });
    return Object.keys(ways).map(function (key) {
      var way = ways[key].sort(function (a, b) { return a.number - b.number; }), start = starts[key.split("-")[0]];
      var path = way.map(function (stop) { return stop.at; });
      return L.polyline(start ? [start].concat(path) : path, { className: "peta-rute peta-rute-" + word(way[0].shade), weight: 3, interactive: false, pane: "circles" });
    });
  }

  roles.route = function (map, config) {
    fetched(map, config, function (data) {
      var features = (data.features || []).filter(function (f) { return f.geometry; });
      var group = L.featureGroup(routeLines(features));
      features.forEach(function (f) { group.addLayer(stopMarker(map, f.properties, L.latLng(f.geometry.coordinates[1], f.geometry.coordinates[0]))); });
      group.addTo(map);
      missing(map, config, data.without_place);
      if (config.fit && features.length) { fitOnce(map, group); }
    });
  };

  /* ---- who copied whom: a line from the source (ring) to the copy (dot) ---------------------------------------- */

  roles.copies = function (map, config) {
    legend(map, config.legend);
    fetched(map, config, function (data) {
      var group = L.featureGroup(), few = (data.features || []).length <= FOCUSABLE_UP_TO;
      (data.features || []).forEach(function (feature) {
        var p = feature.properties, look = p.verified === true ? "peta-tiruan" : "peta-tiruan peta-tiruan-belum";
        var ends = feature.geometry.coordinates.map(function (c) { return L.latLng(c[1], c[0]); });
        var line = L.polyline(ends, { className: look, weight: 3, pane: "circles" });
        line.bindPopup(function () { return caseBox(map, p); }, { maxWidth: 260, className: "peta-popup" });
        if (few) { reachable(map, line, "button", [p.name, p.state].concat(p.lines || []).filter(Boolean).join(", "), function () { line.openPopup(); }); }
        group.addLayer(line);
        group.addLayer(L.circleMarker(ends[0], { className: look + " peta-tiruan-asal", radius: 5, weight: 2, pane: "circles", interactive: false }));
        group.addLayer(L.circleMarker(ends[1], { className: look + " peta-tiruan-ujung", radius: 5, weight: 2, pane: "circles", interactive: false }));
      });
      group.addTo(map);
      missing(map, config, data.without_place);
      if (config.fit) { fitOnce(map, group); }
    });
  };

  /* ---- a claimed place, a pin to set, the own position -------------------------------------------------------- */

  function pin(className) {
    var svg = document.createElementNS(SVG, "svg"), path = svg.appendChild(document.createElementNS(SVG, "path"));
    svg.setAttribute("viewBox", "0 0 32 42");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", "M16 1C7.7 1 1 7.7 1 16c0 10.6 15 25 15 25s15-14.4 15-25C31 7.7 24.3 1 16 1Zm0 9a6 6 0 1 1 0 12 6 6 0 0 1 0-12Z");
    path.setAttribute("fill-rule", "evenodd");
    return L.divIcon({ className: "peta-pin " + className, html: svg, iconSize: [32, 42], iconAnchor: [16, 41] });
  }

  function claimAt(map, latlng, accuracy) {
    var group = L.featureGroup();
    if (accuracy > 0 && isFinite(accuracy)) { group.addLayer(circleOf(latlng, accuracy, "peta-galat peta-s-claim")); }
    group.addLayer(L.marker(latlng, { icon: pin("peta-pin-klaim"), title: map.petabukti.labels.claim, alt: map.petabukti.labels.claim }));
    return group;
  }

  roles.claim = function (map, config) {
    function shown(group) {
      group.addTo(map);
      if (config.fit) { fitOnce(map, group); }
    }
    if (!config.url) { shown(claimAt(map, L.latLng(config.lat, config.lon), Number(config.accuracy_m))); return; }
    fetched(map, config, function (data) {
      var group = L.featureGroup();
      L.geoJSON(data, { pointToLayer: function (f, at) { return claimAt(map, at, Number(f.properties.accuracy_m)).addTo(group); } });
      shown(group);
    });
  };

  function inputNumber(input, limit) {
    var value = input && input.value.trim() !== "" ? Number(input.value.trim().replace(",", ".")) : NaN;
    return Math.abs(value) <= limit ? value : null;
  }

  function write(input, value) {
    if (!input || input.value === value) { return; }
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  roles.picker = function (map, config) {
    var lon = byId(config.lon_id), lat = byId(config.lat_id), words = map.petabukti.labels, marker = null, writing = false;

    function put(latlng, fromInputs) {
      latlng = latlng.wrap();
      if (!marker) {
        marker = L.marker(latlng, { icon: pin("peta-pin-pilih"), draggable: true, autoPan: true, title: words.pin, alt: words.pin }).addTo(map);
        marker.on("dragend", function () { put(marker.getLatLng()); });
        marker.getElement().addEventListener("keydown", nudge);
      }
      marker.setLatLng(latlng);
      if (!fromInputs) {
        writing = true;
        write(lon, latlng.lng.toFixed(6));
        write(lat, latlng.lat.toFixed(6));
        writing = false;
      }
      announce(map, "picked", { lon: latlng.lng, lat: latlng.lat });
    }

    function nudge(event) {
      var step = { ArrowUp: [0, -8], ArrowDown: [0, 8], ArrowLeft: [-8, 0], ArrowRight: [8, 0] }[event.key];
      if (!step) { return; }
      event.preventDefault();
      event.stopPropagation();
      put(map.layerPointToLatLng(map.latLngToLayerPoint(marker.getLatLng()).add(event.shiftKey ? [step[0] / 8, step[1] / 8] : step)));
    }

    function fromInputs(event) {
      if (writing) { return; }
      var x = inputNumber(lon, 180), y = inputNumber(lat, 90);
      if (x === null || y === null) {
        if (marker) { marker.remove(); marker = null; }
        return;
      }
      put(L.latLng(y, x), true);
      if (!event || !map.getBounds().contains(marker.getLatLng())) { map.setView(marker.getLatLng(), Math.max(map.getZoom(), 15)); }
    }

    map.on("click", function (event) { put(event.latlng); });
    map.getContainer().addEventListener("keydown", function (event) { // arrows move the map, Enter drops the pin in its middle
      if (event.key === "Enter" && event.target === map.getContainer()) { event.preventDefault(); put(map.getCenter()); }
    });
    [lon, lat].forEach(function (input) { if (input) { input.addEventListener("change", fromInputs); } });
    fromInputs();
  };

  roles.position = function (map, config) {
    var inputs = config.inputs || {}, words = map.petabukti.labels, status = byId(config.status_id), distance = byId(config.distance_id);
    var claim = config.claim ? L.latLng(config.claim[1], config.claim[0]) : null, drawn = null, fitted = false;

    function say(text) { if (status && status.textContent !== text) { status.textContent = text; } }

    function draw(here, accuracy) {
      if (!drawn) {
        drawn = { circle: circleOf(here, accuracy, "peta-galat peta-s-here"), line: claim && L.polyline([here, claim], { className: "peta-jarak", weight: 2, interactive: false, pane: "circles" }),
                  dot: L.circleMarker(here, { radius: 8, weight: 3, pane: "cases", className: "peta-titik peta-s-here" }) };
        drawn.dot.bindTooltip(element("span", "", words.here), { className: "peta-tip" });
        [drawn.circle, drawn.line, drawn.dot].forEach(function (l) { if (l) { l.addTo(map); } });
      }
      drawn.circle.setLatLng(here).setRadius(Math.min(accuracy, 50000));
      drawn.dot.setLatLng(here);
      if (drawn.line) { drawn.line.setLatLngs([here, claim]); }
      if (config.fit && !fitted) {
        fitted = true;
        map.fitBounds((claim ? L.latLngBounds([here, claim]) : drawn.circle.getBounds()).pad(0.3), { maxZoom: 17 });
      }
    }

    function came(fix) {
      var c = fix.coords, here = L.latLng(c.latitude, c.longitude), vague = c.accuracy > config.vague_m;
      draw(here, c.accuracy);
      write(byId(inputs.lon), c.longitude.toFixed(7));
      write(byId(inputs.lat), c.latitude.toFixed(7));
      write(byId(inputs.accuracy), c.accuracy.toFixed(1));
      write(byId(inputs.time), new Date(fix.timestamp).toISOString());
      say(filled(vague ? words.position_vague : words.accuracy, { m: number(c.accuracy) }));
      if (claim && distance) {
        var metres = here.distanceTo(claim);
        distance.textContent = filled(words.distance, { m: number(metres) });
        distance.dataset.metres = metres.toFixed(1);
      }
      announce(map, "position", { lon: c.longitude, lat: c.latitude, accuracy: c.accuracy });
    }

    function failed(why) { // a later fix still counts: the watch goes on after a timeout
      if (why.code === 3 && drawn) { return; }
      say(why.code === 1 ? words.position_denied : why.code === 3 ? words.position_waiting : words.position_unavailable);
    }

    if (!navigator.geolocation || !window.isSecureContext) { say(words.position_unavailable); return; }
    say(words.position_waiting);
    navigator.geolocation.watchPosition(came, failed, { enableHighAccuracy: true, maximumAge: 0, timeout: 30000 });
  };

  // For further files of roles: titik.js, petak.js, terlihat.js.
  var tools = { element: element, filled: filled, number: number, ownPath: ownPath, word: word, get: get, notice: notice, legend: legend, caseBox: caseBox, circleOf: circleOf };
  window.petabukti = { prepare: prepare, addLayer: addLayer, reshade: reshade, maps: maps, roles: roles, tools: tools };
})();
