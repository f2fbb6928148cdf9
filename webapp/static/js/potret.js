/* Photos with the position of their moment. Forms marked data-potret work without this file; with it the position is
 * already being followed when the camera opens, each photo is sent by itself, and one that fails is tried again under
 * the same number, so that nothing is stored twice. All sentences come from data attributes of the form.
 */
(function () {
  "use strict";

  const VAGUE_M = 50;
  const FRESH_MS = 10 * 60 * 1000;  // a gallery photo older than this was not taken here and now
  const STALE_FIX_MS = 2 * 60 * 1000;
  let here = null;                   // the latest position: { lon, lat, accuracy, time }

  const filled = (text, values) => String(text || "").replace(/\{(\w+)\}/g, (whole, key) => key in values ? values[key] : whole);
  const number = (value) => new Intl.NumberFormat(document.documentElement.lang || "id", { maximumFractionDigits: 0 }).format(value);

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) { made.className = className; }
    if (text) { made.textContent = text; }
    return made;
  }

  function identity() {
    if (crypto.randomUUID) { return crypto.randomUUID(); }
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = b[6] & 0x0f | 0x40;
    b[8] = b[8] & 0x3f | 0x80;
    return Array.from(b, (x, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + x.toString(16).padStart(2, "0")).join("");
  }

  /* ---- the position ------------------------------------------------------------------------------------------ */

  function say(form, text, kind) {
    const box = form.querySelector("[data-potret-status]");
    box.hidden = false;
    if (box.textContent !== text) { box.textContent = text; }
    box.className = "notice n-" + (kind || "info");
  }

  function follow(form, came) {
    const words = form.dataset;
    if (!navigator.geolocation || !window.isSecureContext) { say(form, words.unavailable, "warn"); return; }
    say(form, words.waiting);
    navigator.geolocation.watchPosition(function (fix) {
      const c = fix.coords;
      here = { lon: c.longitude, lat: c.latitude, accuracy: c.accuracy, time: fix.timestamp };
      const vague = c.accuracy > VAGUE_M;
      say(form, filled(vague ? words.vague : words.accuracy, { m: number(c.accuracy) }), vague ? "warn" : "good");
      if (came) { came(here); }
    }, function (why) {
      if (why.code === 3 && here) { return; } // a later position still counts
      say(form, why.code === 1 ? words.denied : why.code === 3 ? words.waiting : words.unavailable, "warn");
    }, { enableHighAccuracy: true, maximumAge: 0, timeout: 30000 });
  }

  /* The position belongs to a photo only when both are of this moment: never to an old picture from the gallery. */
  function fixFor(file, fromCamera) {
    const now = Date.now();
    if (!here || now - here.time > STALE_FIX_MS) { return null; }
    return fromCamera || Math.abs(now - file.lastModified) <= FRESH_MS ? { ...here } : null;
  }

  /* ---- sending ----------------------------------------------------------------------------------------------- */

  function body(form, item) {
    const data = new FormData();
    data.append("csrf_token", form.querySelector("[name=csrf_token]").value);
    data.append("berkas", item.file, item.file.name);
    data.append("upload_id", item.id);
    if (item.fix) {
      data.append("fix_lon", String(item.fix.lon));
      data.append("fix_lat", String(item.fix.lat));
      data.append("fix_accuracy", item.fix.accuracy.toFixed(1));
      data.append("fix_time", new Date(item.fix.time).toISOString());
    }
    return data;
  }

  function send(form, item, progress) { // XMLHttpRequest, because fetch cannot tell how much has gone
    return new Promise(function (done) {
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.onprogress = (event) => { if (event.lengthComputable) { progress(event.loaded / event.total); } };
      request.onload = () => done({ status: request.status, answer: request.response });
      request.onerror = request.ontimeout = () => done({ status: 0, answer: null });
      request.send(body(form, item));
    });
  }

  function outcome(words, result) {
    const { status, answer } = result, one = answer && answer.results && answer.results[0];
    if (one) { return { state: one.status !== "refused" ? "ok" : status >= 500 ? "again" : "bad", text: one.message }; }
    if (answer && answer.message) { return { state: status >= 500 ? "again" : "bad", text: answer.message }; }
    return status === 0 || status >= 500 ? { state: "again", text: words.failed } : { state: "again", text: words.session };
  }

  function sender(form) {
    const words = form.dataset, list = form.querySelector("[data-potret-list]"), result = form.querySelector("[data-potret-result]");
    const queue = [], items = [];
    let busy = false;

    function line(item) {
      const row = list.appendChild(element("li", "row"));
      row.style.flexWrap = "nowrap";
      const picture = row.appendChild(element("img"));
      picture.alt = "";
      picture.width = 64;
      picture.height = 48;
      picture.style.objectFit = "cover";
      picture.src = URL.createObjectURL(item.file);
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
      picture.addEventListener("error", () => picture.remove()); // HEIC: no browser but one can draw it
      const text = row.appendChild(element("span"));
      text.appendChild(element("strong", "", item.file.name));
      text.appendChild(element("br"));
      item.said = text.appendChild(element("span", "small"));
      item.where = text.appendChild(element("span", "small muted", " · " + (item.fix ? filled(words.withFix, { m: number(item.fix.accuracy) }) : words.withoutFix)));
      item.row = row;
      list.hidden = false;
    }

    function tell(item, text, state) {
      item.state = state;
      item.said.textContent = text;
      item.said.className = state === "bad" || state === "again" ? "small error" : "small";
      item.where.hidden = state === "bad";
      item.row.dataset.state = state;
      const old = item.row.querySelector("button");
      if (old) { old.remove(); }
      if (state === "again") {
        const again = item.row.appendChild(element("button", "btn secondary", words.retry));
        again.type = "button";
        again.addEventListener("click", () => { queue.push(item); run(); });
      }
    }

    async function deliver(item) {
      if (item.file.size > Number(words.maxBytes)) { tell(item, words.tooLarge, "bad"); return; }
      tell(item, filled(words.sending, { n: 0 }), "sending");
      const got = await send(form, item, (part) => { item.said.textContent = filled(words.sending, { n: number(part * 100) }); });
      const said = outcome(words, got);
      tell(item, said.text, said.state);
    }

    async function run() {
      if (busy) { return; }
      busy = true;
      while (queue.length) { await deliver(queue.shift()); }
      busy = false;
      summary();
    }

    function summary() {
      const ok = items.filter((i) => i.state === "ok").length, bad = items.filter((i) => i.state === "bad").length;
      result.replaceChildren(element("strong", "", filled(words.tally, { ok: number(ok), bad: number(bad) })));
      const look = result.appendChild(element("a", "btn primary", words.done));
      look.href = window.location.pathname + "?" + Date.now() + "#foto"; // another address: a fragment alone would not load
      result.className = "row actions";
      form.dispatchEvent(new CustomEvent("petabukti:sent", { bubbles: true, detail: { ok, bad } }));
    }

    addEventListener("beforeunload", (event) => { if (busy) { event.preventDefault(); } });

    return function take(files, fromCamera) {
      Array.from(files).forEach(function (file) {
        const item = { file, id: identity(), fix: fixFor(file, fromCamera), state: "waiting" };
        items.push(item);
        line(item);
        queue.push(item);
      });
      run();
    };
  }

  /* ---- the pages --------------------------------------------------------------------------------------------- */

  document.querySelectorAll("form[data-potret]").forEach(function (form) {
    const take = sender(form);
    form.querySelector("[data-potret-send]").remove(); // what is chosen is sent at once
    form.querySelectorAll("input[type=file]").forEach(function (input) {
      input.addEventListener("change", function () {
        const files = Array.from(input.files);
        input.value = "";
        if (files.length) { take(files, "potretCamera" in input.dataset); }
      });
    });
    follow(form);
  });

  document.querySelectorAll("form[data-potret-fix]").forEach(function (form) {
    const button = form.querySelector("button");
    follow(form, function (fix) {
      form.elements.lon.value = fix.lon.toFixed(7);
      form.elements.lat.value = fix.lat.toFixed(7);
      form.elements.accuracy_m.value = fix.accuracy.toFixed(1);
      form.elements.fix_at.value = new Date(fix.time).toISOString();
      button.disabled = false;
    });
  });
})();
