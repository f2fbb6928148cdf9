/* The field: distances from where the phone is, and forms that wait for its position. Listens to peta.js, which follows
 * the position and announces "petabukti:position" (lon, lat, accuracy). */
(function () {
  "use strict";

  var NEAR_M = 1000;
  var list = document.querySelector("[data-distances]"), nearest = document.querySelector("[data-nearest]");

  function byId(id) { return document.getElementById(id); }

  /* ---- the list: how far each case is -------------------------------------------------------------------------- */

  function metresBetween(a, b) { // on a sphere: for a list, half a percent is nothing
    var rad = Math.PI / 180, dLat = (b.lat - a.lat) * rad, dLon = (b.lon - a.lon) * rad;
    var h = Math.pow(Math.sin(dLat / 2), 2) + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.pow(Math.sin(dLon / 2), 2);
    return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
  }

  function inWords(metres) {
    var far = metres >= NEAR_M, value = far ? metres / 1000 : metres;
    var format = new Intl.NumberFormat(document.documentElement.lang || "id", { maximumFractionDigits: far && value < 10 ? 1 : 0 });
    return format.format(value) + (far ? "\u00a0km" : "\u00a0m");
  }

  function cells() { return Array.from(list.querySelectorAll("[data-lon]")); }

  function measure(here) {
    cells().forEach(function (cell) {
      var metres = metresBetween(here, { lon: Number(cell.dataset.lon), lat: Number(cell.dataset.lat) });
      cell.dataset.metres = metres.toFixed(0);
      cell.textContent = list.dataset.distances.replace("{m}", inWords(metres));
    });
    if (nearest && cells().length > 1) { nearest.hidden = false; }
  }

  function sortByDistance() { // asked for by a button: rows must not move under a thumb
    function of(row) { var cell = row.querySelector("[data-metres]"); return cell ? Number(cell.dataset.metres) : Infinity; }
    var body = list.querySelector("tbody");
    Array.from(body.rows).sort(function (a, b) { return of(a) - of(b); }).forEach(function (row) { body.append(row); });
  }

  if (list) {
    addEventListener("petabukti:position", function (event) { measure(event.detail); });
    if (nearest) { nearest.addEventListener("click", sortByDistance); }
  }

  /* ---- the visit: no check-in without a fix, and the photo carries the fix of its moment ------------------------- */

  var form = document.querySelector("form[data-needs-fix]"), photos = document.querySelector("form[data-copies-fix]");

  function hasFix() { return ["lon", "lat", "accuracy_m", "fix_at"].every(function (id) { return byId(id) && byId(id).value !== ""; }); }

  if (form) {
    var button = form.querySelector("button"), why = form.querySelector("[data-why]");
    var ready = function () {
      button.setAttribute("aria-disabled", hasFix() ? "false" : "true");
      if (hasFix()) { why.hidden = true; }
    };
    ready();
    addEventListener("petabukti:position", ready);
    form.addEventListener("submit", function (event) {
      if (hasFix()) { return; }
      event.preventDefault(); // the server would refuse as well, after a round trip over a poor line
      why.hidden = false;
    });
  }
  if (photos) {
    photos.addEventListener("submit", function () {
      photos.querySelectorAll("[data-copy]").forEach(function (input) { input.value = byId(input.dataset.copy) ? byId(input.dataset.copy).value : ""; });
    });
  }
})();
