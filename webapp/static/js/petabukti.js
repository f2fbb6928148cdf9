// Small comforts. Every page works without this file.
"use strict";

// A second click on "Kirim" while a slow phone is still sending must not send twice.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if ("berkas" in form.dataset) return;  // the answer is a file: the page stays, and may be sent again
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  const button = event.submitter;
  if (button) button.setAttribute("aria-busy", "true");
});
// Coming back by the back button shows the page as it was left: make its forms usable again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// Menus close on Escape and on a click elsewhere; the fold of a confirmation stays.
const menus = () => document.querySelectorAll("details.account[open]");
addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) { menu.open = false; menu.querySelector("summary").focus(); }
});

// Chosen files are named under their control with sizes, so that a wrong choice is seen before it is sent.
const size = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const words = (bytes) => bytes < 1e6 ? size.format(Math.ceil(bytes / 1e3)) + " kB" : size.format(bytes / 1e6) + " MB";
addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || input.classList.contains("vh")) return; // hidden ones belong to a script that tells itself
  const box = input.closest(".field") || input.parentElement;
  let list = box.querySelector(".chosen");
  if (!list) {
    const told = document.createElement("div");
    told.setAttribute("role", "status");
    list = document.createElement("ul");
    list.className = "chosen";
    told.append(list);
    box.append(told);
  }
  list.replaceChildren(...Array.from(input.files, (file) => {
    const line = document.createElement("li");
    line.textContent = file.name + " · " + words(file.size);
    return line;
  }));
});

addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  const here = document.querySelector(".main-nav > ul > li > [aria-current]");
  if (here) {
    const bar = here.closest("ul");
    bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  }
  const wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();
});
