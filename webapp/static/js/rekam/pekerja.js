/* The service worker: the pages of capture and of the field open without a network, and what waits is sent when there is one again.
 *
 * `SHELL` stands before this file: { version, locale, shells: {path: {id, en}}, away: {id, en}, files }. A version is installed whole or not at
 * all, so that a page never meets another version's script. Nothing of a person is ever kept here.
 */
(function (self) {
  "use strict";

  const NAME = "petabukti-rekam-" + SHELL.version;
  const SYNC = "petabukti-kirim";
  const DOORS = new Set(["/keluar", "/masuk"]);   // who passes them may be somebody else: the queue is closed until it is known

  self.addEventListener("install", (event) => {
    event.waitUntil(install());
    self.skipWaiting();   // a page that is open has its scripts already
  });

  async function install() {
    const cache = await caches.open(NAME);
    await Promise.all([...Object.values(SHELL.shells).flatMap(Object.values), ...Object.values(SHELL.away), ...SHELL.files].map(async (address) => {
      const named = SHELL.files.includes(address);   // with its version: what the page has fetched already is the same
      const answer = await fetch(address, { credentials: "omit", cache: named ? "default" : "no-store" });
      if (!answer.ok) { throw new Error(`${address}: ${answer.status}`); }
      await cache.put(address, answer);
    }));
  }

  self.addEventListener("activate", (event) => event.waitUntil(activate()));

  async function activate() {
    for (const name of await caches.keys()) {
      if (name.startsWith("petabukti-rekam-") && name !== NAME) { await caches.delete(name); }
    }
    await self.clients.claim();
  }

  self.addEventListener("fetch", (event) => {
    const { request } = event, address = new URL(request.url);
    if (request.method === "POST" && DOORS.has(address.pathname)) { event.waitUntil(petabukti.antrean.setMeta("closed", true)); }
    if (request.method !== "GET" || address.origin !== self.location.origin) { return; }
    if (request.mode === "navigate") {
      event.respondWith(address.pathname in SHELL.shells ? shell(address.pathname) : fetch(request).catch(away));
    } else if (SHELL.files.includes(address.pathname + address.search)) {
      event.respondWith(kept(request));
    }
  });

  async function inTheirLanguage(pages) {
    let locale;
    try { locale = await petabukti.antrean.meta("locale"); } catch { /* the first time there is none */ }
    return (await caches.open(NAME)).match(pages[locale] || pages[SHELL.locale]);
  }

  const shell = async (path) => await inTheirLanguage(SHELL.shells[path]) || fetch(path);
  const away = async () => await inTheirLanguage(SHELL.away) || Response.error();

  async function kept(request) {
    return await (await caches.open(NAME)).match(request) || fetch(request);
  }

  self.addEventListener("sync", (event) => {
    if (event.tag === SYNC) { event.waitUntil(deliver()); }
  });

  async function deliver() {
    const { why } = await petabukti.pengirim.send(false);
    if (why === "network" || why === "server") { throw new Error(why); }   // the browser asks again later
  }
})(self);
