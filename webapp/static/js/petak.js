/* Cases as vector tiles on a canvas, for the maps of regions: peta.js loads this file, after VectorGrid and titik.js, for its role
 * "tiles_of_cases" when somebody has zoomed in. Layer "kasus" has single cases (n of them at one very point), layer "sel"
 * numbers by cells where a tile would hold too many. What people typed comes by fetch and goes through textContent.
 */
(function () {
  "use strict";

  var tools = window.petabukti.tools, element = tools.element;
  var watched = []; // [start of the addresses, what to do when a tile does not come]

  /* leaflet.vectorgrid 1.3.0 was written for an older Leaflet: a click asks for a function that is gone, and small
   * points are taken for markers. */
  L.DomEvent.fakeStop = L.DomEvent.fakeStop || function () {};
  var createLayer = L.VectorGrid.prototype._createLayer;
  L.VectorGrid.include({
    _createLayer: function () {
      var made = createLayer.apply(this, arguments);
      if (made && made.getLatLng) { made.getLatLng = null; }
      return made;
    }
  });

  /* At half zooms tiles are drawn larger or smaller than they are: where they were hit is told by the canvas itself. */
  var offset = L.Canvas.Tile.prototype.getOffset, heard = null, heeding = {};
  ["_onClick", "_onMouseMove"].forEach(function (name) {
    var plain = L.Canvas.Tile.prototype[name];
    heeding[name] = function (event) {
      heard = event;
      try { return plain.call(this, event); } finally { heard = null; }
    };
  });
  heeding.getOffset = function () {
    if (!heard) { return offset.call(this); }
    var box = this._container.getBoundingClientRect(), scale = box.width / this._size.x;
    var hit = L.point(heard.clientX - box.left, heard.clientY - box.top).divideBy(scale);
    return this._map.mouseEventToLayerPoint(heard).subtract(hit);
  };
  L.Canvas.Tile.include(heeding);

  /* It also takes a tile that failed for an empty one. Nobody shall read "nothing here" from a session that is over. */
  var plainFetch = window.fetch;
  window.fetch = function (asked) {
    var told = watched.filter(function (one) { return String(asked).indexOf(one.start) === 0; })[0];
    var coming = plainFetch.apply(window, arguments);
    if (!told) { return coming; }
    return coming.then(function (answer) {
      var over = answer.status === 401 || answer.redirected;
      if (answer.ok && !over) { return answer; }
      told.failed(over);
      return new Response(null, { status: over ? 401 : answer.status });
    }, function () {
      told.failed(false);
      return new Response(null, { status: 503 });
    });
  };

  function colours() { // of the page's own style sheet, light or dark
    var known = {}, probe = document.body.appendChild(element("span"));
    probe.hidden = true;
    return function (state) {
      if (!known[state]) {
        probe.className = "peta-s-" + tools.word(state);
        probe.style.color = "var(--peta-c, var(--neutral))";
        known[state] = getComputedStyle(probe).color;
      }
      return known[state];
    };
  }

  function styles(colour) {
    var sure = { A: 0.9, B: 0.9, C: 0.6, D: 0.35 }; // the less a position can be trusted, the paler
    return {
      kasus: function (p) {
        var c = colour(p.state);
        return { radius: p.n > 1 ? 8 : 6, weight: p.n > 1 ? 3 : 1.5, color: c, fill: true, fillColor: c, fillOpacity: sure[p.grade] || 0.6, opacity: 1 };
      },
      sel: function (p) {
        var c = colour("");
        return { radius: 3 + 3 * Math.log10(p.n + 1), weight: 1, color: c, fill: true, fillColor: c, fillOpacity: 0.55, opacity: 1 };
      }
    };
  }

  function passOn(map, hit) { // the canvas lies over the regions: a click beside every mark is theirs
    map.getContainer().addEventListener("click", function (point) { // Leaflet itself hears no click on a canvas
      var dragged = map.dragging && map.dragging.moved();
      if (dragged || point === hit() || !(point.target instanceof HTMLCanvasElement)) { return; }
      var below = document.elementsFromPoint(point.clientX, point.clientY).filter(function (one) { return one.classList.contains("peta-wilayah"); })[0];
      if (below) { below.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, clientX: point.clientX, clientY: point.clientY })); }
    });
  }

  window.petabukti.roles.canvas = function (map, config) {
    var drawn = null, hit = null, words = map.petabukti.labels, start = config.url.split("{z}")[0];
    watched.push({ start: start, failed: function (over) { tools.notice(map, config.role, over ? words.session_ended : words.load_failed, over ? null : draw); } });

    function draw() {
      if (drawn) { drawn.remove(); }
      drawn = L.vectorGrid.protobuf(config.url, {
        // Tiles are those of the nearest whole zoom; Leaflet takes them away again below the very zoom said here.
        rendererFactory: L.canvas.tile, interactive: true, minZoom: config.from - 0.5, maxZoom: map.getMaxZoom(), pane: "cases",
        fetchOptions: { credentials: "same-origin" }, vectorTileLayerStyles: styles(colours())
      });
      drawn.on("click", function (event) {
        var p = event.layer.properties;
        hit = event.originalEvent;
        if (p.lon === undefined) { map.setView(event.latlng, Math.min(map.getZoom() + 2, map.getMaxZoom())); } else { tools.openSpot(map, config, p); }
      });
      drawn.addTo(map);
    }

    passOn(map, function () { return hit; });
    draw();
    if (window.matchMedia) { window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw); }
  };
})();
