/* On every page of those who capture or visit: how much still waits on this phone, and a word before signing out.
 * Reads the queue of `antrean.js` without its library, and never makes it: a phone that has none is left alone.
 */
(function () {
  "use strict";

  const NAME = "petabukti", DONE = new Set(["accepted", "same", "removed"]);
  const asked = (request) => new Promise((done, failed) => { request.onsuccess = () => done(request.result); request.onerror = () => failed(request.error); });

  async function waiting() {
    if (!indexedDB.databases || !(await indexedDB.databases()).some((one) => one.name === NAME)) { return 0; }
    const db = await asked(indexedDB.open(NAME));
    try {
      const [photos, records] = await Promise.all(["photos", "cases"].map((name) => asked(db.transaction(name).objectStore(name).getAll())));
      const visits = records.filter((one) => one.kind === "visit" && !one.ended);
      return photos.filter((one) => !DONE.has(one.state)).length + visits.length;
    } finally {
      db.close();
    }
  }

  async function show() {
    const count = await waiting(), entry = document.querySelector(".main-nav :is(a[href='/rekam/'], a[href='/verifikasi/lapangan'])");
    if (!count || !entry) { return; }
    const badge = document.createElement("span");
    badge.className = "count";
    badge.textContent = new Intl.NumberFormat(document.documentElement.lang).format(count);
    entry.append(badge);
  }

  /* What waits stays where it is, but is not sent before its person is back. */
  async function leave(form) {
    let count = 0;
    try { count = await waiting(); } catch { /* no queue that could be read */ }
    if (!count || window.confirm(form.dataset.menunggu.replace("{n}", String(count)))) { form.submit(); }
  }

  document.querySelectorAll("form[data-menunggu]").forEach((form) => form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave(form);
  }));
  show().catch(() => { /* the number is a comfort */ });
})();
