/* The phone's position, watched from the moment the page opens, so that it has settled when a photo is taken. */
(function () {
  "use strict";

  const STALE_MS = 2 * 60 * 1000;    // an older position says nothing about this moment
  const FRESH_MS = 10 * 60 * 1000;   // a picked photo older than this was not taken here and now
  const SETTLES_MS = 20 * 1000;      // so long after the shutter a finer position may still be of this photo
  let here = null, count = 0, trouble = null;
  const listeners = [];

  const tell = () => listeners.forEach((listen) => listen(here, trouble));

  petabukti.posisi = {
    STALE_MS, SETTLES_MS,
    /* `listen(fix, trouble)`: a fix is { lon, lat, accuracy, time, count }; trouble "denied", "waiting", "unavailable". */
    follow(listen) {
      listeners.push(listen);
      if (listeners.length > 1) { return; }
      if (!navigator.geolocation || !window.isSecureContext) { trouble = "unavailable"; tell(); return; }
      trouble = "waiting";
      tell();
      navigator.geolocation.watchPosition((fix) => {
        count += 1;
        trouble = null;
        here = { lon: fix.coords.longitude, lat: fix.coords.latitude, accuracy: fix.coords.accuracy, time: fix.timestamp, count };
        tell();
      }, (why) => {
        trouble = why.code === 1 ? "denied" : why.code === 3 ? "waiting" : "unavailable";
        if (trouble !== "denied" && here && Date.now() - here.time < STALE_MS) { trouble = null; }
        tell();
      }, { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 });
    },
    /* Where a photo was taken that is handed over now; null when nobody knows. `pickedAt`: when a picked file was made. */
    at(pickedAt) {
      const now = Date.now();
      if (!here || now - here.time > STALE_MS) { return null; }
      return pickedAt === undefined || Math.abs(now - pickedAt) <= FRESH_MS ? { ...here } : null;
    },
  };
})();
