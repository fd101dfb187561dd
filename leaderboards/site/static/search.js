// One search box over all entries of all boards: letters narrow the list, arrows move in it, Enter opens.
"use strict";

const MOST_FOUND = 12;
let entries = null;

function peerassayEntries(found) {
  entries = found;
  document.querySelector(".find input").dispatchEvent(new Event("input"));
}

function loadEntries(root) {
  if (entries || document.querySelector("script[data-entries]")) return;
  const script = element("script", "", { src: `${root}entries.js` });
  script.dataset.entries = "";
  document.head.append(script);
}

// Those with all the words, in name, SPEC or board; names that begin with the first word come first.
function findEntries(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length || !entries) return [];
  const found = entries.filter(([name, spec, where]) => {
    const all = `${name} ${spec} ${where}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const late = ([name]) => (name.toLowerCase().startsWith(words[0]) ? 0 : 1);
  return found.sort((a, b) => late(a) - late(b)).slice(0, MOST_FOUND);
}

function optionOf([name, spec, where, href], at, root) {
  const option = element("a", "", { href: root + href, id: `found-${at}`, tabIndex: -1 });
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.append(element("span", name), element("small", [spec, where].filter(Boolean).join(" · ")));
  return option;
}

function startSearch(form) {
  const [input, list, root] = [form.querySelector("input"), form.querySelector(".found"), form.dataset.root];
  let chosen = -1;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const choose = (at) => {
    chosen = at;
    options().forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `found-${at}`);
    options()[at]?.scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    const found = findEntries(input.value);
    const none = input.value.trim() && entries && !found.length;
    list.replaceChildren(...found.map((entry, at) => optionOf(entry, at, root)));
    form.querySelector(".told").textContent = none ? "Nothing found" : found.length ? `${found.length} found` : "";
    form.classList.toggle("empty", Boolean(none));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(found.length ? 0 : -1);
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  };
  input.addEventListener("focus", () => loadEntries(root));
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : options().length;
    if (event.key === "Escape") close();
    else if (count && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      choose((chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!list.hidden) options()[chosen]?.click();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    input.focus();
  });
  form.hidden = false;
}

document.addEventListener("DOMContentLoaded", () => startSearch(document.querySelector(".find")));
