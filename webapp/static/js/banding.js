/* Counter-evidence beside the claim: any pair, side by side or under a slider. Without it the pairs stand as they are. */
(function () {
  "use strict";

  const box = document.querySelector("[data-banding]");
  if (!box) { return; }
  const told = JSON.parse(box.dataset.banding), by = (name) => box.querySelector(`[data-${name}]`);
  const claim = box.querySelector("#bd-pengusul"), counter = box.querySelector("#bd-petugas");
  const [stage, ...others] = box.querySelectorAll("[data-pasangan]");
  const of = (side, select) => told[side].find((one) => one.id === Number(select.value));

  function offer(select, side) {
    select.replaceChildren(...told[side].map((one) => new Option(`${one.label} · ${one.taken}`, one.id)));
  }

  function place(figure, one) {
    const picture = figure.querySelector("img");
    figure.querySelector("a").href = one.href;
    picture.src = one.src;
    picture.alt = one.alt;
    figure.querySelector("strong").textContent = one.label;
    figure.querySelector("figcaption span").textContent = one.taken;
  }

  function show() {
    const left = of("claims", claim), right = of("counters", counter);
    const figures = stage.querySelectorAll("figure");
    place(figures[0], left);
    place(figures[1], right);
    by("bawah").src = right.src;
    by("bawah").alt = right.alt;
    by("atas").src = left.src;
    by("atas").alt = left.alt;
    stage.querySelectorAll("[data-fakta] dd").forEach((cell, index) => { cell.textContent = told.facts[`${left.id}-${right.id}`][index][1]; });
  }

  function chooseWay() {
    const slides = box.querySelector("[name='bd-cara']:checked").value === "geser";
    by("geser").hidden = !slides;
    stage.querySelector(".bd-sisi").hidden = slides;
  }

  /* A photo on site brings the photo it answers with it. */
  function followPair() {
    const pair = told.pairs.find(([, other]) => other === Number(counter.value));
    if (pair) { claim.value = String(pair[0]); }
    show();
  }

  offer(claim, "claims");
  offer(counter, "counters");
  others.forEach((one) => one.remove());
  by("pilih").hidden = false;
  claim.addEventListener("change", show);
  counter.addEventListener("change", followPair);
  box.querySelectorAll("[name='bd-cara']").forEach((one) => one.addEventListener("change", chooseWay));
  followPair();
  chooseWay();
})();
