/* Two photos over each other: the slider below them moves the edge between them, by pointer or arrow keys. Without this
 * file they stand side by side alone. */
(function () {
  "use strict";

  document.querySelectorAll(".bd-geser input[type=range]").forEach(function (range) {
    function slide() {
      range.closest(".bd-geser").style.setProperty("--bd", `${range.value}%`);
      range.setAttribute("aria-valuetext", range.dataset.kata.replace("{n}", range.value));
    }
    range.addEventListener("input", slide);
    slide();
  });
  document.querySelectorAll("[data-geser-foto]").forEach((box) => { box.hidden = false; });
})();
