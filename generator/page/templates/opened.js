// What the reader has opened or closed stays so when the page is loaded again.
(() => {
  "use strict";
  const key = `peerassay opened ${location.pathname}`;
  let kept = {};
  try { kept = JSON.parse(localStorage.getItem(key)) || {}; } catch { /* no storage: nothing is kept */ }
  for (const part of document.querySelectorAll("details[data-keep]")) {
    const name = part.dataset.keep;
    if (typeof kept[name] === "boolean") part.open = kept[name];
    part.querySelector("summary").addEventListener("click", () => {
      kept[name] = !part.open;
      try { localStorage.setItem(key, JSON.stringify(kept)); } catch { /* as above */ }
    });
  }
})();
