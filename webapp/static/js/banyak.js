/* Choosing many: all at once, and how many are chosen. Without this file the boxes are ticked one by one. */
(function () {
  "use strict";

  const form = document.querySelector("[data-banyak]");
  if (!form) { return; }
  const boxes = [...form.querySelectorAll("input[name=bukti]")], all = form.querySelector("[data-semua]");
  const told = form.querySelector("[data-jumlah]");

  function count() {
    told.textContent = form.dataset.terpilih.replace("{n}", String(boxes.filter((one) => one.checked).length));
  }

  all.hidden = boxes.length === 0;
  all.addEventListener("click", () => {
    const wanted = boxes.some((one) => !one.checked);
    boxes.forEach((one) => { one.checked = wanted; });
    count();
  });
  form.addEventListener("change", count);
  count();
})();
