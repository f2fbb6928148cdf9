/* The capture page: photo first, then the note; everything is kept on the phone before it is sent.
 *
 * Its words come from the block #kata, what people may choose from `bekal` (kept for use without a network). Texts of
 * people and of the server are only ever put in as text.
 */
(function () {
  "use strict";

  const { antrean: queue, tus, posisi, foto, orang } = petabukti;
  const { say, number, megabytes, moment, make, button, tell } = petabukti.alat;
  const words = JSON.parse(document.getElementById("kata").dataset.kata);
  const root = document.documentElement;
  const by = (id) => document.getElementById("rk-" + id);

  const LOW_BYTES = 60e6;                        // of the browser's store, as far as it tells
  const MOST_SHOWN = 30, DRAWN_MS = 300;
  const PATIENCE_MS = 5000;                      // for the server to say who sits here, before the phone's memory counts
  const STOCK_MS = 3600_000;

  let person = null;         // who this page works for: { id, name, until }
  let open = false;          // whether that person's queue may be shown
  let supplies = null, choices = {};
  let current = null;        // the case that photos go to now
  let lastWhy = null;
  let full = false, barred = false, settledIn = false;   // barred: an account that has nothing to capture for
  const tiles = new Map();
  let drawing = null, later = null, stocked = 0;
  const settling = new Map();   // photos just taken, whose position may still become finer

  const ownPath = (href) => petabukti.alat.ownPath(href, "/rekam/");

  function today() {
    const now = new Date(), two = (n) => String(n).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }

  /* ---- who ------------------------------------------------------------------------------------------------------ */

  async function recall() {
    person = await orang.recall();
    await load();
  }

  /* Whoever was here last, as far as this phone knows: only where the server cannot be asked. */
  async function reopen() {
    if (open || !await orang.mayReopen(person)) { return; }
    open = true;
    await unfinished();
    await draw();
  }

  async function load() {
    supplies = person ? await queue.meta("supplies:" + person.id) || null : null;
    choices = person ? await queue.meta("choices:" + person.id) || {} : {};
    if (supplies) { petabukti.pieceBytes = supplies.limits.piece_bytes; }
    fillForm();
    showChoices();
  }

  /* What the server says of the person; the queue of another who sat here before stays closed. */
  async function meet() {
    const before = person && person.id;
    const key = await orang.meet();
    person = { ...key.account, until: key.until };
    open = true;
    offerCapture();
    if (before !== person.id) { current = null; }
    await orang.agreeOnLanguage(key, Boolean(current));
    if (before !== person.id || Date.now() - stocked > STOCK_MS) { await stockUp(); }
    await unfinished();
    return key;
  }

  async function stockUp() {
    const answer = await tus.ask("/rekam/bekal", { headers: { Accept: "application/json" }, cache: "no-cache" });
    barred = answer.status === 403;
    offerCapture();
    if (!answer.ok) { return; }
    await queue.setMeta("supplies:" + person.id, await answer.json());
    stocked = Date.now();
    await load();
  }

  async function lock() {
    open = false;
    await orang.lock();
  }

  /* ---- taking photos -------------------------------------------------------------------------------------------- */

  function showPosition(fix, trouble) {
    const box = by("posisi"), seen = petabukti.alat.position(fix, trouble, words);
    tell(box, seen.text, "rk-fix t-" + seen.tone);
    tell(by("posisi-kamera"), box.textContent);
    refine(fix);
  }

  /* Somebody who has just taken a photo still stands there: a finer position of these seconds is the better witness. */
  async function refine(fix) {
    for (const [id, taken] of settling) {
      if (Date.now() - taken.at > posisi.SETTLES_MS) { settling.delete(id); continue; }
      if (!fix || fix.time < taken.at || taken.accuracy !== null && fix.accuracy >= taken.accuracy) { continue; }
      taken.accuracy = fix.accuracy;
      const photo = (await queue.photos(person.id)).find((one) => one.id === id);
      if (photo && photo.state === "waiting" && !photo.offset) { await queue.patchPhoto(id, { fix: { ...fix } }); } else { settling.delete(id); }
    }
  }

  function caseForPhotos() {
    const kept = current || { id: petabukti.identity(), account: person.id, made_at: new Date().toISOString(), fields: null, complete: false, sent: false, submit: false };
    current = kept;
    return kept;
  }

  /* Keep one file; answers whether it is safe on this phone. */
  async function keep(file, source) {
    const captured = new Date(), fix = posisi.at(source === "gallery" ? file.lastModified : undefined);
    const limits = supplies && supplies.limits;
    if (limits && file.size > limits.max_bytes) { return complain(say(words.too_large, { name: file.name, mb: number(limits.max_bytes / 1048576) })); }
    try {
      const made = await foto.prepare(file, choices.reduce && limits);
      const record = caseForPhotos();
      const photo = {
        id: petabukti.identity(), case: record.id, account: person.id, name: file.name, type: file.type || "application/octet-stream",
        size: made.size, sha256: made.sha256, original_sha256: made.original_sha256, original_bytes: made.original_bytes,
        source, captured_at: captured.toISOString(), fix, state: "waiting", offset: 0,
      };
      await queue.addPhoto(record, photo, made.bytes, made.thumb);
      if (source === "camera") { settling.set(photo.id, { at: captured.getTime(), accuracy: fix ? fix.accuracy : null }); }
      return true;
    } catch (failed) {
      return rescue(file, failed);
    }
  }

  /* It could not be kept: the person must know at once, and can still save it by hand. */
  function rescue(file, failed) {
    const why = failed && failed.name === "QuotaExceededError" ? words.not_kept_full : words.not_kept;
    const box = complain(say(why, { name: file.name }), true);
    const link = make("a", "btn secondary", words.save_by_hand);
    link.href = URL.createObjectURL(file);
    link.download = file.name;
    box.append(link);
    measure();
    return false;
  }

  function complain(text, stays) {
    const list = by("keluhan"), line = list.appendChild(make("li", "notice n-bad"));
    const inner = line.appendChild(make("div", "", text));
    inner.append(" ");
    if (list.children.length > 6) { list.firstElementChild.remove(); }
    if (!stays) { setTimeout(() => line.remove(), 20_000); }
    return stays ? inner : false;
  }

  async function take(files, source) {
    if (full || barred || !person) { return; }
    busy(true);
    for (const file of files) { await keep(file, source); }   // one after another: a cheap phone has little memory
    busy(false);
    await measure();
    if (!camera.isOpen) { by("catatan").scrollIntoView({ block: "nearest" }); }
  }

  function busy(is) {
    by("sibuk").hidden = !is;
  }

  function offerCapture() {
    const may = Boolean(person) && !full && !barred;
    for (const one of [by("foto"), by("berkas"), by("ponsel")]) { one.disabled = !may; }
    root.dataset.siap = may ? "1" : "0";
  }

  /* Whether one more photo fits is known before it is taken. */
  async function measure() {
    full = !await queue.hasRoom();
    let left = Infinity;
    if (navigator.storage && navigator.storage.estimate) {
      const { quota, usage } = await navigator.storage.estimate();
      left = quota - usage;
      by("terpakai-ruang").textContent = say(words.room_used, { used: megabytes(usage) });
    }
    tell(by("ruang"), full ? words.room_full : left < LOW_BYTES ? say(words.room_low, { mb: megabytes(left) }) : "", "notice " + (full ? "n-bad" : "n-warn"));
    offerCapture();
  }

  async function askToStay() {
    if (!navigator.storage || !navigator.storage.persist) { return; }
    const stays = await navigator.storage.persisted() || await navigator.storage.persist();
    by("menetap").textContent = stays ? words.persisted : words.not_persisted;
  }

  const camera = petabukti.kamera({
    words, complain,
    keep: (file) => keep(file, "camera"),
    async after() { await measure(); return !full; },
    instead(denied) { if (denied) { by("ponsel").focus(); } else { by("ponsel").click(); } },
  });

  /* ---- the note --------------------------------------------------------------------------------------------------- */

  function options(select, entries, chosen) {
    select.replaceChildren(...entries.map((one) => {
      if (!one.activities) { return new Option(one.label, one.value, false, one.value === chosen); }
      const group = make("optgroup");
      group.label = one.label;
      group.append(...one.activities.map((entry) => new Option(entry.label, entry.value, false, entry.value === chosen)));
      return group;
    }));
  }

  function fillForm() {
    if (!supplies) { return; }
    const form = by("catatan"), last = choices.activity || "";
    options(form.elements.region_code, supplies.regions.map((one) => ({ value: one.code, label: one.name })), choices.region);
    form.elements.region_code.closest(".field").hidden = supplies.regions.length < 2;
    options(form.elements.activity, [{ value: "", label: words.choose_activity }, ...supplies.kinds], last);
    const none = { value: "", label: words.undecided };
    options(form.elements.innovation_stage, [none, ...supplies.stages]);
    options(form.elements.innovation_form, [none, ...supplies.forms]);
    options(form.elements.study_assignment, [none, ...supplies.studies.map((one) => ({ value: one.id, label: one.label }))]);
    form.elements.study_assignment.closest(".field").hidden = supplies.studies.length === 0;
    options(form.elements.consent, [none, ...supplies.consents]);
    by("penanda").replaceChildren(...supplies.tags.map((one) => {
      const line = make("div", "check"), label = line.appendChild(make("label")), box = label.appendChild(make("input"));
      box.type = "checkbox";
      box.name = "tags";
      box.value = one.value;
      label.append(make("span", "", one.label));
      return line;
    }));
    form.elements.occurred_from.value = form.elements.occurred_from.value || today();
    innovationOnly();
  }

  function innovationOnly() {
    const form = by("catatan");
    by("inovasi").hidden = !form.elements.activity.value.startsWith("inovasi/");
  }

  function titleSuggested(form) {
    const chosen = form.elements.activity.selectedOptions[0];
    return chosen && chosen.value ? `${chosen.textContent}, ${moment(new Date())}` : "";
  }

  function fieldsOf(form) {
    const of = (name) => form.elements[name].value.trim();
    const innovative = of("activity").startsWith("inovasi/");
    const fields = {
      region_code: of("region_code"), title: of("title") || titleSuggested(form), activity: of("activity"), note: of("note"),
      occurred_from: of("occurred_from"), occurred_to: of("occurred_to"), consent: of("consent"), study_assignment: of("study_assignment"),
      innovation_stage: innovative ? of("innovation_stage") : "", innovation_form: innovative ? of("innovation_form") : "",
    };
    const told = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
    const tags = Array.from(form.querySelectorAll("[name=tags]:checked"), (one) => one.value);
    return tags.length ? { ...told, tags } : told;
  }

  function showNote(record) {
    const form = by("catatan"), fields = record && record.fields || {};
    form.reset();
    fillForm();
    for (const name of ["region_code", "title", "activity", "note", "occurred_from", "occurred_to", "consent", "study_assignment", "innovation_stage", "innovation_form"]) {
      if (fields[name]) { form.elements[name].value = fields[name]; }
    }
    form.querySelectorAll("[name=tags]").forEach((one) => { one.checked = (fields.tags || []).includes(one.value); });
    form.elements.submit_whole.checked = Boolean(record && record.submit);
    innovationOnly();
  }

  /* What is typed is kept as it is typed: a call, an empty battery or a closed tab take nothing away. */
  async function keepDraft() {
    if (current) {
      current.fields = fieldsOf(by("catatan"));
      current.submit = by("catatan").elements.submit_whole.checked;
      await queue.patchCase(current.id, { fields: current.fields, submit: current.submit });
    }
  }

  async function finishNote(event) {
    event.preventDefault();
    const form = by("catatan"), missing = form.elements.activity.value ? null : form.elements.activity;
    tell(by("catatan-salah"), missing ? words.activity_missing : "");
    form.elements.activity.toggleAttribute("aria-invalid", Boolean(missing));
    if (missing) { missing.focus(); return; }
    const fields = fieldsOf(form);
    await queue.patchCase(current.id, { fields, complete: true, refused: null, submit: form.elements.submit_whole.checked });
    await remember({ activity: fields.activity, region: fields.region_code });
    current = null;
    showNote(null);
    await draw();
    by("antrean-judul").focus();
    soon(0);
  }

  /* ---- choices ---------------------------------------------------------------------------------------------------- */

  async function remember(change) {
    choices = { ...choices, ...change };
    if (person) { await queue.setMeta("choices:" + person.id, choices); }
  }

  function showChoices() {
    by("wifi").checked = Boolean(choices.wifiOnly);
    by("perkecil").checked = Boolean(choices.reduce);
    const limits = supplies && supplies.limits;
    by("perkecil-bantu").textContent = limits ? say(words.reduce_help, { px: number(limits.reduce_to), q: number(limits.reduce_quality) }) : "";
    by("wifi-bantu").textContent = navigator.connection && navigator.connection.type ? words.wifi_help : words.wifi_unknown;
  }

  async function showUsed() {
    const used = await queue.meta("used"), month = new Date().toISOString().slice(0, 7);
    by("terpakai-data").textContent = say(words.data_used, { mb: megabytes(used && used.month === month ? used.bytes : 0) });
  }

  /* ---- the list ---------------------------------------------------------------------------------------------------- */

  /* One drawing after another. */
  function draw() {
    clearTimeout(later);
    later = null;
    drawing = (drawing || Promise.resolve()).catch(() => {}).then(paint);
    return drawing;
  }

  /* Changes come in crowds while photos are sent. */
  function drawLater() {
    later = later || setTimeout(draw, DRAWN_MS);
  }

  const inOrder = (photos) => photos.sort((one, other) => one.captured_at < other.captured_at ? -1 : 1);

  async function paint() {
    const mine = open && person ? inOrder(await queue.photos(person.id)) : [];
    const records = open && person ? await queue.cases(person.id) : [];
    const waiting = await queue.waiting(), ids = new Set(mine.map((one) => one.id));
    for (const id of tiles.keys()) { if (!ids.has(id)) { tiles.delete(id); } }
    count(mine, waiting);
    who(waiting);
    await drawCurrent(mine);
    const shown = records.filter((one) => !current || one.id !== current.id).sort((one, other) => one.made_at < other.made_at ? 1 : -1);
    const cards = await Promise.all(shown.slice(0, MOST_SHOWN).map((one) => card(one, mine.filter((photo) => photo.case === one.id))));
    const focused = document.activeElement, place = focused && focused.closest("[data-bukti]");
    const key = place && [place.dataset.bukti, Array.from(place.querySelectorAll("a, button")).indexOf(focused)];
    by("daftar").replaceChildren(...cards);
    if (key) {   // whoever goes by keyboard stays where they were
      const there = cards.find((one) => one.dataset.bukti === key[0]);
      const goal = there && there.querySelectorAll("a, button")[key[1]];
      if (goal) { goal.focus({ preventScroll: true }); }
    }
    by("kosong").hidden = cards.length > 0 || !open;
    await showUsed();
  }

  function count(mine, waiting) {
    const own = person ? waiting.get(person.id) || 0 : 0;
    const here = mine.filter((one) => one.receipt).length;
    const text = !person || open && mine.length === 0 ? words.nothing_waits
      : open ? say(own ? words.waiting : words.all_there, { n: number(own), here: number(here), of: number(mine.length) })
        : say(words.waiting_closed, { n: number(own) });
    tell(by("hitung"), text);
    by("hitung").dataset.menunggu = String(own);
    by("kirim").hidden = own === 0 || !open;
    by("cadangan").disabled = !open || own === 0;
    if (navigator.setAppBadge) { (own ? navigator.setAppBadge(own) : navigator.clearAppBadge()).catch(() => {}); }
  }

  function who(waiting) {
    const box = by("orang"), others = Array.from(waiting).filter(([account]) => !person || account !== person.id).reduce((sum, [, n]) => sum + n, 0);
    const lines = [];
    if (!person) { lines.push(words.sign_in_first); } else if (!open) { lines.push(say(words.closed, { name: person.name })); }
    if (barred) { lines.push(words.barred); }
    if (others) { lines.push(say(words.others_wait, { n: number(others) })); }
    box.hidden = lines.length === 0;
    box.className = "notice " + (person && open ? "n-info" : "n-warn");
    const inner = make("div", "stack");
    inner.append(...lines.map((line) => make("p", "", line)));
    if (!person || !open) {
      const row = inner.appendChild(make("p", "row")), link = row.appendChild(make("a", "btn secondary", words.sign_in));
      link.href = ownPath(words.sign_in_href);
    }
    box.replaceChildren(inner);
    by("nama").textContent = person && open ? person.name : "";
  }

  async function drawCurrent(mine) {
    const photos = current ? mine.filter((one) => one.case === current.id) : [];
    const shown = open ? photos : [];
    by("baru").replaceChildren(...await Promise.all(shown.map((one) => tile(one, true))));
    by("catatan").hidden = photos.length === 0 && !(current && !open);
    tell(by("jumlah-baru"), current ? say(words.new_photos, { n: number(photos.length) }) : "");
  }

  /* A list is drawn anew many times while photos are sent; what has not changed keeps its picture. */
  async function tile(photo, removable) {
    const key = JSON.stringify([removable, photo.state, photo.offset, photo.message, photo.receipt, photo.timeliness, photo.fix && photo.fix.accuracy]);
    const known = tiles.get(photo.id);
    if (known && known.key === key) { return known.item; }
    const item = await newTile(photo, removable);
    tiles.set(photo.id, { key, item });
    return item;
  }

  async function newTile(photo, removable) {
    const item = make("li"), figure = item.appendChild(make("figure")), bytes = await queue.thumb(photo.id);
    if (bytes) {
      const picture = figure.appendChild(make("img"));
      picture.alt = photo.name;
      picture.width = 160;
      picture.height = 120;
      picture.src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    }
    const text = figure.appendChild(make("figcaption")).appendChild(make("span"));
    if (!bytes) { text.append(make("strong", "", photo.name), make("br")); }
    text.append(stateOf(photo));
    if (removable) {
      text.append(make("br"), make("span", "small muted", photo.fix ? say(words.with_fix, { m: number(photo.fix.accuracy) }) : words.without_fix));
      const drop = button("×", "quiet rk-drop", () => dropPhoto(photo));
      drop.setAttribute("aria-label", say(words.drop_photo, { name: photo.name }));
      figure.append(drop);
    }
    if (photo.receipt) {
      const link = make("a", "small", words.receipt);
      link.href = ownPath(photo.receipt_href);
      link.setAttribute("aria-label", `${words.receipt} ${photo.receipt}`);
      text.append(make("br"), link);
    }
    item.dataset.keadaan = photo.state;
    return item;
  }

  function stateOf(photo) {
    const part = photo.offset && photo.size ? Math.floor(100 * photo.offset / photo.size) : 0;
    const text = photo.state === "waiting" ? (part ? say(words.state_sending, { n: number(part) }) : words.state_waiting)
      : photo.state === "sent" ? words.state_asking
        : photo.state === "refused" && photo.code === "bytes_lost" ? words.bytes_lost : photo.message || photo.state;
    const tone = { refused: "error small", accepted: "small rk-ok", same: "small rk-ok" }[photo.state] || "small";
    const made = make("span", tone, text);
    if (photo.timeliness) { made.append(` · ${photo.timeliness}`); }
    return made;
  }

  async function card(record, photos) {
    const item = make("li", "card stack rk-case"), head = item.appendChild(make("div"));
    const title = head.appendChild(make("h3")), name = record.fields && record.fields.title || say(words.untitled, { when: moment(record.made_at) });
    if (record.href) {
      const link = title.appendChild(make("a", "", name));
      link.href = ownPath(record.href);
    } else {
      title.textContent = name;
    }
    const here = photos.filter((one) => one.receipt).length, safe = photos.filter((one) => queue.DONE.has(one.state)).length;
    const done = photos.length > 0 && safe === photos.length;
    head.append(make("p", done ? "small rk-ok" : "small muted", progress(record, photos.length, here, done)));
    if (photos.length && !done) {
      const bar = head.appendChild(make("progress"));
      bar.max = photos.reduce((sum, one) => sum + one.size, 0) || 1;
      bar.value = photos.reduce((sum, one) => sum + Math.min(one.offset || 0, one.size), 0);
      bar.setAttribute("aria-label", words.progress);
    }
    if (record.refused) { item.append(make("p", "error", record.refused.code === "note_differs" ? words.note_differs : record.refused.message || record.refused.code)); }
    const list = item.appendChild(make("ul", "photos"));
    list.append(...await Promise.all(photos.map((one) => tile(one, false))));
    item.append(acts(record, photos, done));
    item.dataset.bukti = record.id;
    item.dataset.selesai = String(done && Boolean(record.sent));
    return item;
  }

  function progress(record, all, here, done) {
    if (!record.sent) { return record.complete ? words.case_waiting : words.case_unfinished; }
    const arrived = say(words.arrived, { here: number(here), of: number(all) });
    return done ? `${arrived} · ${record.submitted ? words.submitted : words.delivered}` : arrived;
  }

  function acts(record, photos, done) {
    const row = make("div", "row actions");
    if (!record.sent) {
      row.append(button(words.edit, "secondary", () => edit(record)), button(words.drop_case, "danger", () => dropCase(record, photos)));
    } else if (record.refused) {
      const link = row.appendChild(make("a", "btn secondary", words.mend_there));
      link.href = ownPath(record.href);
    }
    const refused = photos.filter((one) => one.state === "refused");
    if (refused.length) {
      row.append(button(words.retry, "secondary", () => retry(refused)));
      row.append(button(words.drop_refused, "danger", () => confirmed(words.sure_refused) && refused.forEach((one) => queue.dropPhoto(one.id))));
    }
    if (done && record.sent) { row.append(button(words.tidy, "quiet", () => queue.dropCase(record.id))); }
    return row;
  }

  const confirmed = (text) => window.confirm(text);

  /* A refused photo is sent anew: under a number of its own, since the first has its verdict. */
  async function retry(photos) {
    for (const photo of photos) {
      await queue.renumber({ ...photo, code: undefined, message: undefined, receipt: undefined, receipt_href: undefined, arrived_at: undefined }, petabukti.identity());
    }
    soon(0);
  }

  async function edit(record) {
    current = record;
    await queue.patchCase(record.id, { complete: false, refused: null });
    showNote(record);
    await draw();
    by("catatan").scrollIntoView({ block: "start" });
    by("catatan").elements.activity.focus();
  }

  async function dropCase(record, photos) {
    if (confirmed(say(words.sure_case, { n: number(photos.length) }))) { await queue.dropCase(record.id); }
  }

  async function dropPhoto(photo) {
    if (!confirmed(words.sure_photo)) { return; }
    await queue.dropPhoto(photo.id);
    if (current && !(await queue.photos(person.id)).some((one) => one.case === current.id)) {
      await queue.dropCase(current.id);
      current = null;
      await draw();
    }
  }

  /* ---- sending ------------------------------------------------------------------------------------------------------ */

  const { soon, settle } = petabukti.irama({
    meet, heard,
    busy(is) { if (is) { by("kirim").setAttribute("aria-busy", "true"); } else { by("kirim").removeAttribute("aria-busy"); } },
    person: () => person,
    async settled() {
      offerCapture();
      await draw();
      await settleIn();
    },
  });

  async function heard(why) {
    if (why === "signin" && lastWhy !== "signin") { await lock(); } else if (why === "network") { await reopen(); }
    lastWhy = why;
    tell(by("jaringan"), words["net_" + (why || "ok")] || words.net_network, "rk-net t-" + (why ? why === "network" ? "neutral" : "warn" : "good"));
  }

  /* ---- the page ----------------------------------------------------------------------------------------------------- */

  function pick(input, source) {
    input.addEventListener("change", () => {
      const files = Array.from(input.files);
      input.value = "";
      take(files, source);
    });
  }

  function wire() {
    by("foto").addEventListener("click", camera.open);
    pick(by("berkas"), "gallery");
    pick(by("ponsel"), "camera");
    const form = by("catatan");
    form.addEventListener("submit", finishNote);
    form.addEventListener("change", () => { innovationOnly(); keepDraft(); });
    form.addEventListener("input", () => { clearTimeout(form.later); form.later = setTimeout(keepDraft, 400); });
    by("kirim").addEventListener("click", () => soon(0, true));
    by("bahasa").addEventListener("click", () => orang.chooseLanguage(by("bahasa").dataset.locale));
    by("wifi").addEventListener("change", (event) => { remember({ wifiOnly: event.target.checked }); if (!event.target.checked) { soon(0); } });
    by("perkecil").addEventListener("change", (event) => remember({ reduce: event.target.checked }));
    by("cadangan").addEventListener("click", backUp);
    addEventListener("online", () => soon(0));
    addEventListener("offline", () => settle({ left: 0, why: "network" }));
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { measure(); soon(300); } else { keepDraft(); } });
    queue.onchange = drawLater;
    queue.changes.addEventListener("message", drawLater);
  }

  async function backUp() {
    by("cadangan").setAttribute("aria-busy", "true");
    try {
      const n = await petabukti.simpanCadangan(person, words.zip_href);
      tell(by("cadangan-hasil"), say(words.backed_up, { n: number(n) }));
    } catch {
      tell(by("cadangan-hasil"), words.backup_failed);
    } finally {
      by("cadangan").removeAttribute("aria-busy");
    }
  }

  async function unfinished() {
    if (!open || !person || current) { return; }
    const left = (await queue.cases(person.id)).filter((one) => !one.complete && !one.sent).sort((one, other) => one.made_at < other.made_at ? 1 : -1);
    if (left.length) { current = left[0]; showNote(current); }
  }

  async function install() {
    if (!navigator.serviceWorker) { return; }
    try {
      await navigator.serviceWorker.register(words.worker_href, { scope: "/" });
    } catch {
      tell(by("jaringan"), words.no_worker, "rk-net t-warn");
    }
  }

  /* What can wait until somebody may take a photo. */
  async function settleIn() {
    if (settledIn) { return; }
    settledIn = true;
    await measure();
    await install();
    await askToStay();
  }

  const reopenSlowly = () => lastWhy === "signin" ? null : reopen();

  async function start() {
    wire();
    posisi.follow(showPosition);
    try {
      await recall();
    } catch {
      complain(words.no_store, true);
      return;
    }
    offerCapture();
    await draw();
    soon(0);
    setTimeout(reopenSlowly, navigator.onLine ? PATIENCE_MS : 0);
  }

  start();
})();
