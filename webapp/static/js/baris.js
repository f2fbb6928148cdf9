/* The other rows of a long table come when it comes near, or when its last row is asked for. Without this file that row
 * is a link to a page with all of them. */
(function () {
  "use strict";

  document.querySelectorAll("[data-baris]").forEach(function (last) {
    let asked = false;

    function bring(follow) {
      if (asked) { return; }
      asked = true;
      fetch(last.dataset.baris, { credentials: "same-origin" }).then(function (answer) {
        if (!answer.ok || answer.redirected) { throw new Error(String(answer.status)); }
        return answer.text();
      }).then(function (text) {
        const page = new DOMParser().parseFromString(text, "text/html"), held = last.contains(document.activeElement);
        const first = page.querySelector("tr a");
        last.replaceWith(...page.querySelectorAll("tr"));
        if (held && first) { first.focus(); }
      }).catch(function () {
        asked = false;
        if (follow) { location.assign(last.querySelector("a").href); }
      });
    }

    new IntersectionObserver(function (seen, watch) {
      if (!seen.some((one) => one.isIntersecting)) { return; }
      watch.disconnect();
      bring(false);
    }, { rootMargin: "800px" }).observe(last);
    last.addEventListener("click", function (event) {
      event.preventDefault();
      bring(true);
    });
  });
})();
