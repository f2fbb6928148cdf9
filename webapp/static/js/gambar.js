/* Pictures that are still being made appear by themselves, without a reload that would lose what is being typed.
 * Lists marked data-gambar name the address that says which photos have theirs. Without this file a reload shows them.
 */
(function () {
  "use strict";

  const FIRST_MS = 1500, LONGEST_MS = 15000;

  function settle(list, item, ready) {
    const words = item.querySelector("[data-gambar-menunggu]");
    item.removeAttribute("data-foto");
    if (!ready) { words.textContent = list.dataset.gambarHilang; return; }
    const picture = item.querySelector("img"), address = new URL(picture.src);
    address.searchParams.set("siap", "1");  // the browser has the stand-in under the plain one
    picture.src = address.href;
    words.remove();
  }

  function allThere() {
    const gap = document.querySelector("#kurang [data-code=pictures]");
    if (!gap || document.querySelector("[data-foto]")) { return; }
    const gaps = gap.parentElement;
    gap.remove();
    if (!gaps.children.length) { gaps.closest(".notice").remove(); }
  }

  async function look(list) {
    const answer = await fetch(list.dataset.gambar, { headers: { Accept: "application/json" } });
    if (!answer.ok) { throw new Error(answer.statusText); }
    const known = await answer.json();
    list.querySelectorAll("[data-foto]").forEach((item) => {
      const id = Number(item.dataset.foto);
      if (!known.waiting.includes(id)) { settle(list, item, known.ready.includes(id)); }
    });
    allThere();
  }

  function follow(list, pause) {
    setTimeout(async () => {
      if (!document.hidden) {
        try { await look(list); } catch { /* no network for a moment: asked again */ }
      }
      if (list.querySelector("[data-foto]")) { follow(list, Math.min(pause * 1.5, LONGEST_MS)); }
    }, pause);
  }

  document.querySelectorAll("[data-gambar]").forEach((list) => follow(list, FIRST_MS));
})();
