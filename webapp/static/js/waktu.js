/* The slider of the map in time: all figures come once, then a step of the slider or of the playback changes the shades of
 * the map and the table beside it. Without this file the page asks the server for each step by a form and by links.
 */
(function () {
  "use strict";

  const STEP_MS = 1200, CALM_MS = 2500; // who asked for less motion gets fewer changes
  const box = document.querySelector("[data-waktu]");
  if (!box) { return; }
  const range = box.querySelector("input[type=range]"), play = box.querySelector("[data-waktu-putar]");
  const heading = document.getElementById("waktu-kini"), choice = document.querySelector("select[name=bulan]");
  const write = new Intl.NumberFormat(document.documentElement.lang || "id");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let told = null, timer = null;

  function address(search, key) {
    const there = new URL(search, location.href);
    there.searchParams.set("bulan", key);
    return there;
  }

  /* A number leads to the cases behind it, those of this step. */
  function fill(row, values, step) {
    row.querySelectorAll("[data-kelompok]").forEach((cell) => {
      const value = values[told.groups.findIndex((group) => group.key === cell.dataset.kelompok)];
      if (!value) { cell.textContent = write.format(value); return; }
      const link = document.createElement("a"), to = new URL(cell.dataset.href, location.href);
      to.searchParams.set("dari", step.since);
      to.searchParams.set("sampai", step.until);
      link.href = to.href;
      link.textContent = write.format(value);
      cell.replaceChildren(link);
    });
  }

  function unitsSaid() {
    const line = document.querySelector("[data-waktu-unit]"), at = Number(range.value);
    const below = [...document.querySelectorAll("[data-kode]:not([data-sendiri])")].map((one) => told.regions[one.dataset.kode]);
    const silent = below.filter((region) => region && region.values[at][0] === 0).length;
    line.textContent = line.dataset.waktuUnit.replace("{n}", write.format(silent)).replace("{m}", write.format(below.length));
  }

  function show() {
    const at = Number(range.value), step = told.steps[at], figures = {};
    for (const [code, region] of Object.entries(told.regions)) {
      const values = region.values[at], silent = values[0] === 0;
      const facts = silent ? [[told.silent, ""]] : told.groups.map((group, nth) => [group.label, write.format(values[nth])]);
      figures[code] = { shade: region.shades[at], silent, facts };
    }
    Object.values(window.petabukti.maps).forEach((map) => window.petabukti.reshade(map, figures));
    document.querySelectorAll("[data-kode]").forEach((head) => { fill(head.closest("tr"), told.regions[head.dataset.kode].values[at], step); });
    unitsSaid();
    heading.textContent = step.label;
    range.setAttribute("aria-valuetext", step.label);
    document.querySelectorAll("[name=bulan]").forEach((field) => { field.value = step.key; }); // forms of this page keep the step
    document.querySelectorAll("[data-waktu-ke]").forEach((link) => {
      if (link.dataset.waktuKe === step.key) { link.setAttribute("aria-current", "true"); } else { link.removeAttribute("aria-current"); }
    });
    history.replaceState(history.state, "", address(location.href, step.key));
  }

  function go(at) {
    range.value = String(at);
    show();
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = box.dataset.putar;
    play.setAttribute("aria-pressed", "false");
    heading.setAttribute("aria-live", "polite");
  }

  function start() {
    if (Number(range.value) === told.steps.length - 1) { go(0); }
    heading.setAttribute("aria-live", "off"); // nobody can listen as fast as it changes
    play.textContent = box.dataset.jeda;
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(() => {
      go(Number(range.value) + 1);
      if (Number(range.value) === told.steps.length - 1) { stop(); }
    }, calm.matches ? CALM_MS : STEP_MS);
  }

  function ready(figures) {
    told = figures;
    range.max = String(told.steps.length - 1);
    const asked = new URL(location.href).searchParams.get("bulan") || (choice && choice.value);
    range.value = String(Math.max(0, told.steps.findIndex((step) => step.key === asked)));
    range.setAttribute("aria-valuetext", told.steps[Number(range.value)].label);
    range.addEventListener("input", () => { stop(); show(); });
    play.addEventListener("click", () => { if (timer) { stop(); } else { start(); } });
    document.querySelectorAll("[data-waktu-ke]").forEach((link) => link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) { return; }
      event.preventDefault();
      stop();
      go(told.steps.findIndex((step) => step.key === link.dataset.waktuKe));
    }));
    box.hidden = false;
  }

  fetch(box.dataset.waktu, { credentials: "same-origin", headers: { Accept: "application/json" } })
    .then((answer) => {
      if (!answer.ok || !(answer.headers.get("Content-Type") || "").includes("json")) { throw new Error(String(answer.status)); }
      return answer.json();
    })
    .then(ready)
    .catch(() => {
      const said = box.querySelector("[data-waktu-galat]");
      said.textContent = box.dataset.gagal;
      said.hidden = false;
      play.hidden = true;
      range.closest(".field").hidden = true;
      box.hidden = false;
    });
})();
