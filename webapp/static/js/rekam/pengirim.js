/* The sender: words first, then photos one by one in pieces (tus 1.0.0), then what became of each.
 *
 * Used by the capture page and by its service worker; a lock lets only one of them send. Everything may be repeated:
 * each case and photo has a number of its own, and the server says how far it has come. Nothing counts as delivered
 * before the server has said so with a receipt, and with the same SHA-256.
 */
(function (self) {
  "use strict";

  const petabukti = self.petabukti = self.petabukti || {};
  const queue = petabukti.antrean;
  const WIRE = "/rekam/kirim", TUS = { "Tus-Resumable": "1.0.0" };
  const SHORT_MS = 45_000, PIECE_MS = 240_000;   // a piece of 256 kB at 2 kB/s takes 130 s
  const AGAIN = new Set([408, 423, 425, 429]);   // not now, but later
  const QUICK_MS = 1500, SLOW_MS = 8000, LEAST = 64 * 1024, MOST = 4 * 1024 * 1024;   // how pieces grow and shrink
  const NOT_YET = "received", MOST_ASKED = 50, TRIES = 4;

  /* Why sending has stopped: "network", "signin", "server", "wifi", "other" (somebody else is signed in). */
  class Stop extends Error {
    constructor(why) { super(why); this.why = why; }
  }
  class Refused extends Error {
    constructor(code, message) { super(code); this.code = code; this.words = message; }
  }

  let answered = 0;   // whether there is a network at all, though it may break off again and again

  async function ask(path, options, milliseconds) {
    let answer;
    try {
      answer = await fetch(path, {
        credentials: "same-origin", cache: "no-store", redirect: "manual", ...options,
        signal: AbortSignal.timeout(milliseconds || SHORT_MS),
      });
    } catch {
      throw new Stop("network");
    }
    answered += 1;
    if (answer.status === 401 || answer.type === "opaqueredirect") { throw new Stop("signin"); }
    if (answer.status >= 500 || AGAIN.has(answer.status)) { throw new Stop("server"); }
    return answer;
  }

  async function json(answer) {
    try { return await answer.json(); } catch { throw new Stop("network"); }
  }

  async function refusal(answer) {
    let said = {};
    try { said = await answer.json(); } catch { /* no words came */ }
    const fields = (said.fields || []).map((one) => one.message).join(" ");
    return new Refused(said.code || String(answer.status), [said.message, fields].filter(Boolean).join(" "));
  }

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
    if (why.code === "csrf_failed") { throw new Stop("server"); }
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
    return queue.patchCase(record.id, { submit: false, refused: { code: why.code, message: why.words } });
  }

  /* ---- photos ---------------------------------------------------------------------------------------------------- */

  function metadata(photo) {
    const said = {
      id: photo.id, case: photo.case, filename: photo.name, filetype: photo.type, source: photo.source,
      captured_at: photo.captured_at, original_sha256: photo.original_sha256, original_bytes: photo.original_bytes,
    };
    if (photo.fix) {
      Object.assign(said, {
        fix_lon: photo.fix.lon.toFixed(7), fix_lat: photo.fix.lat.toFixed(7), fix_accuracy: photo.fix.accuracy.toFixed(1),
        fix_at: new Date(photo.fix.time).toISOString(), fix_count: photo.fix.count,
      });
    }
    const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(String(text))));
    return Object.entries(said).filter(([, value]) => value !== undefined && value !== null && value !== "")
      .map(([key, value]) => `${key} ${encoded(value)}`).join(",");
  }

  /* Begin, or find it begun; answers its address and how far it has come. */
  async function begin(photo, size, csrf) {
    const answer = await ask(WIRE, {
      method: "POST",
      headers: { ...TUS, "X-CSRFToken": csrf, "Upload-Length": String(size), "Upload-Metadata": metadata(photo) },
    });
    if (!answer.ok) { throw await refusal(answer); }
    const address = answer.headers.get("Location");
    return { address, at: answer.status === 201 ? 0 : await offsetOf(address) };
  }

  async function offsetOf(address) {
    const answer = await ask(address, { method: "HEAD", headers: TUS });
    if (!answer.ok) { return null; }   // forgotten meanwhile: it is begun again
    return Number(answer.headers.get("Upload-Offset"));
  }

  async function sendPiece(address, piece, at, csrf) {
    const answer = await ask(address, {
      method: "PATCH", body: piece,
      headers: { ...TUS, "X-CSRFToken": csrf, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at) },
    }, PIECE_MS);
    await queue.count(piece.byteLength);
    if (answer.ok) { return Number(answer.headers.get("Upload-Offset")); }
    if ([404, 409, 410].includes(answer.status)) { return null; }   // it stands elsewhere than we thought
    throw await refusal(answer);
  }

  /* A piece takes some seconds of the line: small where it is slow, so that little is sent twice, large where it is not. */
  let pieceBytes = null;

  function paced(milliseconds, whole) {
    if (milliseconds < QUICK_MS && whole) { pieceBytes = Math.min(pieceBytes * 2, MOST); }
    if (milliseconds > SLOW_MS) { pieceBytes = Math.max(pieceBytes / 2, LEAST); }
  }

  async function deliver(photo, csrf) {
    const bytes = await queue.bytes(photo.id);
    if (!bytes) { throw new Refused("bytes_lost", ""); }
    for (let tries = 0; tries < TRIES; tries++) {
      let { address, at } = await begin(photo, bytes.byteLength, csrf);
      while (at !== null && at < bytes.byteLength) {
        await queue.patchPhoto(photo.id, { offset: at });
        const piece = bytes.slice(at, at + pieceBytes), begun = Date.now();
        at = await sendPiece(address, piece, at, csrf);
        paced(Date.now() - begun, piece.byteLength === pieceBytes);
      }
      if (at !== null) { return queue.patchPhoto(photo.id, { state: "sent", offset: bytes.byteLength }); }
    }
    throw new Stop("server");
  }

  async function sendPhoto(photo, csrf) {
    pieceBytes = pieceBytes || petabukti.pieceBytes || 262_144;
    try {
      await deliver(photo, csrf);
    } catch (why) {
      if (!(why instanceof Refused)) {
        pieceBytes = Math.max(pieceBytes / 2, LEAST);   // the line broke off
        throw why;
      }
      if (why.code === "csrf_failed") { throw new Stop("server"); }
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
    const photos = await queue.photos(account);
    const open = photos.filter((one) => one.state === "sent" || one.state === NOT_YET);
    if (open.length) { await learn(open); }
    return queue.photos(account);
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
    const sent = new Set((await queue.cases(account)).filter((one) => one.sent).map((one) => one.id));
    const due = (await queue.photos(account)).filter((one) => one.state === "waiting" && sent.has(one.case));
    for (const photo of due.sort((one, other) => one.captured_at < other.captured_at ? -1 : 1)) {
      if (!asked && holdsBack(choices)) { throw new Stop("wifi"); }
      await sendPhoto(photo, key.csrf);
    }
    await submitWhole(account, key.csrf);
    const left = (await queue.photos(account)).filter((one) => ["sent", NOT_YET].includes(one.state) || one.state === "waiting" && sent.has(one.case));
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
    Stop,
    ask,
    get answered() { return answered; },
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
