/* The queue of a phone: cases and visits, photos with their bytes, and what must be known without a network, in IndexedDB.
 *
 * Used by the pages of capture and of the field and by their service worker. Everything belongs to an account; nothing is shown or sent for
 * another. What is kept is on the disk when the promise is fulfilled ("strict"): a phone may be switched off at once.
 *
 * A visit is a record beside the cases (`kind` "visit"), and its photos are photos of that record.
 *
 * photo.state: waiting → sent (every byte given) → received (receipt; pictures being made) → accepted | same | refused
 */
(function (self) {
  "use strict";

  const petabukti = self.petabukti = self.petabukti || {};
  const NAME = "petabukti", VERSION = 1;
  const STRICT = { durability: "strict" };
  const RESERVE = "ruang", RESERVE_BYTES = 26 * 1024 * 1024;   // room for one more photo of the largest kind
  const VISIT = "visit", ALONG = "bekal:";
  const DONE = new Set(["accepted", "same", "removed"]);
  const changes = new BroadcastChannel("petabukti-antrean");
  let opened = null;

  function open() {
    opened = opened || idb.openDB(NAME, VERSION, {
      upgrade(db, before) {
        if (before < 1) {
          db.createObjectStore("cases", { keyPath: "id" }).createIndex("account", "account");
          const photos = db.createObjectStore("photos", { keyPath: "id" });
          photos.createIndex("account", "account");
          photos.createIndex("case", "case");
          db.createObjectStore("bytes");   // ArrayBuffer under the photo's number
          db.createObjectStore("thumbs");
          db.createObjectStore("meta");
        }
      },
      blocking() { close(); },    // a newer page waits for us
      terminated() { opened = null; },
    });
    opened.catch(() => { opened = null; });
    return opened;
  }

  function close() {
    if (opened) { opened.then((db) => db.close()); }
    opened = null;
  }

  const told = () => { changes.postMessage("berubah"); petabukti.antrean.onchange(); };

  /* One transaction over these stores; `work` gets them by name and must not wait for anything else. */
  async function within(names, work) {
    const db = await open();
    const transaction = db.transaction(names, "readwrite", STRICT);
    const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
    let result;
    try {
      result = await work(stores);
    } catch (failed) {
      transaction.done.catch(() => {});
      try { transaction.abort(); } catch { /* it has ended by itself */ }
      throw failed;
    }
    await transaction.done;
    told();
    return result;
  }

  /* Change some fields of what is there now, so that page and worker never overwrite one another. */
  function patch(store, id, fields) {
    return within([store], async (stores) => {
      const known = await stores[store].get(id);
      if (!known) { return null; }
      const changed = { ...known, ...fields };
      await stores[store].put(changed);
      return changed;
    });
  }

  const records = async (account) => (await open()).getAllFromIndex("cases", "account", account);

  petabukti.antrean = {
    DONE,
    onchange() {},
    changes,

    /* The case (made with its first photo), the photo and its bytes: all of them, or nothing. */
    async addPhoto(record, photo, bytes, thumb) {
      try {
        return await this.writePhoto(record, photo, bytes, thumb);
      } catch (failed) {
        if (failed.name !== "QuotaExceededError") { throw failed; }
        await within(["bytes"], (stores) => stores.bytes.delete(RESERVE));
        return this.writePhoto(record, photo, bytes, thumb);
      }
    },
    writePhoto(record, photo, bytes, thumb) {
      return within(["cases", "photos", "bytes", "thumbs"], async ({ cases, photos, bytes: whole, thumbs }) => {
        if (!await cases.get(record.id)) { await cases.put(record); }
        await photos.put(photo);
        await whole.put(bytes, photo.id);
        if (thumb) { await thumbs.put(thumb, photo.id); }
      });
    },
    patchCase: (id, fields) => patch("cases", id, fields),
    patchPhoto: (id, fields) => patch("photos", id, fields),

    /* A photo under another number: the first one has come to mean other bytes on the way. */
    renumber(photo, id) {
      return within(["photos", "bytes", "thumbs"], async ({ photos, bytes, thumbs }) => {
        for (const store of [bytes, thumbs]) {
          const kept = await store.get(photo.id);
          if (kept) { await store.put(kept, id); await store.delete(photo.id); }
        }
        await photos.delete(photo.id);
        await photos.put({ ...photo, id, state: "waiting", offset: 0 });
      });
    },
    /* What the server has accepted need not stay on the phone; its line and receipt do. */
    settle(id, fields) {
      return within(["photos", "bytes"], async ({ photos, bytes }) => {
        const known = await photos.get(id);
        if (!known) { return; }
        await photos.put({ ...known, ...fields });
        if (DONE.has(fields.state)) { await bytes.delete(id); }
      });
    },
    dropPhoto(id) {
      return within(["photos", "bytes", "thumbs"], async ({ photos, bytes, thumbs }) => {
        await Promise.all([photos.delete(id), bytes.delete(id), thumbs.delete(id)]);
      });
    },
    dropCase(id) {
      return within(["cases", "photos", "bytes", "thumbs"], async ({ cases, photos, bytes, thumbs }) => {
        for (const photo of await photos.index("case").getAllKeys(id)) {
          await Promise.all([photos.delete(photo), bytes.delete(photo), thumbs.delete(photo)]);
        }
        await cases.delete(id);
      });
    },

    putRecord: (record) => within(["cases"], ({ cases }) => cases.put(record)),

    async cases(account) { return (await records(account)).filter((one) => one.kind !== VISIT); },
    async visits(account) { return (await records(account)).filter((one) => one.kind === VISIT); },
    async photos(account) { return (await this.allPhotos(account)).filter((one) => one.purpose !== VISIT); },
    async allPhotos(account) { return (await open()).getAllFromIndex("photos", "account", account); },
    async bytes(id) { return (await open()).get("bytes", id); },
    async thumb(id) { return (await open()).get("thumbs", id); },

    /* Photos that are not safe on the server yet, and visits without an answer, by account: all that anybody may see of
     * another's.
     */
    async waiting() {
      const counts = new Map(), db = await open();
      const open_visits = (await db.getAll("cases")).filter((one) => one.kind === VISIT && !one.ended);
      for (const one of [...(await db.getAll("photos")).filter((photo) => !DONE.has(photo.state)), ...open_visits]) {
        counts.set(one.account, (counts.get(one.account) || 0) + 1);
      }
      return counts;
    },

    /* Pictures of others that were taken along for a day: under the account, so that they go when somebody else comes. */
    async picture(account, id) { return (await open()).get("bytes", ALONG + account + ":" + id); },
    keepPicture: (account, id, bytes) => within(["bytes"], (stores) => stores.bytes.put(bytes, ALONG + account + ":" + id)),
    async pictures(account) {
      const start = ALONG + account + ":";
      return (await (await open()).getAllKeys("bytes", IDBKeyRange.bound(start, start + "\uffff"))).map((key) => key.slice(start.length));
    },
    dropPictures(account, ids) {
      return within(["bytes"], (stores) => Promise.all(ids.map((id) => stores.bytes.delete(ALONG + account + ":" + id))));
    },
    /* What other people took along on this phone is theirs: it goes, their queue stays. */
    dropOthersLoads(account) {
      return within(["bytes", "meta"], async ({ bytes, meta }) => {
        const own = ALONG + account + ":";
        for (const store of [bytes, meta]) {
          for (const key of await store.getAllKeys(IDBKeyRange.bound(ALONG, ALONG + "\uffff"))) {
            if (!key.startsWith(own)) { await store.delete(key); }
          }
        }
      });
    },
    load(account) { return this.meta(ALONG + account + ":"); },
    keepLoad(account, load) { return this.setMeta(ALONG + account + ":", load); },

    /* Whether there is room for one more photo. Browsers do not tell truly how much is left, so some room is held: a
     * photo that no longer fits takes its place, and the next is not taken before there is room again.
     */
    async hasRoom() {
      if (await (await open()).count("bytes", RESERVE)) { return true; }
      const filled = new Uint8Array(RESERVE_BYTES);
      for (let at = 0; at < RESERVE_BYTES; at += 65_536) { self.crypto.getRandomValues(filled.subarray(at, at + 65_536)); }
      try {
        await within(["bytes"], (stores) => stores.bytes.put(filled.buffer, RESERVE));
        return true;
      } catch (failed) {
        if (failed.name !== "QuotaExceededError") { throw failed; }
        return false;
      }
    },

    async meta(name) { return (await open()).get("meta", name); },
    setMeta(name, value) { return within(["meta"], ({ meta }) => meta.put(value, name)); },
    count(bytes) {   // data used this month
      const month = new Date().toISOString().slice(0, 7);
      return within(["meta"], async ({ meta }) => {
        const used = await meta.get("used");
        await meta.put({ month, bytes: bytes + (used && used.month === month ? used.bytes : 0) }, "used");
      });
    },
  };
})(self);
