/* Distances and directions on a sphere: over a day's ground half a percent is nothing. */
(function () {
  "use strict";

  const RADIUS_M = 6371008.8, RAD = Math.PI / 180, NEAR_M = 1000;
  const { number } = petabukti.alat;

  petabukti.ukur = {
    metres(a, b) {
      const dLat = (b.lat - a.lat) * RAD, dLon = (b.lon - a.lon) * RAD;
      const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * RAD) * Math.cos(b.lat * RAD) * Math.sin(dLon / 2) ** 2;
      return 2 * RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
    },
    /* Degrees from north, clockwise, in which `b` lies from `a`. */
    bearing(a, b) {
      const dLon = (b.lon - a.lon) * RAD;
      const y = Math.sin(dLon) * Math.cos(b.lat * RAD);
      const x = Math.cos(a.lat * RAD) * Math.sin(b.lat * RAD) - Math.sin(a.lat * RAD) * Math.cos(b.lat * RAD) * Math.cos(dLon);
      return (Math.atan2(y, x) / RAD + 360) % 360;
    },
    inWords: (metres) => metres >= NEAR_M ? `${number(metres / 1000, metres < 10_000 ? 1 : 0)}\u00a0km` : `${number(metres)}\u00a0m`,
    /* One of eight directions, named by `names` from north round the clock, with its degrees. */
    direction(degrees, names) {
      return `${names.split("|")[Math.round(degrees / 45) % 8]} (${number(degrees)}°)`;
    },
    /* How far from the claim "was there" may be: the server's own rule, so that nobody leaves a place in vain. */
    reach: (rules, accuracy, claimed) => rules.radius_m + Math.min(accuracy, rules.vague_m) + Math.min(claimed || 0, rules.vague_m),
  };
})();
