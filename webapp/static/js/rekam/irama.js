/* When it is sent: at once where there is a network, and again after pauses that grow. Used by every page with a queue.
 *
 * `page` has: meet() → the key of `orang.meet`; busy(is); heard(why, left), told what became of an attempt; settled(),
 * after it; person(), whose queue it is.
 */
(function () {
  "use strict";

  const { antrean: queue, tus, pengirim } = petabukti;
  const BROKE_OFF_MS = 800, PAUSES_MS = [3000, 6000, 12000, 30000, 60000];
  const PICTURES_MS = 2000, LONGEST_MS = 30_000;   // how soon it is asked again whether pictures are there

  petabukti.irama = function (page) {
    let timer = null, pauses = 0, waits = 0, sending = false;

    function soon(milliseconds, asked) {
      clearTimeout(timer);
      timer = setTimeout(() => deliver(asked), milliseconds);
    }

    async function deliver(asked) {
      if (sending) { return; }
      sending = true;
      page.busy(true);
      const before = tus.answered;
      let result = { left: 0, why: "network" };
      try {
        result = await pengirim.send(asked, await page.meet());
      } catch (failed) {
        if (!(failed instanceof tus.Stop)) { throw failed; }
        result = { left: 1, why: failed.why };
      } finally {
        sending = false;
        page.busy(false);
        await settle(result, tus.answered > before);
      }
    }

    /* `alive`: the line broke off, but had led somewhere: it is tried again at once, from where it stands. */
    async function settle({ left, why }, alive) {
      await page.heard(why);
      if (why === null) {
        pauses = 0;
        waits = left ? waits + 1 : 0;
        if (left) { soon(Math.min(PICTURES_MS * 1.3 ** waits, LONGEST_MS)); }
      } else if (why === "network" && alive) {
        soon(BROKE_OFF_MS);
      } else if (why !== "signin" && why !== "wifi") {
        soon(PAUSES_MS[Math.min(pauses++, PAUSES_MS.length - 1)]);
      }
      await page.settled();
      await askForSync();
    }

    /* Where the browser can, its worker sends with the page closed. */
    async function askForSync() {
      const counts = await queue.waiting(), person = page.person();
      if (!person || !counts.get(person.id) || !navigator.serviceWorker) { return; }
      try {
        const worker = await navigator.serviceWorker.getRegistration();
        if (worker && worker.active && worker.sync) { await worker.sync.register("petabukti-kirim"); }
      } catch { /* not allowed here: it is sent when the page is open */ }
    }

    return { soon, settle };
  };
})();
