/* Who holds this phone: known from the server, remembered without a network, and closed to the next. */
(function () {
  "use strict";

  const { antrean: queue, pengirim } = petabukti;
  const lang = document.documentElement.lang;

  petabukti.orang = {
    /* Whoever was here last, as far as this phone knows. */
    async recall() {
      if (!await queue.meta("locale")) { await queue.setMeta("locale", lang); }
      return await queue.meta("person") || null;
    },
    /* Whether what that person keeps here may be shown although the server cannot be asked. */
    async mayReopen(person) {
      return Boolean(person && person.until) && new Date(person.until) >= new Date() && !await queue.meta("closed");
    },
    /* What the server says: { account, csrf, until, locale, … }. Raises `Stop`. */
    async meet() {
      const key = await pengirim.fetchKey();
      await queue.setMeta("closed", false);
      return key;
    },
    lock: () => queue.setMeta("closed", true),

    async tellLanguage(locale, csrf) {
      const body = new URLSearchParams({ csrf_token: csrf, locale, next: location.pathname });
      const answer = await fetch("/bahasa", { method: "POST", body, redirect: "manual" });
      if (answer.type === "opaqueredirect") { await queue.setMeta("wished", null); }
    },
    reopenIn(locale) {
      const { pathname } = location;
      location.replace(navigator.serviceWorker && navigator.serviceWorker.controller ? pathname : `${pathname}?bahasa=${locale}`);
    },
    /* The account's language is this page's, unless `busy`; one that was chosen without a network is told first. */
    async agreeOnLanguage(key, busy) {
      const wished = await queue.meta("wished");
      if (wished) {
        await this.tellLanguage(wished, key.csrf);
      } else if (key.locale !== lang && !busy) {
        await queue.setMeta("locale", key.locale);
        this.reopenIn(key.locale);
      }
    },
    async chooseLanguage(locale) {
      await queue.setMeta("locale", locale);
      await queue.setMeta("wished", locale);
      try { await this.tellLanguage(locale, (await pengirim.fetchKey()).csrf); } catch { /* when there is a network */ }
      this.reopenIn(locale);
    },
  };
})();
