/* Small tools of the pages that work without a network. */
(function () {
  "use strict";

  const lang = document.documentElement.lang;
  const number = (value, digits) => new Intl.NumberFormat(lang, { maximumFractionDigits: digits || 0 }).format(value);

  function make(tag, className, text) {
    const made = document.createElement(tag);
    if (className) { made.className = className; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  petabukti.alat = {
    lang, number, make,
    say: (text, values) => String(text).replace(/\{(\w+)\}/g, (whole, key) => values && key in values ? values[key] : whole),
    megabytes: (value) => number(value / 1e6, 1) + " MB",
    moment: (value) => new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
      .format(new Date(value)),

    /* An address of ours and nothing else, wherever it was kept. */
    ownPath: (href, otherwise) => typeof href === "string" && /^\/(?![\/\\])[^\\\u0000-\u0020]*$/.test(href) ? href : otherwise,

    button(text, className, act) {
      const made = make("button", "btn " + className, text);
      made.type = "button";
      made.addEventListener("click", act);
      return made;
    },

    /* A line that is read out when it changes, and is quiet when it does not. */
    tell(box, text, tone) {
      if (box.textContent !== text) { box.textContent = text; }
      if (tone !== undefined) { box.className = tone; }
      box.hidden = !text;
    },

    /* How good the phone's position is, in words and a colour. */
    position(fix, trouble, words) {
      if (trouble || !fix || Date.now() - fix.time > petabukti.posisi.STALE_MS) { return { text: words["position_" + (trouble || "waiting")], tone: "warn" }; }
      const vague = fix.accuracy > 50, tone = fix.accuracy <= 20 ? "good" : vague ? "warn" : "info";
      return { text: this.say(vague ? words.position_vague : words.position, { m: number(fix.accuracy), n: number(fix.count) }), tone };
    },
  };
})();
