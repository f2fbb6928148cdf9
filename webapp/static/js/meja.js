/* The desk by hand and by keyboard: the photo in its frame, thumbnails, keys. Without this file the photo is a link to
 * the large picture, thumbnails are links, and every verdict a form that folds open.
 */
(function () {
  "use strict";

  const MOST = 8, STEP = 1.4, PAN = 60;
  const news = document.querySelector("[data-kabar]");

  function say(text) { if (news) { news.textContent = text; } }

  document.documentElement.classList.add("tombol");
  document.querySelectorAll("[data-tombol-saja]").forEach((one) => { one.hidden = false; });

  /* ---- the photo -------------------------------------------------------------------------------------------- */

  const box = document.querySelector("[data-foto-meja]");
  const sheets = box ? [...box.querySelectorAll("[data-foto]")] : [];
  let view = { scale: 1, x: 0, y: 0 };

  function current() { return sheets.find((one) => !one.hidden); }
  function frame() { return current() && current().querySelector("[data-bingkai]"); }

  function draw() {
    const here = frame(), wide = here.clientWidth, high = here.clientHeight;
    view.x = Math.min(0, Math.max(wide * (1 - view.scale), view.x));
    view.y = Math.min(0, Math.max(high * (1 - view.scale), view.y));
    here.querySelector("img").style.transform = view.scale === 1 ? "" : "translate(" + view.x + "px, " + view.y + "px) scale(" + view.scale + ")";
    here.classList.toggle("besar", view.scale > 1);
    box.dataset.skala = view.scale.toFixed(2);
    box.querySelector("[data-persen]").textContent = Math.round(view.scale * 100) + " %";
  }

  function zoom(factor, at) { // `at`: a point of the frame that stays where it is
    const here = frame();
    if (!here) { return; }
    const x = at ? at.x : here.clientWidth / 2, y = at ? at.y : here.clientHeight / 2;
    const scale = Math.min(MOST, Math.max(1, view.scale * factor)), grown = scale / view.scale;
    view = { scale: scale < 1.02 ? 1 : scale, x: x - (x - view.x) * grown, y: y - (y - view.y) * grown };
    draw();
  }

  function zoomAndSay(factor) {
    if (!box) { return; }
    zoom(factor);
    say(box.dataset.kabarBesar.replace("{p}", String(Math.round(view.scale * 100))));
  }

  function pan(x, y) { view.x += x; view.y += y; draw(); }

  function show(id) {
    const wanted = sheets.find((one) => one.dataset.foto === String(id));
    if (!wanted) { return false; }
    sheets.forEach((one) => { one.hidden = one !== wanted; });
    box.querySelectorAll("[data-foto-data]").forEach((one) => { one.hidden = one.dataset.fotoData !== wanted.dataset.foto; });
    box.querySelectorAll(".bingkai-pilih [data-foto-ke]").forEach((one) => {
      if (one.dataset.fotoKe === wanted.dataset.foto) { one.setAttribute("aria-current", "true"); } else { one.removeAttribute("aria-current"); }
    });
    view = { scale: 1, x: 0, y: 0 };
    draw();
    const words = { n: sheets.indexOf(wanted) + 1, total: sheets.length, nama: wanted.dataset.nama };
    say(box.dataset.kabarFoto.replace(/\{(\w+)\}/g, (whole, key) => key in words ? String(words[key]) : whole));
    return true;
  }

  function turn(step) {
    if (sheets.length < 2) { return; }
    show(sheets[(sheets.indexOf(current()) + step + sheets.length) % sheets.length].dataset.foto);
  }

  function within(here, event) {
    const edge = here.getBoundingClientRect();
    return { x: event.clientX - edge.left, y: event.clientY - edge.top };
  }

  function hold(here) { // one finger or the mouse moves, two fingers pinch, a tap comes closer
    const fingers = new Map();
    let moved = false, apart = 0;
    here.addEventListener("dragstart", (event) => event.preventDefault());
    here.addEventListener("wheel", (event) => {
      if (event.deltaY > 0 && view.scale === 1) { return; } // nothing to shrink: the page goes on
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0025)), within(here, event));
    }, { passive: false });
    here.addEventListener("pointerdown", (event) => {
      if (event.button) { return; }
      fingers.set(event.pointerId, within(here, event));
      moved = fingers.size > 1;
      apart = 0;
      if (view.scale > 1 || fingers.size > 1) { here.setPointerCapture(event.pointerId); }
    });
    here.addEventListener("pointermove", (event) => {
      const was = fingers.get(event.pointerId), now = within(here, event);
      if (!was) { return; }
      fingers.set(event.pointerId, now);
      if (fingers.size === 2) {
        const [a, b] = [...fingers.values()], gap = Math.hypot(a.x - b.x, a.y - b.y);
        if (apart) { zoom(gap / apart, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }); }
        apart = gap;
        moved = true;
        return;
      }
      if (Math.hypot(now.x - was.x, now.y - was.y) > 2) { moved = true; }
      if (view.scale > 1) { here.classList.add("digeser"); pan(now.x - was.x, now.y - was.y); }
    });
    const gone = (event) => { fingers.delete(event.pointerId); apart = 0; if (!fingers.size) { here.classList.remove("digeser"); } };
    ["pointerup", "pointercancel", "pointerleave"].forEach((name) => here.addEventListener(name, gone));
    here.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) { return; } // a tab of its own, as any link
      event.preventDefault();
      if (moved && event.detail) { moved = false; return; }
      const at = event.detail ? within(here, event) : null;
      if (view.scale > 1) { zoom(0); } else { zoom(2.5, at); }
    });
  }

  if (box) {
    sheets.forEach((one) => hold(one.querySelector("[data-bingkai]")));
    draw();
    addEventListener("resize", () => { view = { scale: 1, x: 0, y: 0 }; draw(); });
    const factors = { in: STEP, out: 1 / STEP, fit: 0 };
    box.querySelectorAll("[data-zoom]").forEach((one) => one.addEventListener("click", () => zoomAndSay(factors[one.dataset.zoom])));
    document.querySelectorAll("[data-foto-ke]").forEach((one) => one.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !show(one.dataset.fotoKe)) { return; }
      event.preventDefault();
      box.scrollIntoView({ block: "nearest" });
    }));
  }

  /* ---- keys ------------------------------------------------------------------------------------------------- */

  const sheet = document.getElementById("papan-ketik");
  const help = document.querySelector('[data-tombol="?"]');
  if (help && sheet) { help.addEventListener("click", () => sheet.showModal()); }

  function isTyping(where) {
    return where.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog") !== null;
  }

  function unfold(summary) {
    const fold = summary.parentElement;
    fold.open = true;
    const field = fold.querySelector("select, textarea");
    if (field) { field.focus(); }
    fold.scrollIntoView({ block: "nearest" });
  }

  function press(letter) {
    const button = document.querySelector('[data-tombol="' + letter + '"]');
    if (!button) { return false; }
    if (button.tagName === "SUMMARY") { unfold(button); } else { button.click(); }
    return true;
  }

  function nextSignal() {
    const all = [...document.querySelectorAll("[data-jelaskan]")];
    if (!all.length) { return false; }
    const next = all[(all.indexOf(document.activeElement) + 1) % all.length];
    next.focus();
    next.closest("li").scrollIntoView({ block: "center" });
    return true;
  }

  const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

  function arrow(key) {
    if (!box) { return false; }
    const way = ARROWS[key];
    if (view.scale > 1) { pan(way[0] * PAN, way[1] * PAN); return true; }
    if (!way[0]) { return false; }
    turn(-way[0]);
    return sheets.length > 1;
  }

  const SAME = { j: "n", k: "p" };
  const ZOOMS = { "+": STEP, "=": STEP, "-": 1 / STEP, "0": 0 };

  function act(key, where, repeated) {
    const onMap = where.closest(".leaflet-container") !== null;
    if (key in ARROWS) { return !onMap && !where.closest(".setempat, .sekitar") && arrow(key); }
    if (key in ZOOMS) { if (!onMap) { zoomAndSay(ZOOMS[key]); } return !onMap; }
    if (repeated) { return false; }
    if (key === "s") { return nextSignal(); }
    return /^[a-z?]$/.test(key) && press(SAME[key] || key);
  }

  addEventListener("keydown", (event) => {
    const where = event.target instanceof Element ? event.target : document.body;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.key === "Escape") { close(where); return; }
    if (isTyping(where) || (event.shiftKey && !["?", "+"].includes(event.key))) { return; }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (act(key, where, event.repeat)) { event.preventDefault(); }
  });

  function close(where) {
    const fold = where.closest("details[open]");
    if (!fold || !fold.querySelector("form")) { return; }
    fold.open = false;
    fold.querySelector("summary").focus();
  }

  /* In the forms of the desk Enter sends, as it does in a line; Shift+Enter begins a new one. */
  document.querySelectorAll("form[data-enter] textarea").forEach((field) => field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) { return; }
    event.preventDefault();
    if (!event.repeat) { field.form.requestSubmit(); }
  }));
})();
