/* Boxes over a photo: drawn with mouse or finger, moved by keyboard, and kept in the number fields below, which alone
   are sent. Without this script the numbers do it. */
(function () {
  "use strict";

  const form = document.querySelector("[data-samar]");
  if (!form) { return; }
  const stage = form.querySelector(".samar-foto"), rows = form.querySelector("tbody"), news = form.querySelector("[data-samar-kabar]");
  const SIDES = ["x", "y", "w", "h"], LEAST = 1, CORNER = 26;
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const round = (value) => Math.round(value * 100) / 100;
  const input = (row, side) => row.querySelector(`[name="${side}"]`);
  const lines = () => [...rows.querySelectorAll("[data-kotak]")];
  const handles = new Map();

  function read(row) {
    const box = {};
    for (const side of SIDES) { box[side] = parseFloat(input(row, side).value.replace(",", ".")); }
    return SIDES.every((side) => isFinite(box[side])) && box.w > 0 && box.h > 0 ? box : null;
  }

  function write(row, box) {
    box.w = clamp(box.w, LEAST, 100);
    box.h = clamp(box.h, LEAST, 100);
    box.x = clamp(box.x, 0, 100 - box.w);
    box.y = clamp(box.y, 0, 100 - box.h);
    for (const side of SIDES) { input(row, side).value = String(round(box[side])); }
    show(row);
  }

  function fill(words, box, number) {
    const said = Object.assign({ n: number }, box);
    return words.replace(/\{(\w)\}/g, (_, key) => String(said[key]));
  }

  function show(row) {
    const box = read(row);
    let handle = handles.get(row);
    if (!box) {
      if (handle) { handle.remove(); handles.delete(row); }
      return;
    }
    if (!handle) {
      handle = document.createElement("button");
      handle.type = "button";
      handles.set(row, handle);
      stage.append(handle);
      handle.addEventListener("keydown", (event) => key(event, row));
      handle.addEventListener("pointerdown", (event) => grab(event, row));
    }
    handle.style.left = `${box.x}%`;
    handle.style.top = `${box.y}%`;
    handle.style.width = `${box.w}%`;
    handle.style.height = `${box.h}%`;
    const kind = row.querySelector("td:last-child").textContent;
    handle.dataset.asal = input(row, "found").value === "hand" ? "" : kind;
    handle.setAttribute("aria-label", fill(form.dataset.kotakKata, Object.assign({ a: kind }, box), lines().indexOf(row) + 1));
  }

  function free() {
    const known = lines().find((row) => !input(row, "w").value && !input(row, "h").value);
    if (known) { return known; }
    const last = lines().at(-1), row = last.cloneNode(true), number = lines().length + 1;
    row.querySelector("th").firstChild.textContent = String(number);
    row.querySelector("td:last-child").textContent = form.dataset.tangan;
    row.querySelector("[name='found']").value = "hand";
    for (const side of SIDES) {
      const field = input(row, side);
      field.value = "";
      field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+/, String(number)));
    }
    rows.append(row);
    watch(row);
    return row;
  }

  function drop(row) {
    for (const side of SIDES) { input(row, side).value = ""; }
    show(row);
    news.textContent = form.dataset.hapus;
    const next = stage.querySelector("button");
    (next || form.querySelector("[data-samar-tambah]")).focus();
  }

  function key(event, row) {
    const box = read(row), step = event.altKey ? 0.2 : 1;
    const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      drop(row);
    } else if (way) {
      event.preventDefault();
      if (event.shiftKey) { box.w += way[0]; box.h += way[1]; } else { box.x += way[0]; box.y += way[1]; }
      write(row, box);
    }
  }

  function at(event) {
    const frame = stage.getBoundingClientRect();
    return [clamp((event.clientX - frame.left) / frame.width * 100, 0, 100), clamp((event.clientY - frame.top) / frame.height * 100, 0, 100)];
  }

  function follow(event, moved) {
    const pointer = event.pointerId;
    function move(next) { if (next.pointerId === pointer) { moved(at(next)); } }
    function end(next) {
      if (next.pointerId !== pointer) { return; }
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
    }
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  }

  function grab(event, row) {
    event.stopPropagation();
    const box = read(row), [x, y] = at(event), frame = event.currentTarget.getBoundingClientRect();
    const sizes = frame.right - event.clientX < CORNER && frame.bottom - event.clientY < CORNER;
    follow(event, ([toX, toY]) => write(row, sizes
      ? { x: box.x, y: box.y, w: Math.min(box.w + toX - x, 100 - box.x), h: Math.min(box.h + toY - y, 100 - box.y) }
      : { x: box.x + toX - x, y: box.y + toY - y, w: box.w, h: box.h }));
  }

  function draw(event) {
    if (event.button > 0 || event.target.closest("button")) { return; }
    event.preventDefault();
    const [x, y] = at(event);
    let row = null;
    follow(event, ([toX, toY]) => {
      const box = { x: Math.min(x, toX), y: Math.min(y, toY), w: Math.abs(toX - x), h: Math.abs(toY - y) };
      if (!row && Math.max(box.w, box.h) >= LEAST) { row = free(); }
      if (row) { write(row, box); }
    });
  }

  function watch(row) {
    for (const side of SIDES) { input(row, side).addEventListener("input", () => show(row)); }
  }

  stage.querySelector("svg").remove();
  stage.classList.add("hidup");
  stage.addEventListener("pointerdown", draw);
  form.querySelector("[data-samar-alat]").hidden = false;
  form.querySelector("[data-samar-tambah]").addEventListener("click", () => {
    const row = free();
    write(row, { x: 40, y: 40, w: 20, h: 20 });
    handles.get(row).focus();
  });
  lines().forEach((row) => { watch(row); show(row); });
})();
