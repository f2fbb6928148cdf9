/* What stands at one point of the map, as a popup: one case as itself, several as a list. Asked by fetch with a tiny ?bbox=,
 * so that it is whole whatever is drawn or listed. For petak.js and terlihat.js, after peta.js.
 */
(function () {
  "use strict";

  var tools = window.petabukti.tools, element = tools.element, ownPath = tools.ownPath, TOUCH = 1e-6; // degrees: 10 cm around a point

  function listOf(map, features) { // several at one point: each with its link
    var box = element("div", "peta-bukti peta-tumpuk"), list = element("ul");
    box.appendChild(element("strong", "", tools.filled(map.petabukti.labels.stack, { n: tools.number(features.length) })));
    features.forEach(function (feature) {
      var p = feature.properties, line = list.appendChild(element("li")), href = ownPath(p.href);
      var name = line.appendChild(element(href ? "a" : "span", "", p.name));
      if (href) { name.href = href; }
      if (p.state) { line.appendChild(element("span", "peta-keadaan peta-s-" + tools.word(p.state_class), p.state)); }
    });
    box.appendChild(list);
    return box;
  }

  /* `opener`: what had the focus and gets it back, where it was opened by keyboard. */
  tools.openSpot = function (map, config, p, opener) {
    var at = L.latLng(p.lat, p.lon), box = [p.lon - TOUCH, p.lat - TOUCH, p.lon + TOUCH, p.lat + TOUCH];
    var address = config.list + (config.list.indexOf("?") < 0 ? "?" : "&") + "bbox=" + box.map(function (v) { return v.toFixed(7); }).join(",") + "&zoom=22";
    tools.get(address).then(function (data) {
      var found = data.features || [], ring = p.accuracy_m > 0 ? tools.circleOf(at, p.accuracy_m, "peta-galat peta-s-" + tools.word(p.state)) : null;
      if (!found.length) { return; }
      var shown = found.length === 1 ? tools.caseBox(map, found[0].properties) : listOf(map, found);
      var popup = L.popup({ maxWidth: 280, maxHeight: 300, className: "peta-popup" }).setLatLng(at).setContent(function () { return shown; });
      map.petabukti.opener = opener || null;
      popup.openOn(map);
      if (ring) { ring.addTo(map); popup.on("remove", function () { ring.remove(); }); }
    }).catch(function () { tools.notice(map, config.role, map.petabukti.labels.load_failed, function () { tools.openSpot(map, config, p, opener); }); });
  };
})();
