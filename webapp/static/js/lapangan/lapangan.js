/* The day in the field: what was taken along, and visits that are kept on the phone before they are sent.
 *
 * Its words come from the block #kata. Texts of people and of the server are only ever put in as text.
 */
(function () {
  "use strict";

  const { antrean: queue, tus, posisi, foto, orang, ukur } = petabukti;
  const { say, number, moment, make, button, tell } = petabukti.alat;
  const words = JSON.parse(document.getElementById("kata").dataset.kata);
  const root = document.documentElement;
  const by = (id) => document.getElementById("lp-" + id);
  const ownPath = (href) => petabukti.alat.ownPath(href, "/lapangan/tanpa-sinyal");

  const PATIENCE_MS = 5000;   // for the server to say who sits here, before the phone's memory counts
  const STOCK_MS = 15 * 60_000, DRAWN_MS = 300;

  let person = null, open = false, barred = false, lastWhy = null;
  let load = null;            // { pack, at, loaded_at }: what this person took along
  let held = new Set();       // photos of it that are on the phone
  let visit = null;           // the visit of the case that is open, once checked in
  let here = null, moveMe = () => {}, mapOf = null, stocked = 0, loading = false, byDistance = false;
  let drawing = null, later = null, settledIn = false;
  const settling = new Map(), pictures = new Map();

  const caseOf = () => {
    const id = Number(location.hash.replace("#bukti-", ""));
    return open && load && load.pack.cases.find((one) => one.id === id) || null;
  };

  /* ---- who -------------------------------------------------------------------------------------------------------- */

  async function recall() {
    person = await orang.recall();
    await remember();
  }

  async function remember() {
    load = person ? await queue.load(person.id) || null : null;
    held = new Set(person ? await queue.pictures(person.id) : []);
    if (load) { petabukti.pieceBytes = load.pack.rules.piece_bytes; }
  }

  async function reopen() {
    if (open || !await orang.mayReopen(person)) { return; }
    open = true;
    await draw();
  }

  async function meet() {
    const before = person && person.id, key = await orang.meet();
    person = { ...key.account, until: key.until };
    open = true;
    if (before !== person.id) {
      visit = null;
      await queue.dropOthersLoads(person.id);
      await remember();
    }
    await orang.agreeOnLanguage(key, Boolean(caseOf()));
    if (before !== person.id || Date.now() - stocked > STOCK_MS) { await stockUp(); }
    return key;
  }

  /* ---- what is taken along ----------------------------------------------------------------------------------------- */

  async function stockUp() {
    const answer = await tus.ask("/lapangan/bekal", { headers: { Accept: "application/json" }, cache: "no-cache" });
    barred = answer.status === 403;
    if (!answer.ok) { return; }
    const pack = await tus.json(answer);
    load = { pack, at: new Date().toISOString() };
    await queue.keepLoad(person.id, load);
    const wanted = new Set(pack.cases.flatMap((one) => one.photos.map((photo) => String(photo.id))));
    await queue.dropPictures(person.id, (await queue.pictures(person.id)).filter((id) => !wanted.has(id)));
    stocked = Date.now();
    await remember();
  }

  const missing = (one) => one.photos.filter((photo) => !held.has(String(photo.id)));

  async function takeAlong() {
    if (loading || !load || !open) { return; }
    loading = true;
    let failed = 0;
    const account = person.id;
    try {
      for (const one of load.pack.cases) {
        for (const photo of missing(one)) {
          if (await fetchPicture(account, photo)) { held.add(String(photo.id)); } else { failed += 1; }
          showPack(failed);
        }
      }
    } finally {
      loading = false;
      await draw();
      showPack(failed);
    }
  }

  async function fetchPicture(account, photo) {
    try {
      const answer = await tus.ask(photo.href, {});
      if (!answer.ok || answer.headers.get("Content-Type") !== "image/jpeg") { return false; }
      await queue.keepPicture(account, photo.id, await answer.arrayBuffer());
      return true;
    } catch {
      return false;
    }
  }

  function showPack(failed) {
    const pack = load && open ? load.pack : null, cases = pack ? pack.cases : [];
    const ready = cases.filter((one) => missing(one).length === 0).length, left = cases.length - ready;
    tell(by("bekal"), !pack ? words.pack_unknown : !cases.length ? words.pack_none
      : left ? say(words.pack_size, { cases: number(cases.length), photos: number(pack.photos), kb: number(pack.bytes / 1000) })
        : say(words.pack_ready, { n: number(cases.length), when: moment(load.at) }));
    by("muat").hidden = !left;
    by("muat").disabled = loading;
    by("maju").hidden = !left;
    by("maju").max = cases.length || 1;
    by("maju").value = ready;
    tell(by("siap"), !cases.length ? "" : [say(words.pack_progress, { n: number(ready), of: number(cases.length) }), failed ? say(words.pack_failed, { n: number(failed) }) : ""].filter(Boolean).join(" · "));
    root.dataset.bekal = cases.length ? `${ready}/${cases.length}` : "";
  }

  async function pictureAt(photo) {
    if (pictures.has(photo.id)) { return pictures.get(photo.id); }
    const bytes = await queue.picture(person.id, photo.id);
    if (!bytes) { return null; }
    const address = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
    pictures.set(photo.id, address);
    return address;
  }

  /* ---- where -------------------------------------------------------------------------------------------------------- */

  function showPosition(fix, trouble) {
    here = fix;
    const seen = petabukti.alat.position(fix, trouble, words);
    tell(by("posisi"), seen.text, "rk-fix t-" + seen.tone);
    tell(document.getElementById("rk-posisi-kamera"), seen.text);
    moveMe(fix);
    showDistances();
    refine(fix);
  }

  function away(place) {
    const fix = posisi.at();
    if (!place || !fix) { return null; }
    const metres = ukur.metres(fix, place);
    return { metres, m: ukur.inWords(metres), to: ukur.direction(ukur.bearing(fix, place), words.directions), a: number(fix.accuracy), accuracy: fix.accuracy };
  }

  function showDistances() {
    if (!load || !open) { return; }
    for (const cell of by("daftar").querySelectorAll("[data-jarak]")) {
      const far = away((load.pack.cases.find((one) => one.id === Number(cell.dataset.jarak)) || {}).place);
      if (far) { cell.textContent = say(words.away, far); }
    }
    by("terdekat").hidden = byDistance || !here || by("daftar").children.length < 2;
    const one = caseOf();
    if (!one) { return; }
    const far = away(one.place);
    tell(by("jarak"), !one.place ? words.no_place : !far ? "" : far.metres <= far.accuracy ? words.at_claim : say(words.away_unsure, far));
    for (const line of by("foto-klaim").querySelectorAll("[data-foto]")) {
      const photo = one.photos.find((each) => each.id === Number(line.dataset.foto)), way = photo && away(photo.place);
      if (way) { line.textContent = say(words.photo_away, way); }
    }
  }

  /* Somebody who has just taken a photo still stands there: a finer position of these seconds is the better witness. */
  async function refine(fix) {
    for (const [id, taken] of settling) {
      if (Date.now() - taken.at > posisi.SETTLES_MS) { settling.delete(id); continue; }
      if (!fix || fix.time < taken.at || taken.accuracy !== null && fix.accuracy >= taken.accuracy) { continue; }
      taken.accuracy = fix.accuracy;
      const photo = (await queue.allPhotos(person.id)).find((one) => one.id === id);
      if (photo && photo.state === "waiting" && !photo.offset) { await queue.patchPhoto(id, { fix: { ...fix } }); } else { settling.delete(id); }
    }
  }

  /* ---- the visit ---------------------------------------------------------------------------------------------------- */

  async function checkIn() {
    const one = caseOf(), fix = posisi.at(), rules = load.pack.rules;
    const metres = fix && one.place ? ukur.metres(fix, one.place) : null;
    const reach = fix && ukur.reach(rules, fix.accuracy, one.place && one.place.accuracy);
    const wrong = !fix ? words.no_fix : metres !== null && metres > reach ? say(words.too_far, { m: ukur.inWords(metres), radius: ukur.inWords(reach) }) : "";
    tell(by("checkin-salah"), wrong);
    if (wrong) { return; }
    const stood = { fix, happened_at: new Date().toISOString(), metres };
    if (visit) {
      visit = await queue.patchCase(visit.id, stood);
    } else {
      visit = {
        id: petabukti.identity(), kind: "visit", account: person.id, evidence: one.id, title: one.title, made_at: stood.happened_at, ...stood,
        fields: { checked: [], note: "" }, complete: false, sent: false, ended: null,
      };
      await queue.putRecord(visit);
    }
    await draw();
    by("foto").focus();
  }

  async function keep(file, source) {
    const captured = new Date(), fix = posisi.at();
    if (file.size > load.pack.rules.max_bytes) { return false; }
    try {
      const made = await foto.prepare(file, null);
      const answers = Number(by("menjawab").value) || undefined;
      const photo = {
        id: petabukti.identity(), case: visit.id, purpose: "visit", account: person.id, name: file.name, type: file.type || "application/octet-stream",
        size: made.size, sha256: made.sha256, source, answers, captured_at: captured.toISOString(), fix, state: "waiting", offset: 0,
      };
      await queue.addPhoto(visit, photo, made.bytes, made.thumb);
      settling.set(photo.id, { at: captured.getTime(), accuracy: fix ? fix.accuracy : null });
      return true;
    } catch (failed) {
      complain(say(failed.name === "QuotaExceededError" ? words.not_kept_full : words.not_kept, { name: file.name }));
      return false;
    }
  }

  function complain(text) {
    by("keluhan").append(make("li", "notice n-bad", text));
  }

  const camera = petabukti.kamera({
    words, complain,
    keep: (file) => keep(file, "camera"),
    async after() {
      const room = await queue.hasRoom();
      if (!room) { complain(words.room_full); }
      return room;
    },
    instead(denied) { if (denied) { by("ponsel").focus(); } else { by("ponsel").click(); } },
  });

  function fieldsOf(form) {
    const verdict = form.querySelector("[name=verdict]:checked");
    return {
      checked: Array.from(form.querySelectorAll("[name=checked]:checked"), (one) => one.value), note: form.elements.note.value.trim(),
      ...(verdict ? { verdict: verdict.value } : {}), ...(form.elements.afterwards.checked ? { afterwards: "kembalikan" } : {}),
    };
  }

  /* What is ticked and typed is kept as it is: a call, an empty battery or a closed tab take nothing away. */
  async function keepDraft() {
    if (visit && !visit.complete) { visit = await queue.patchCase(visit.id, { fields: fieldsOf(by("putusan")) }) || visit; }
  }

  function lacking(one, fields, photos) {
    if (Date.now() - new Date(visit.happened_at) > load.pack.rules.lasts_ms) { return words.expired; }
    if (!photos.length) { return words.lacks_photo; }
    if (!fields.verdict) { return words.lacks_verdict; }
    const whole = one.checklist.every((item) => fields.checked.includes(item.code));
    if (fields.verdict === load.pack.verdicts[0].value) { return whole ? "" : words.lacks_checklist; }
    return fields.note ? "" : words.lacks_note;
  }

  async function finish(event) {
    event.preventDefault();
    const one = caseOf(), fields = fieldsOf(by("putusan"));
    const photos = (await queue.allPhotos(person.id)).filter((photo) => photo.case === visit.id);
    const wrong = lacking(one, fields, photos);
    tell(by("salah"), wrong);
    if (wrong) { return; }
    await queue.patchCase(visit.id, { fields, complete: true, decided_at: new Date().toISOString(), refused: null });
    visit = null;
    location.hash = "";
    await draw();
    by("kunjungan-judul").focus();
    rhythm.soon(0);
  }

  /* ---- the pages ------------------------------------------------------------------------------------------------------ */

  function draw() {
    clearTimeout(later);
    later = null;
    drawing = (drawing || Promise.resolve()).catch(() => {}).then(paint);
    return drawing;
  }

  function drawLater() {
    later = later || setTimeout(draw, DRAWN_MS);
  }

  async function paint() {
    const mine = open && person ? await queue.visits(person.id) : [], photos = open && person ? await queue.allPhotos(person.id) : [];
    const waiting = await queue.waiting(), one = caseOf();
    count(waiting);
    who(waiting);
    by("hari").hidden = !open || Boolean(one);
    by("kasus").hidden = !one;
    by("judul-teks").textContent = one ? one.title : words.title;
    showPack(0);
    if (one) { await paintCase(one, mine, photos); } else { paintDay(mine, photos); }
    showDistances();
    root.dataset.tampil = one ? String(one.id) : open ? "hari" : "tertutup";
  }

  function count(waiting) {
    const own = person ? waiting.get(person.id) || 0 : 0;
    tell(by("hitung"), own ? say(words.waiting, { n: number(own) }) : words.nothing_waits);
    by("hitung").dataset.menunggu = String(own);
    by("kirim").hidden = own === 0 || !open;
  }

  function who(waiting) {
    const others = Array.from(waiting).filter(([account]) => !person || account !== person.id).reduce((sum, [, n]) => sum + n, 0);
    const lines = [];
    if (!person) { lines.push(words.sign_in_first); } else if (!open) { lines.push(say(words.closed, { name: person.name })); }
    if (barred) { lines.push(words.barred); }
    if (others) { lines.push(say(words.others_wait, { n: number(others) })); }
    const box = by("orang"), inner = make("div", "stack");
    box.hidden = lines.length === 0;
    box.className = "notice " + (person && open ? "n-info" : "n-warn");
    inner.append(...lines.map((line) => make("p", "", line)));
    if (!person || !open) {
      const link = inner.appendChild(make("p", "row")).appendChild(make("a", "btn secondary", words.sign_in));
      link.href = ownPath(words.sign_in_href);
    }
    box.replaceChildren(inner);
    by("nama").textContent = person && open ? person.name : "";
  }

  function paintDay(mine, photos) {
    const cases = load && open ? load.pack.cases : [], done = new Set(mine.filter((one) => one.complete).map((one) => one.evidence));
    tell(by("urutan"), !cases.length ? "" : load.pack.planned ? words.planned : words.unplanned);
    const wanted = JSON.stringify([load && load.at, cases.length, [...done]]);
    if (wanted !== mapOf) {
      mapOf = wanted;
      const pack = { area: cases.length ? load.pack.area : [], cases };
      moveMe = petabukti.petaHari(by("peta"), pack, say(words.map_label, { n: number(cases.filter((one) => one.place).length) }), words.me, done);
      moveMe(here);
    }
    const focused = document.activeElement && document.activeElement.closest && document.activeElement.closest("[data-kunci]");
    by("daftar").replaceChildren(...inOrder(cases).map((one) => stop(one, cases.indexOf(one) + 1, done.has(one.id))));
    const shown = mine.sort((one, other) => one.made_at < other.made_at ? 1 : -1);
    by("kunjungan").replaceChildren(...shown.map((one) => card(one, photos.filter((photo) => photo.case === one.id))));
    by("kosong").hidden = shown.length > 0;
    const again = focused && document.querySelector(`[data-kunci="${CSS.escape(focused.dataset.kunci)}"]`);
    if (again) { again.focus({ preventScroll: true }); }   // whoever goes by keyboard stays where they were
  }

  function inOrder(cases) {
    const far = (one) => { const found = away(one.place); return found ? found.metres : Infinity; };
    return byDistance ? [...cases].sort((one, other) => far(one) - far(other)) : cases;
  }

  function stop(one, place, done) {
    const item = make("li", "card");
    item.value = place;
    const link = item.appendChild(make("p", "rk-strong")).appendChild(make("a", "", `${place}. ${one.title}`));
    link.href = "#bukti-" + one.id;
    link.dataset.kunci = "tujuan-" + one.id;
    item.append(make("p", "muted small", `${one.region} · ${one.kind} · ${one.days}`));
    const line = item.appendChild(make("p", "small")), far = line.appendChild(make("span", "", one.place ? "–" : words.no_place));
    if (one.place) { far.dataset.jarak = String(one.id); }
    if (done) { line.append(" · ", make("span", "rk-ok", words.visited)); }
    return item;
  }

  async function paintCase(one, mine, photos) {
    if (!visit || visit.evidence !== one.id) {
      visit = mine.find((each) => each.evidence === one.id && !each.complete) || null;
      await claim(one);
      fill(one);
    }
    const own = visit ? photos.filter((photo) => photo.case === visit.id) : [];
    const at = visit && { when: moment(visit.happened_at), m: visit.metres === null ? "" : ukur.inWords(visit.metres), a: number(visit.fix.accuracy) };
    tell(by("checkin"), !visit ? "" : say(visit.metres === null ? words.checked_in_anywhere : words.checked_in, at));
    by("hadir").className = "btn " + (visit ? "secondary" : "primary");
    by("isian").hidden = !visit;
    tell(by("jumlah"), own.length ? say(words.photos_taken, { n: number(own.length) }) : "");
    by("foto-saya").replaceChildren(...await Promise.all(own.map((photo, index) => tile(one, photo, index + 1))));
  }

  async function claim(one) {
    const place = one.place ? `${one.place_words} ${one.grade ? say(words.grade, { grade: one.grade, m: number(one.place.accuracy || 0) }) : ""}` : words.no_place;
    const facts = [[words.fact_kind, one.kind], [words.fact_region, one.region], [words.fact_days, one.days], [words.fact_owner, one.owner], [words.fact_place, place], [words.fact_reason, one.place_reason]];
    by("fakta").replaceChildren(...facts.filter(([, value]) => value).map(([label, value]) => {
      const pair = make("div");
      pair.append(make("dt", "", label), make("dd", "", value));
      return pair;
    }));
    tell(by("uraian"), one.note);
    by("foto-klaim").replaceChildren(...await Promise.all(one.photos.map(claimed)));
  }

  async function claimed(photo) {
    const item = make("li"), figure = item.appendChild(make("figure")), address = await pictureAt(photo);
    if (address) {
      const picture = figure.appendChild(make("img"));
      picture.alt = photo.alt;
      picture.width = photo.width;
      picture.height = photo.height;
      picture.src = address;
    }
    const text = figure.appendChild(make("figcaption"));
    text.append(make("strong", "", photo.label), address ? "" : ` · ${words.photo_absent}`, photo.taken ? ` · ${say(words.photo_taken, { when: photo.taken })}` : "");
    if (photo.place) { text.appendChild(make("span", "small muted lp-dari")).dataset.foto = String(photo.id); }
    return item;
  }

  function fill(one) {
    const fields = visit ? visit.fields : { checked: [], note: "" }, form = by("putusan");
    by("menjawab").replaceChildren(...one.photos.map((photo) => new Option(photo.label, photo.id)));
    by("menjawab").closest(".field").hidden = one.photos.length === 0;
    by("periksa").replaceChildren(...one.checklist.map((item) => choice("checkbox", "checked", item.code, item.label, fields.checked.includes(item.code))));
    by("verdict").replaceChildren(...load.pack.verdicts.map((each) => choice("radio", "verdict", each.value, each.label, fields.verdict === each.value)));
    form.elements.note.value = fields.note;
    form.elements.afterwards.checked = fields.afterwards === "kembalikan";
    tell(by("salah"), "");
    tell(by("checkin-salah"), "");
  }

  function choice(type, name, value, text, on) {
    const line = make("div", "check"), label = line.appendChild(make("label")), box = label.appendChild(make("input"));
    Object.assign(box, { type, name, value, checked: on });
    label.append(make("span", "", text));
    return line;
  }

  async function tile(one, photo, place) {
    const item = make("li"), figure = item.appendChild(make("figure")), bytes = await queue.thumb(photo.id);
    if (bytes) {
      const picture = figure.appendChild(make("img"));
      picture.alt = photo.name;
      picture.src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    }
    const answered = one.photos.find((each) => each.id === photo.answers), text = figure.appendChild(make("figcaption"));
    text.append(make("span", "small", [answered ? say(words.answers, { photo: answered.label }) : "", photo.fix ? say(words.with_fix, { m: number(photo.fix.accuracy) }) : words.without_fix].filter(Boolean).join(" · ")));
    const drop = button("×", "quiet rk-drop", () => window.confirm(words.sure_photo) && queue.dropPhoto(photo.id));
    drop.setAttribute("aria-label", say(words.drop_photo, { n: number(place) }));
    figure.append(drop);
    return item;
  }

  /* ---- visits on this phone --------------------------------------------------------------------------------------------- */

  function card(record, photos) {
    const item = make("li", "card stack"), there = photos.filter((one) => queue.DONE.has(one.state)).length;
    item.dataset.kunjungan = record.id;
    item.dataset.keadaan = record.ended || (record.refused ? "refused" : record.complete ? "waiting" : "draft");
    item.append(make("h3", "", record.title));
    const times = { there: moment(record.decided_at || record.happened_at), here: record.received_at ? moment(record.received_at) : "–" };
    const text = record.ended === "settled" ? say(words.visit_settled, times) : record.ended ? say(words.visit_left_aside, times)
      : record.refused ? words.visit_refused : !record.complete ? words.visit_draft
        : record.sent ? say(words.visit_sending, { here: number(there), of: number(photos.length) }) : words.visit_waiting;
    item.append(make("p", record.ended === "settled" ? "small rk-ok" : record.refused || record.ended ? "small rk-strong" : "small muted", text));
    for (const why of [record.ended && record.message, record.refused && (record.refused.message || record.refused.code)]) {
      if (why) { item.append(make("p", "notice n-warn", why)); }
    }
    for (const one of photos.filter((photo) => photo.state === "refused")) {
      item.append(make("p", "error small", `${one.name}: ${one.code === "bytes_lost" ? words.bytes_lost : one.message || one.code}`));
    }
    const row = item.appendChild(make("div", "row actions"));
    if (!record.complete && load && load.pack.cases.some((one) => one.id === record.evidence)) {
      const link = row.appendChild(make("a", "btn secondary", words.go_on));
      link.href = "#bukti-" + record.evidence;
    }
    if (record.refused) { row.append(button(words.retry, "secondary", () => again(record))); }
    if (record.ended) {
      const link = row.appendChild(make("a", "btn quiet", words.open_there));
      link.href = ownPath(record.href);
      row.append(button(words.tidy, "quiet", () => queue.dropCase(record.id)));
    } else if (!record.sent || record.refused) {
      row.append(button(words.drop_visit, "danger", () => window.confirm(say(words.sure_visit, { n: number(photos.length) })) && queue.dropCase(record.id)));
    }
    return item;
  }

  async function again(record) {
    await queue.patchCase(record.id, { refused: null });
    rhythm.soon(0, true);
  }

  /* ---- sending and starting ----------------------------------------------------------------------------------------------- */

  const rhythm = petabukti.irama({
    meet,
    busy(is) { if (is) { by("kirim").setAttribute("aria-busy", "true"); } else { by("kirim").removeAttribute("aria-busy"); } },
    person: () => person,
    async heard(why) {
      if (why === "signin" && lastWhy !== "signin") { open = false; await orang.lock(); } else if (why === "network") { await reopen(); }
      lastWhy = why;
      tell(by("jaringan"), words["net_" + (why || "ok")] || words.net_network, "rk-net t-" + (why ? why === "network" ? "neutral" : "warn" : "good"));
    },
    async settled() {
      await draw();
      if (!settledIn) { settledIn = true; await queue.hasRoom(); await install(); }
    },
  });

  async function install() {
    if (!navigator.serviceWorker) { return; }
    try {
      await navigator.serviceWorker.register(words.worker_href, { scope: "/" });
      if (navigator.storage && navigator.storage.persist) { await navigator.storage.persist(); }
    } catch {
      tell(by("jaringan"), words.no_worker, "rk-net t-warn");
    }
  }

  function wire() {
    by("muat").addEventListener("click", takeAlong);
    by("hadir").addEventListener("click", checkIn);
    by("foto").addEventListener("click", camera.open);
    by("ponsel").addEventListener("change", async () => {
      const files = Array.from(by("ponsel").files);
      by("ponsel").value = "";
      for (const file of files) { await keep(file, "camera"); }
    });
    by("terdekat").addEventListener("click", () => { byDistance = true; draw(); });
    by("putusan").addEventListener("submit", finish);
    by("putusan").addEventListener("change", keepDraft);
    by("putusan").addEventListener("input", (event) => { clearTimeout(event.currentTarget.later); event.currentTarget.later = setTimeout(keepDraft, 400); });
    by("kirim").addEventListener("click", () => rhythm.soon(0, true));
    by("bahasa").addEventListener("click", () => orang.chooseLanguage(by("bahasa").dataset.locale));
    addEventListener("hashchange", () => { visit = null; draw().then(() => by("judul").focus()); });
    addEventListener("online", () => rhythm.soon(0));
    addEventListener("offline", () => rhythm.settle({ left: 0, why: "network" }));
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { rhythm.soon(300); } else { keepDraft(); } });
    queue.onchange = drawLater;
    queue.changes.addEventListener("message", drawLater);
  }

  async function start() {
    wire();
    posisi.follow(showPosition);
    try {
      await recall();
    } catch {
      complain(words.no_store);
      return;
    }
    await draw();
    rhythm.soon(0);
    setTimeout(() => lastWhy === "signin" ? null : reopen(), navigator.onLine ? PATIENCE_MS : 0);
  }

  start();
})();
