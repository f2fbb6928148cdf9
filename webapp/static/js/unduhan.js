/* How far downloads are, without a reload; when one ends, the page is loaded anew. Without this file there is a link. */
(function () {
  "use strict";

  const FIRST_MS = 1500, LONGEST_MS = 15000;
  const box = document.querySelector("[data-kemajuan]");
  if (!box) { return; }
  const digits = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en" : "id");

  function show(cell, one) {
    if (one.state !== cell.dataset.tahap) { location.reload(); return; }
    const bar = cell.querySelector("progress"), words = cell.querySelector("[data-kata]");
    bar.max = Math.max(one.total, 1);
    bar.value = one.done;
    words.textContent = box.dataset.pola.replace("{a}", digits.format(one.done)).replace("{b}", digits.format(one.total));
  }

  async function look() {
    const answer = await fetch(box.dataset.kemajuan, { headers: { Accept: "application/json" } });
    if (!answer.ok) { throw new Error(answer.statusText); }
    for (const one of await answer.json()) {
      const cell = box.querySelector(`[data-unduhan="${one.id}"]`);
      if (cell) { show(cell, one); }
    }
  }

  function follow(pause) {
    setTimeout(async () => {
      if (!document.hidden) {
        try { await look(); } catch { /* no network for a moment: asked again */ }
      }
      follow(Math.min(pause * 1.3, LONGEST_MS));
    }, pause);
  }

  follow(FIRST_MS);
})();
