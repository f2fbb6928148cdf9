// Forwards a notice: by the phone's own sharing where there is one, else to the clipboard. Without either no button shows.
(() => {
  'use strict';
  const list = document.getElementById('kabar');
  const can = typeof navigator.share === 'function' ? share : navigator.clipboard ? copy : null;
  if (!list || !can) return;

  async function share(button) {
    try {
      await navigator.share({ text: button.dataset.bagikan });
    } catch (why) {
      if (why.name !== 'AbortError' && navigator.clipboard) await copy(button);
    }
  }

  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.bagikan);
    const words = button.querySelector('span');
    words.setAttribute('role', 'status');
    words.textContent = list.dataset.disalin;
  }

  for (const button of list.querySelectorAll('[data-bagikan]')) {
    button.hidden = false;
    button.addEventListener('click', () => can(button));
  }
})();
