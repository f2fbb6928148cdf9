/* "Simpan cadangan": what waits for this account as one file, to be brought to an office and imported there. */
(function () {
  "use strict";

  const FORMAT = "petabukti-cadangan/1";
  const EXTENSIONS = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic", "image/heif": "heif", "image/avif": "avif" };
  const place = (photo) => `foto/${photo.id}.${EXTENSIONS[photo.type] || "bin"}`;

  function said(photo) {
    const fix = photo.fix && {
      fix_lon: photo.fix.lon, fix_lat: photo.fix.lat, fix_accuracy: photo.fix.accuracy,
      fix_at: new Date(photo.fix.time).toISOString(), fix_count: photo.fix.count,
    };
    const told = { source: photo.source, captured_at: photo.captured_at, ...fix, original_sha256: photo.original_sha256, original_bytes: photo.original_bytes };
    return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined && value !== null));
  }

  async function content(person) {
    const queue = petabukti.antrean;
    const open = (await queue.photos(person.id)).filter((one) => !queue.DONE.has(one.state));
    const cases = (await queue.cases(person.id)).map((record) => ({
      id: record.id,
      fields: record.fields,
      photos: open.filter((one) => one.case === record.id).map((one) => ({
        id: one.id, file: place(one), name: one.name, type: one.type, bytes: one.size, sha256: one.sha256, metadata: said(one),
      })),
    })).filter((record) => record.photos.length > 0);
    return { open, told: { format: FORMAT, made_at: new Date().toISOString(), account: { id: person.id, name: person.name }, cases } };
  }

  async function* files({ open, told }) {
    yield { name: "cadangan.json", input: JSON.stringify(told, null, 1), lastModified: new Date() };
    for (const photo of open) {   // one after another: never more than one in memory
      const bytes = await petabukti.antrean.bytes(photo.id);
      if (bytes) { yield { name: place(photo), input: new Uint8Array(bytes), lastModified: new Date(photo.captured_at) }; }
    }
  }

  /* Hand the file to the person; answers how many photos it holds. */
  petabukti.simpanCadangan = async function (person, module) {
    const { downloadZip } = await import(module);
    const whole = await content(person);
    const blob = await downloadZip(files(whole)).blob();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `petabukti-cadangan-${new Date().toISOString().slice(0, 16).replace(/[-:T]/g, "")}.zip`;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return whole.open.length;
  };
})();
