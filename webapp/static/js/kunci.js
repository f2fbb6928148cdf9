/* How long a lock still runs, told on the desk and in the queue. Time is counted from the server's own, so that a wrong
 * clock of this machine does not matter. On the own desk: a warning two minutes before the end, and an extension that
 * keeps what is being typed. Without this file the end stands there as a time of day.
 */
(function () {
  "use strict";

  const SOON_MS = 120000, COUNTED_MS = 7200000; // longer ones are no countdown
  const born = performance.now();
  const lines = document.querySelectorAll("[data-kunci]"), form = document.querySelector("[data-perpanjang]");

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

  function told(line, rest, stage) {
    const trouble = line.dataset.galat ? " · " + line.dataset.galat : "";
    return plain(line, rest, stage) + trouble;
  }

  function plain(line, rest, stage) {
    if (stage === "habis") { return "milik" in line.dataset ? line.dataset.habis : line.dataset.habisLain || ""; }
    const count = rest <= COUNTED_MS ? line.dataset.sisa.replace("{t}", clock(rest)) : "";
    return stage === "hampir" && "milik" in line.dataset ? count + " · " + line.dataset.hampir : count;
  }

  function show(line) {
    const rest = left(line), stage = rest <= 0 ? "habis" : rest <= SOON_MS ? "hampir" : "";
    line.querySelector("[data-kunci-sisa]").textContent = told(line, rest, stage);
    if (line.dataset.tahap === stage) { return; }
    line.dataset.tahap = stage;
    line.classList.toggle("hampir", stage === "hampir");
    line.classList.toggle("habis", stage === "habis");
    if (!("milik" in line.dataset)) { return; }
    if (stage) { say(line.dataset[stage]); }
    if (form) { // the same form extends the time and, once it has run out, takes the case again
      form.querySelector("span").textContent = stage === "habis" ? line.dataset.lagi : form.dataset.kata;
      form.querySelector("button").className = stage === "habis" ? "btn primary" : "btn quiet";
    }
  }

  /* The same form as without script, sent from here: the page stays, with all that was typed. */
  async function extend(event) {
    const line = document.querySelector("[data-kunci][data-milik]");
    if (!line) { return; }
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-kunci][data-milik]"), refusal = page.querySelector("[role=alert] p + p, [role=alert] p");
      if (!answer.ok || !fresh) { refuse(line, refusal ? refusal.textContent : line.dataset.gagal); return; }
      line.dataset.sampai = fresh.dataset.sampai;
      line.dataset.sekarang = fresh.dataset.sekarang;
      line.dataset.lahir = String(performance.now());
      delete line.dataset.galat;
      line.querySelector("span").firstChild.textContent = fresh.querySelector("span").firstChild.textContent;
      show(line);
      say(line.dataset.baru);
    } catch { refuse(line, line.dataset.gagal); }
  }

  function refuse(line, words) { // somebody else has it, the session has ended, no network: what is typed stays
    line.dataset.galat = words;
    show(line);
    say(words);
  }

  if (form) { form.dataset.kata = form.querySelector("span").textContent; form.addEventListener("submit", extend); }
  function all() { lines.forEach(show); }
  if (lines.length) { all(); setInterval(all, 1000); }
})();
