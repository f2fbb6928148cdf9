/* The sender: words first, then photos one by one over the wire (`tus.js`), then what became of each.
 *
 * Used by the pages of capture and of the field and by their service worker; a lock lets only one of them send. Everything may be repeated:
 * each case and photo has a number of its own, and the server says how far it has come. Nothing counts as delivered
 * before the server has said so with a receipt, and with the same SHA-256.
 */
(function (self) {
  "use strict";

  const petabukti = self.petabukti = self.petabukti || {};
  const queue = petabukti.antrean;
  const { WIRE, Stop, Refused, ask, json, refusal } = petabukti.tus;
  const NOT_YET = "received", MOST_ASKED = 50;

  /* Who is signed in here, and the token for what is sent. */
  async function fetchKey() {
    const key = await json(await ask("/rekam/kunci", { headers: { Accept: "application/json" } }));
    if (!key.account) { throw new Stop("signin"); }
    await queue.setMeta("person", { ...key.account, until: key.until });
    return key;
  }

  function holdsBack(choices) {
    const line = self.navigator.connection;
    return Boolean(choices.wifiOnly && line && line.type && !["wifi", "ethernet", "unknown"].includes(line.type));
  }

  /* ---- words ---------------------------------------------------------------------------------------------------- */

  async function sendCase(record, csrf) {
    const body = JSON.stringify(record.fields);
    const answer = await ask(`/api/v1/bukti/${record.id}`, {
      method: "PUT", body, headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    });
    await queue.count(body.length);
    if (answer.ok) { return queue.patchCase(record.id, { sent: true, refused: null, href: (await json(answer)).href }); }
    const why = await refusal(answer);
    if (why instanceof Stop) { throw why; }
    return why.code === "id_reused" ? sentBefore(record, why)
      : queue.patchCase(record.id, { refused: { code: why.code, message: why.words } });
  }

  /* It had arrived, its answer was lost, and the note was changed meanwhile: the photos go to it all the same. */
  async function sentBefore(record, why) {
    const answer = await ask(`/api/v1/bukti/${record.id}`, { headers: { Accept: "application/json" } });
    const refused = answer.ok ? { code: "note_differs" } : { code: why.code, message: why.words };
    const known = answer.ok ? { sent: true, href: (await json(answer)).href } : {};
    return queue.patchCase(record.id, { ...known, refused });
  }

  async function submitCase(record, csrf) {
    const answer = await ask(`/api/v1/bukti/${record.id}/kirim`, { method: "POST", headers: { "X-CSRFToken": csrf } });
    if (answer.ok) { return queue.patchCase(record.id, { submitted: true, refused: null }); }
    const why = await refusal(answer);
    if (why instanceof Stop) { throw why; }
    return queue.patchCase(record.id, { submit: false, refused: { code: why.code, message: why.words } });
  }

  /* ---- visits made without a network ------------------------------------------------------------------------------ */

  const visitAt = (record) => `/lapangan/bekal/kunjungan/${record.evidence}/${record.id}`;

  async function sendVisit(record, csrf) {
    const { fix, fields } = record;
    const body = JSON.stringify({
      lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy, fix_at: new Date(fix.time).toISOString(),
      happened_at: record.happened_at, decided_at: record.decided_at, sent_at: new Date().toISOString(), ...fields,
    });
    await tell(record, await ask(visitAt(record), { method: "PUT", body, headers: { "Content-Type": "application/json", "X-CSRFToken": csrf } }));
  }

  const settleVisit = async (record, csrf) => tell(record, await ask(visitAt(record) + "/selesai", { method: "POST", headers: { "X-CSRFToken": csrf } }));

  /* What the server says of a visit; `ended` once it has settled its case, or is kept beside one decided before. */
  async function tell(record, answer) {
    if (answer.ok) {
      const said = await json(answer);
      const ended = said.state === "open" ? null : said.state;
      return queue.patchCase(record.id, { sent: true, refused: null, ended, message: said.message, href: said.href, received_at: said.received_at });
    }
    const why = await refusal(answer);
    if (why instanceof Stop) { throw why; }
    return queue.patchCase(record.id, { refused: { code: why.code, message: why.words } });
  }

  async function settleWhole(account, csrf) {
    const photos = await queue.allPhotos(account);
    for (const record of await queue.visits(account)) {
      const whole = photos.filter((one) => one.case === record.id).every((one) => queue.DONE.has(one.state) || one.state === "refused");
      if (record.sent && !record.ended && !record.refused && whole) { await settleVisit(record, csrf); }
    }
  }

  /* ---- photos ---------------------------------------------------------------------------------------------------- */

  function told(photo) {
    const said = {
      id: photo.id, ...(photo.purpose === "visit" ? { purpose: "visit", visit: photo.case, answers: photo.answers } : { case: photo.case }), filename: photo.name, filetype: photo.type, source: photo.source,
      captured_at: photo.captured_at, original_sha256: photo.original_sha256, original_bytes: photo.original_bytes,
    };
    if (photo.fix) {
      Object.assign(said, {
        fix_lon: photo.fix.lon.toFixed(7), fix_lat: photo.fix.lat.toFixed(7), fix_accuracy: photo.fix.accuracy.toFixed(1),
        fix_at: new Date(photo.fix.time).toISOString(), fix_count: photo.fix.count,
      });
    }
    return said;
  }

  let pace = null;

  async function deliver(photo, csrf) {
    const bytes = await queue.bytes(photo.id);
    if (!bytes) { throw new Refused("bytes_lost", ""); }
    pace = pace || new petabukti.tus.Pace(petabukti.pieceBytes || 262_144);
    await petabukti.tus.send(bytes, bytes.byteLength, told(photo), csrf, pace, async (at, sent) => {
      if (sent) { await queue.count(sent); }
      await queue.patchPhoto(photo.id, { offset: at });
    });
    await queue.patchPhoto(photo.id, { state: "sent" });
  }

  async function sendPhoto(photo, csrf) {
    try {
      await deliver(photo, csrf);
    } catch (why) {
      if (!(why instanceof Refused)) { throw why; }
      await queue.patchPhoto(photo.id, { state: "refused", code: why.code, message: why.words });
    }
  }

  /* ---- what became of them -------------------------------------------------------------------------------------- */

  async function learn(photos) {
    for (let from = 0; from < photos.length; from += MOST_ASKED) {
      const some = photos.slice(from, from + MOST_ASKED);
      const answer = await ask(`${WIRE}?${some.map((one) => "id=" + one.id).join("&")}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) { throw new Stop("server"); }
      const known = new Map((await json(answer)).uploads.map((one) => [one.id, one]));
      for (const photo of some) { await note(photo, known.get(photo.id)); }
    }
  }

  async function note(photo, said) {
    if (!said || !said.shown) {   // unknown there, or not whole: it is sent again, from where it stands
      await queue.patchPhoto(photo.id, { state: "waiting", offset: said ? said.offset : 0 });
    } else if (said.shown !== "refused" && photo.sha256 && said.sha256 !== photo.sha256) {
      await queue.renumber(photo, petabukti.identity());   // other bytes arrived than were taken: never let that pass
    } else {
      await queue.settle(photo.id, {
        state: said.shown, code: said.code, message: said.message, receipt: said.receipt, receipt_href: said.receipt_href,
        arrived_at: said.arrived_at, timeliness: said.timeliness_label, case_href: said.case_href, offset: said.byte_size,
      });
    }
  }

  /* ---- all of it ------------------------------------------------------------------------------------------------- */

  async function settled(account) {
    const photos = await queue.allPhotos(account);
    const open = photos.filter((one) => one.state === "sent" || one.state === NOT_YET);
    if (open.length) { await learn(open); }
    return queue.allPhotos(account);
  }

  async function submitWhole(account, csrf) {
    const photos = await settled(account);
    for (const record of await queue.cases(account)) {
      const own = photos.filter((one) => one.case === record.id);
      const whole = own.length > 0 && own.every((one) => queue.DONE.has(one.state));
      if (record.submit && record.sent && !record.submitted && !record.refused && whole) { await submitCase(record, csrf); }
    }
  }

  async function sendAll(asked, known) {
    const key = known || await fetchKey();
    const account = key.account.id;
    const choices = await queue.meta("choices:" + account) || {};
    await settled(account);   // a network that comes and goes first brings the receipts
    for (const record of await queue.cases(account)) {
      if (record.complete && !record.sent && !record.refused) { await sendCase(record, key.csrf); }
    }
    for (const record of await queue.visits(account)) {
      if (record.complete && !record.sent && !record.refused) { await sendVisit(record, key.csrf); }
    }
    const records = [...await queue.cases(account), ...await queue.visits(account)];
    const sent = new Set(records.filter((one) => one.sent).map((one) => one.id));
    const due = (await queue.allPhotos(account)).filter((one) => one.state === "waiting" && sent.has(one.case));
    for (const photo of due.sort((one, other) => one.captured_at < other.captured_at ? -1 : 1)) {
      if (!asked && holdsBack(choices)) { throw new Stop("wifi"); }
      await sendPhoto(photo, key.csrf);
    }
    await submitWhole(account, key.csrf);
    await settleWhole(account, key.csrf);
    const left = (await queue.allPhotos(account)).filter((one) => ["sent", NOT_YET].includes(one.state) || one.state === "waiting" && sent.has(one.case));
    return { account, left: left.length };
  }

  petabukti.identity = function () {
    if (self.crypto.randomUUID) { return self.crypto.randomUUID(); }
    const b = self.crypto.getRandomValues(new Uint8Array(16));
    b[6] = b[6] & 0x0f | 0x40;
    b[8] = b[8] & 0x3f | 0x80;
    return Array.from(b, (x, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + x.toString(16).padStart(2, "0")).join("");
  };

  petabukti.pengirim = {
    fetchKey,
    /* Send what is due. `asked`: a person pressed the button, so that "Wi-Fi only" does not hold it back; `key`: as
     * `fetchKey` answered just now, where the caller has it.
     * Answers { left, why }: how many are still on their way, and why it stopped, if it did. */
    async send(asked, key) {
      const work = async (lock) => {
        if (lock === null) { return { left: 0, why: "busy" }; }
        try {
          return { ...await sendAll(asked, key), why: null };
        } catch (failed) {
          if (!(failed instanceof Stop)) { throw failed; }
          return { left: 1, why: failed.why };
        }
      };
      return self.navigator.locks ? self.navigator.locks.request("petabukti-kirim", { ifAvailable: true }, work) : work(true);
    },
  };
})(self);
