// The colour switch, the state of a page in its address, and copying. Every page can be read without any script.
"use strict";

const STORED = "peerassay-theme";

function storedTheme() {
  try {
    return localStorage.getItem(STORED) || "auto";
  } catch {
    return "auto"; // a browser may refuse storage to a file
  }
}

function setTheme(choice) {
  if (choice === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  }
}

function startTheme() {
  const group = document.querySelector(".theme");
  group.hidden = false;
  setTheme(storedTheme());
  group.addEventListener("click", (event) => {
    const choice = event.target.dataset.themeChoice;
    if (!choice) return;
    setTheme(choice);
    try {
      localStorage.setItem(STORED, choice);
    } catch {
      // it holds for this page only
    }
  });
}

// The state of a page in its hash, as NAME=VALUE&...: a hash without "=" is an anchor.
function readState() {
  return new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
}

function changeState(changes) {
  const state = readState();
  for (const [name, value] of Object.entries(changes)) {
    if (value) state.set(name, value);
    else state.delete(name);
  }
  const hash = state.toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
}

function element(name, text = "", properties = {}) {
  const made = Object.assign(document.createElement(name), properties);
  made.textContent = text;
  return made;
}

async function copy(text, button) {
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => (button.textContent = words), 1500);
}

function save(name, type, content) {
  const link = element("a", "", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function startCopying(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => copy(button.parentElement.querySelector("pre").textContent, button));
}

// Where a snippet needs the site's address: known only where the page is on a server.
function nameSite(snippet) {
  if (location.protocol.startsWith("http")) {
    const site = new URL(snippet.dataset.root, location.href).href.replace(/\/$/, "");
    snippet.textContent = snippet.textContent.replaceAll("SITE", site);
  }
}

setTheme(storedTheme()); // before the page is drawn
document.addEventListener("DOMContentLoaded", () => {
  startTheme();
  document.querySelectorAll("pre[data-root]").forEach(nameSite);
  document.querySelectorAll("[data-copy]").forEach(startCopying);
});
