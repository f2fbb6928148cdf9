// A receipt's page: printing, and whether a file on this device is the very file that arrived. Nothing is sent.
(() => {
  "use strict";
  const print = document.getElementById("cetak");
  print.hidden = false;
  print.addEventListener("click", () => window.print());

  const box = document.getElementById("cocokkan");
  if (!window.crypto || !window.crypto.subtle) return; // browsers hash only on HTTPS and on this very machine
  box.hidden = false;
  const wanted = document.getElementById("sidik").textContent.trim();
  const result = document.getElementById("hasil-cocok");
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, "0")).join("");

  document.getElementById("berkas-periksa").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    result.textContent = box.dataset.busy;
    try {
      const digest = hex(await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
      result.textContent = digest === wanted ? box.dataset.same : box.dataset.other;
    } catch {
      result.textContent = box.dataset.failed;
    }
  });
})();
