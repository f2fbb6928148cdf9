/* An import: files go over the wire (tus 1.0) piece by piece, with a bar for all and a line for each; then the page
 * follows the worker that opens them. Without this file the plain form and a reload do the same.
 */
(function () {
  "use strict";

  const PIECE = 1024 * 1024, LANES = 2, FIRST_MS = 1000, LONGEST_MS = 30000;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const form = document.querySelector("form[data-impor]");
  let typed = false;

  /* A number made of what tells a file from others: chosen again after a break, it goes on where it was. No secret
   * hangs on it, and the browser's own digests are for secure addresses alone (cyrb128 by bryc, public domain). */
  function numberOf(text) {
    let a = 1779033703, b = 3144134277, c = 1013904242, d = 2773480762;
    for (let i = 0; i < text.length; i += 1) {
      const k = text.charCodeAt(i);
      a = b ^ Math.imul(a ^ k, 597399067);
      b = c ^ Math.imul(b ^ k, 2869860233);
      c = d ^ Math.imul(c ^ k, 951274213);
      d = a ^ Math.imul(d ^ k, 2716044179);
    }
    a = Math.imul(c ^ (a >>> 18), 597399067);
    b = Math.imul(d ^ (b >>> 22), 2869860233);
    c = Math.imul(a ^ (c >>> 17), 951274213);
    d = Math.imul(b ^ (d >>> 19), 2716044179);
    const hex = [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a].map((part) => (part >>> 0).toString(16).padStart(8, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /* ---- sending ---- */

  const { tus } = petabukti;
  const queue = [], pace = { bytes: PIECE, took() {}, broke() {} };   // a desk's line, and few breaks
  let lanes = 0, token = null;

  async function fresh() {
    const answer = await tus.ask(form.dataset.kunci, { headers: { Accept: "application/json" } });
    token = (await tus.json(answer)).csrf;
  }

  async function goOn(one) {
    if (token === null) { await fresh(); }
    const told = { id: one.id, purpose: "import", import: form.dataset.impor, filename: one.path, filetype: one.file.type };
    await tus.send(one.file, one.file.size, told, token, pace, (at, sent) => {
      one.came = at;
      if (sent) { one.tries = 0; }
      show(one);
    });
  }

  /* Why it is given up for good, in words; nothing where it may be better in a while. */
  function givenUp(failed) {
    if (failed instanceof tus.Refused || failed.code === "store_full") { return failed.words || failed.code; }
    if (failed.why === "signin") { return form.dataset.masuk; }
    if (failed instanceof tus.Stop) { return null; }
    throw failed;
  }

  async function send(one) {
    for (;;) {
      try {
        await goOn(one);
        one.state = "tiba";
        break;
      } catch (failed) {
        const why = givenUp(failed);
        if (why) { one.state = "gagal"; one.why = why; break; }
        token = failed.code === "csrf_failed" ? null : token;
        one.tries += 1;
        one.state = "putus";
        show(one);
        await pause(Math.min(FIRST_MS * 2 ** one.tries, LONGEST_MS));
        one.state = "kirim";
      }
    }
    show(one);
  }

  async function work() {
    lanes += 1;
    for (let one = queue.find((each) => each.state === "antre"); one; one = queue.find((each) => each.state === "antre")) {
      one.state = "kirim";
      await send(one);
    }
    lanes -= 1;
    if (!lanes) { follow(); }
  }

  /* ---- showing ---- */

  const box = document.querySelector("[data-kiriman]");
  const words = (one) => ({
    antre: form.dataset.antre, putus: form.dataset.tunggu, tiba: form.dataset.tiba,
    gagal: `${form.dataset.gagal}: ${one.why}`,
  })[one.state] || `${Math.floor(100 * one.came / one.file.size)}%`;

  function line(one) {
    one.line = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = one.path;
    one.words = document.createElement("span");
    one.bar = document.createElement("progress");
    one.bar.max = one.file.size;
    one.bar.setAttribute("aria-label", one.path);
    one.line.append(name, one.words, one.bar);
    box.querySelector("[data-kiriman-daftar]").append(one.line);
  }

  function show(one) {
    one.words.textContent = words(one);
    one.words.className = one.state;
    one.bar.value = one.came;
    one.bar.hidden = one.state === "tiba" || one.state === "gagal";
    const sum = (of) => queue.reduce((all, each) => all + of(each), 0);
    const all = box.querySelector("[data-kiriman-semua]");
    all.max = sum((each) => each.file.size);
    all.value = sum((each) => (each.state === "gagal" ? each.file.size : each.came));
    const told = form.dataset.jumlah.replace("{a}", sum((each) => Number(each.state === "tiba"))).replace("{b}", queue.length);
    const count = box.querySelector("[data-kiriman-jumlah]");
    if (count.textContent !== told) { count.textContent = told; }
  }

  function take(files) {
    box.hidden = false;
    for (const file of files) {
      const path = file.webkitRelativePath || file.name;
      if (!file.size || /(^|\/)(\.|__MACOSX)/.test(path)) { continue; }
      const id = numberOf([form.dataset.impor, path, file.size, file.lastModified].join("\n"));
      const before = queue.find((each) => each.id === id);
      if (before && before.state !== "gagal") { continue; }
      if (before) { Object.assign(before, { file, state: "antre", tries: 0 }); show(before); continue; }
      const one = { id, path, file, came: 0, tries: 0, state: "antre" };
      queue.push(one);
      line(one);
      show(one);
    }
    token = null;
    while (lanes < LANES && queue.some((each) => each.state === "antre")) { work(); }
  }

  if (form) {
    form.querySelector("[data-tanpa-skrip]").hidden = true;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => {
      event.stopPropagation();
      const files = Array.from(event.target.files);
      event.target.value = "";
      take(files);
    });
    addEventListener("beforeunload", (event) => { if (lanes) { event.preventDefault(); } });
  }

  /* ---- following the worker ---- */

  const correction = document.querySelector("form[data-koreksi]");
  if (correction) {
    correction.addEventListener("input", () => { typed = true; });
    /* A large pile is made in several steps: the server says that there is more. */
    const make = correction.querySelector("button[value=buat]");
    if (make && "lanjut" in correction.dataset) { correction.requestSubmit(make); }
  }

  function fold(state) {
    const state_box = document.querySelector("[data-keadaan]");
    const text = state_box && state_box.querySelector("[data-keadaan-kata]");
    if (!text) { return; }
    text.textContent = state.words;
    const bar = state_box.querySelector("[data-keadaan-bilah]");
    bar.max = Math.max(state.total, 1);
    bar.value = state.done;
  }

  /* The page is shown anew once everything is opened; not while somebody types, and not while files are still sent. */
  async function follow() {
    const address = location.pathname.replace(/\/$/, "") + "/keadaan";
    const shown = document.querySelector("[data-keadaan-kata]") !== null;
    for (let ms = FIRST_MS; ; ms = Math.min(ms * 1.3, 5000)) {
      try {
        const answer = await fetch(address, { headers: { Accept: "application/json" } });
        if (!answer.ok || answer.redirected) { return; }
        const state = await answer.json();
        fold(state);
        if (lanes) { return; }  // whoever sends last follows
        const stays = typed || queue.some((each) => each.state === "gagal");
        if (!stays && (!state.opening || !shown)) { location.reload(); return; }
        if (!state.opening) { return; }
      } catch { /* no network for a moment: asked again */ }
      await pause(ms);
    }
  }

  const waiting = document.querySelector("[data-dibuka]");
  if (waiting && Number(waiting.dataset.dibuka) > 0) { follow(); }
})();
