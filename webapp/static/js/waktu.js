/* The slider of the map in time: all figures come once, then a step of the slider or of the playback changes the shades of
 * the map and the table beside it. Without this file the page asks the server for each step by a form and by links.
 */
(function () {
  "use strict";

  const STEP_MS = 1200, CALM_MS = 2500; // who asked for less motion gets fewer changes
  const LEADING = 5;
  const box = document.querySelector("[data-waktu]");
  if (!box) { return; }
  const range = box.querySelector("input[type=range]"), play = box.querySelector("[data-waktu-putar]");
  const summed = document.querySelector("[data-waktu-angka]");
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

  function words(pattern, facts) {
    return pattern.replace(/\{(\w+)\}/g, (_, name) => (typeof facts[name] === "number" ? write.format(facts[name]) : facts[name]));
  }

  /* Verified of claimed, in percent unless there are too few; as the page itself says it. */
  function sumSaid(at) {
    const facts = {}, few = Number(summed.dataset.sedikit);
    told.groups.forEach((group, nth) => { facts[group.key] = told.sums[at][nth]; });
    const small = facts.claimed < few, part = small ? 0 : Math.round(100 * facts.verified / facts.claimed);
    facts.share = small ? "" : ` (${summed.dataset.persen.replace("{n}", write.format(part))})`;
    const [line, second] = summed.querySelectorAll("p");
    line.textContent = words(summed.dataset.waktuAngka, facts);
    (summed.querySelector("[data-kecil]") || second).hidden = !small;
  }

  function item(...parts) {
    const line = document.createElement("li");
    line.append(...parts);
    return line;
  }

  /* Who has most, and who has nothing: the same as the page says of the step it was asked for. */
  function unitsSaid(at) {
    const rows = [...document.querySelectorAll("[data-kode]")].map((head) => ({ head, name: head.firstChild.textContent.trim(), values: told.regions[head.dataset.kode].values[at] }));
    const verified = told.groups.findIndex((group) => group.key === "verified");
    const most = rows.filter((row) => row.values[0]).sort((a, b) => b.values[verified] - a.values[verified] || b.values[0] - a.values[0]);
    const best = document.querySelector("[data-waktu-teratas]");
    best.replaceChildren(...most.slice(0, LEADING).map((row) => {
      const link = document.createElement("a"), number = document.createElement("span");
      link.href = row.head.closest("tr").querySelector("[data-kelompok=claimed] a").href;
      link.textContent = row.name;
      number.className = "num";
      number.textContent = words(best.dataset.kata, { verified: row.values[verified], claimed: row.values[0] });
      return item(link, " ", number);
    }));
    const below = rows.filter((row) => !("sendiri" in row.head.dataset)), silent = below.filter((row) => !row.values[0]);
    const line = document.querySelector("[data-waktu-unit]");
    if (!line) { return; }
    line.textContent = words(line.dataset.waktuUnit, { n: silent.length, m: below.length });
    document.querySelector("[data-waktu-diam]").replaceChildren(...silent.map((row) => item(row.name)));
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
    sumSaid(at);
    unitsSaid(at);
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
