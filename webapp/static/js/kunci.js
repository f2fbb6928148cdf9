/* How long a lock still runs, told on the desk and in the queue. Time is counted from the server's own, so that a wrong
 * clock of this machine does not matter. On the own desk: a warning two minutes before the end, and an extension that
 * keeps what is being typed. Without this file the end stands there as a time of day.
 */
(function () {
  "use strict";

  const SOON_MS = 120000;
  const born = performance.now();

  function left(line) {
    return Date.parse(line.dataset.sampai) - Date.parse(line.dataset.sekarang) - (performance.now() - Number(line.dataset.lahir || born));
  }

  function clock(ms) {
    const seconds = Math.max(0, Math.ceil(ms / 1000));
    return Math.floor(seconds / 60) + "." + String(seconds % 60).padStart(2, "0");
  }

  function say(text) {
    const box = document.querySelector("[data-kabar]");
    if (box) { box.textContent = text; }
  }

  function show(line) {
    const rest = left(line), told = line.querySelector("[data-kunci-sisa]"), stage = rest <= 0 ? "habis" : rest <= SOON_MS ? "hampir" : "";
    told.textContent = rest > 0 ? line.dataset.sisa.replace("{t}", clock(rest)) : "";
    if (line.dataset.tahap === stage) { return; }
    line.dataset.tahap = stage;
    line.classList.toggle("hampir", stage === "hampir");
    line.classList.toggle("habis", stage === "habis");
    if (!("milik" in line.dataset)) {
      if (stage === "habis" && line.dataset.habisLain) { told.textContent = line.dataset.habisLain; }
      return;
    }
    if (stage === "hampir") { told.textContent += " · " + line.dataset.hampir; say(line.dataset.hampir); }
    if (stage === "habis") {
      told.textContent = line.dataset.habis;
      say(line.dataset.habis);
      if (form) { // the same form takes the case again
        form.querySelector("span").textContent = line.dataset.lagi;
        form.querySelector("button").className = "btn primary";
      }
    }
  }

  /* The same form as without script, sent from here: the page stays, with all that was typed. */
  async function extend(event) {
    const form = event.target, line = document.querySelector("[data-kunci][data-milik]");
    if (!line) { return; }
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-kunci][data-milik]");
      if (!answer.ok || !fresh) { window.location.assign(window.location.pathname + window.location.search); return; }
      line.dataset.sampai = fresh.dataset.sampai;
      line.dataset.sekarang = fresh.dataset.sekarang;
      line.dataset.lahir = String(performance.now());
      line.querySelector("span").firstChild.textContent = fresh.querySelector("span").firstChild.textContent;
      form.querySelector("span").textContent = form.dataset.kata;
      form.querySelector("button").className = "btn quiet";
      show(line);
      say(line.dataset.baru);
    } catch { say(line.dataset.gagal); }
  }

  const lines = document.querySelectorAll("[data-kunci]"), form = document.querySelector("[data-perpanjang]");
  if (form) { form.dataset.kata = form.querySelector("span").textContent; form.addEventListener("submit", extend); }
  function all() { lines.forEach(show); }
  if (lines.length) { all(); setInterval(all, 1000); }
})();
