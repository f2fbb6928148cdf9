/* The camera of the page: no other app is opened, so that a phone with little memory cannot drop us.
 *
 * Drawn by `capture/_camera.html`. `page` has: keep(file) → whether it is safe on the phone; after() → whether one more
 * fits; instead(), where the camera cannot be opened; complain(text); words.
 */
(function () {
  "use strict";

  const { say, number, tell } = petabukti.alat;
  const by = (id) => document.getElementById("rk-" + id);

  petabukti.kamera = function (page) {
    let stream = null, taken = 0;
    const count = () => tell(by("terambil"), taken ? say(page.words.taken, { n: number(taken) }) : "");

    async function open() {
      if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) { page.instead(); return; }
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 4096 }, height: { ideal: 3072 } },
        });
      } catch {
        page.complain(page.words.camera_denied);
        page.instead(true);
        return;
      }
      const video = by("video");
      video.srcObject = stream;
      await video.play();
      taken = 0;
      count();
      by("kamera").showModal();
      by("jepret").focus();
    }

    function close() {
      if (stream) { stream.getTracks().forEach((track) => track.stop()); }
      stream = null;
      by("video").srcObject = null;
      if (by("kamera").open) { by("kamera").close(); }
    }

    async function still() {
      const track = stream.getVideoTracks()[0];
      if (window.ImageCapture) {
        try {   // the full picture of the sensor, where the phone gives it in time
          const late = new Promise((_, failed) => setTimeout(() => failed(new Error("late")), 4000));
          const blob = await Promise.race([new ImageCapture(track).takePhoto(), late]);
          if (blob.type === "image/jpeg" && blob.size > 0) { return blob; }
        } catch { /* the frame that is seen, then */ }
      }
      const video = by("video"), canvas = document.createElement("canvas");
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d").drawImage(video, 0, 0);
      return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
    }

    async function shoot() {
      by("jepret").disabled = true;
      try {
        const at = new Date(), blob = await still();
        const name = `foto-${at.toISOString().slice(0, 19).replace(/[-:T]/g, "")}.jpg`;
        if (await page.keep(new File([blob], name, { type: "image/jpeg", lastModified: at.getTime() }))) {
          taken += 1;
          count();
          if (navigator.vibrate) { navigator.vibrate(40); }
        }
        if (!await page.after()) { close(); }
      } catch {
        page.complain(page.words.camera_failed);
      } finally {
        by("jepret").disabled = false;
      }
    }

    by("jepret").addEventListener("click", shoot);
    by("tutup").addEventListener("click", close);
    by("kamera").addEventListener("close", close);
    return { open, close, get isOpen() { return by("kamera").open; } };
  };
})();
