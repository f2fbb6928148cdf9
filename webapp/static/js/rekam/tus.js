/* The wire: a file in pieces (tus 1.0.0), from wherever the server says it stands. On `fetch`, so that it runs in a
 * service worker too; used by the capture page, by its worker and by imports.
 */
(function (self) {
  "use strict";

  const petabukti = self.petabukti = self.petabukti || {};
  const WIRE = "/rekam/kirim", TUS = { "Tus-Resumable": "1.0.0" };
  const SHORT_MS = 45_000, PIECE_MS = 240_000;   // a piece of 256 kB at 2 kB/s takes 130 s
  const QUICK_MS = 1500, SLOW_MS = 8000, LEAST = 64 * 1024, MOST = 4 * 1024 * 1024;   // how pieces grow and shrink
  const AGAIN = new Set([408, 423, 425, 429]);   // not now, but later
  const TRIES = 4;

  /* Why sending has stopped: "network", "signin", "server"; with the server's code and words, where it gave any. */
  class Stop extends Error {
    constructor(why, said) { super(why); this.why = why; this.code = said && said.code; this.words = said && said.words; }
  }
  /* The server has said no, for good. */
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
    if (answer.status >= 500 || AGAIN.has(answer.status)) { throw new Stop("server", await refusal(answer)); }
    return answer;
  }

  async function json(answer) {
    try { return await answer.json(); } catch { throw new Stop("network"); }
  }

  /* Why an answer is no; a token that is too old is no reason to give up. */
  async function refusal(answer) {
    let said = {};
    try { said = await answer.json(); } catch { /* no words came */ }
    const fields = (said.fields || []).map((one) => one.message).join(" ");
    const code = said.code || answer.headers.get("X-Problem-Code") || String(answer.status);
    return code === "csrf_failed" ? new Stop("server", { code }) : new Refused(code, [said.message, fields].filter(Boolean).join(" "));
  }

  function metadata(said) {
    const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(String(text))));
    return Object.entries(said).filter(([, value]) => value !== undefined && value !== null && value !== "")
      .map(([key, value]) => `${key} ${encoded(value)}`).join(",");
  }

  /* Begin, or find it begun; answers its address and how far it has come. */
  async function begin(size, said, csrf) {
    const answer = await ask(WIRE, {
      method: "POST",
      headers: { ...TUS, "X-CSRFToken": csrf, "Upload-Length": String(size), "Upload-Metadata": metadata(said) },
    });
    if (!answer.ok) { throw await refusal(answer); }
    const address = answer.headers.get("Location");
    return { address, at: answer.status === 201 ? 0 : await offsetOf(address) };
  }

  async function offsetOf(address) {
    const answer = await ask(address, { method: "HEAD", headers: TUS });
    return answer.ok ? Number(answer.headers.get("Upload-Offset")) : null;   // null: forgotten meanwhile
  }

  async function sendPiece(address, piece, at, csrf) {
    const answer = await ask(address, {
      method: "PATCH", body: piece,
      headers: { ...TUS, "X-CSRFToken": csrf, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at) },
    }, PIECE_MS);
    if (answer.ok) { return Number(answer.headers.get("Upload-Offset")); }
    if ([404, 409, 410].includes(answer.status)) { return null; }   // it stands elsewhere than we thought
    throw await refusal(answer);
  }

  /* Pieces that take some seconds of the line: small where it is slow, so that little is sent twice, else large. */
  class Pace {
    constructor(bytes) { this.bytes = bytes; }
    took(milliseconds, whole) {
      if (milliseconds < QUICK_MS && whole) { this.bytes = Math.min(this.bytes * 2, MOST); }
      if (milliseconds > SLOW_MS) { this.bytes = Math.max(this.bytes / 2, LEAST); }
    }
    broke() { this.bytes = Math.max(this.bytes / 2, LEAST); }
  }

  petabukti.tus = {
    WIRE, Stop, Refused, Pace, ask, json, refusal,
    get answered() { return answered; },
    /* Send `source` (an ArrayBuffer or a Blob) of `size` bytes, of which `said` is told. `moved(at, sent)` hears how far
     * it has come and how many bytes that took. Raises `Stop`, `Refused`.
     */
    async send(source, size, said, csrf, pace, moved) {
      for (let tries = 0; tries < TRIES; tries++) {
        let { address, at } = await begin(size, said, csrf);
        let sent = 0;
        while (at !== null) {
          await moved(at, sent);
          if (at >= size) { return; }
          const piece = source.slice(at, at + pace.bytes), begun = Date.now();
          sent = piece.byteLength || piece.size;
          try {
            at = await sendPiece(address, piece, at, csrf);
          } catch (failed) {
            pace.broke();
            throw failed;
          }
          pace.took(Date.now() - begun, sent === pace.bytes);
        }
      }
      throw new Stop("server");
    },
  };
})(self);
