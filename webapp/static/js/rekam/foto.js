/* A photo as it is kept: its digest, a small picture for the list and, where a person wishes, a smaller copy to send. */
(function () {
  "use strict";

  const THUMB_PX = 240, THUMB_QUALITY = 0.7;
  const EXIF = "Exif\0\0", APP1 = 0xe1, SCAN = 0xda, ORIENTATION = 0x0112;

  async function sha256(bytes) {
    if (!crypto.subtle) { return null; }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (one) => one.toString(16).padStart(2, "0")).join("");
  }

  function toBlob(canvas, quality) {
    return new Promise((done, failed) => canvas.toBlob((blob) => blob ? done(blob) : failed(new Error("no picture")), "image/jpeg", quality));
  }

  function drawn(picture, longest) {
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  /* The whole segment that holds the EXIF block of a JPEG; null where there is none. */
  function exifOf(bytes) {
    for (let at = 2; at + 4 < bytes.length && bytes[at] === 0xff && bytes[at + 1] !== SCAN;) {
      const end = at + 2 + (bytes[at + 2] << 8 | bytes[at + 3]);
      const named = String.fromCharCode(...bytes.subarray(at + 4, at + 10)) === EXIF;
      if (bytes[at + 1] === APP1 && named) { return bytes.slice(at, end); }
      at = end;
    }
    return null;
  }

  /* The copy is drawn upright: its EXIF must not have it turned a second time. */
  function upright(segment) {
    const view = new DataView(segment.buffer), base = 10;
    const little = view.getUint16(base) === 0x4949;
    const first = base + view.getUint32(base + 4, little);
    for (let i = 0; i < view.getUint16(first, little); i++) {
      const entry = first + 2 + 12 * i;
      if (view.getUint16(entry, little) === ORIENTATION) { view.setUint16(entry + 8, 1, little); }
    }
    return segment;
  }

  async function smaller(bytes, type, limits) {
    if (type !== "image/jpeg") { return null; }
    const picture = await createImageBitmap(new Blob([bytes], { type }));
    if (Math.max(picture.width, picture.height) <= limits.reduce_to) { picture.close(); return null; }
    const copy = new Uint8Array(await (await toBlob(drawn(picture, limits.reduce_to), limits.reduce_quality / 100)).arrayBuffer());
    picture.close();
    const exif = exifOf(new Uint8Array(bytes));
    const parts = exif ? [copy.subarray(0, 2), upright(exif), copy.subarray(2)] : [copy];
    const whole = await new Blob(parts).arrayBuffer();
    return whole.byteLength < bytes.byteLength ? whole : null;
  }

  async function thumb(bytes, type) {
    try {
      const picture = await createImageBitmap(new Blob([bytes], { type }));
      const small = await toBlob(drawn(picture, THUMB_PX), THUMB_QUALITY);
      const size = { width: picture.width, height: picture.height };
      picture.close();
      return { bytes: await small.arrayBuffer(), ...size };
    } catch {
      return null;   // HEIC: few browsers can draw it
    }
  }

  petabukti.foto = {
    /* What is kept of a file. `reduce`: the organisation's limits where a smaller copy is wished, else null. */
    async prepare(file, reduce) {
      const bytes = await file.arrayBuffer(), type = file.type || "application/octet-stream";
      const small = await thumb(bytes, type);
      const made = { bytes, thumb: small && small.bytes, size: bytes.byteLength, sha256: await sha256(bytes) };
      let copy = null;
      try { copy = reduce && await smaller(bytes, type, reduce); } catch { /* it is sent as it is */ }
      if (!copy) { return made; }
      return {
        ...made, bytes: copy, size: copy.byteLength, sha256: await sha256(copy),
        original_sha256: made.sha256, original_bytes: bytes.byteLength,
      };
    },
  };
})();
