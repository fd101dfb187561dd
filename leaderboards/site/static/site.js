// Sorting, filters, the colour switch and copying. Every page can be read without this file.
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

// The state of a page in its hash: filters by name, and sort.TABLE=COLUMN:DIRECTION. A hash without "=" is an anchor.
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

function cellValue(row, index, numeric) {
  const value = row.cells[index].dataset.value;
  if (value === undefined) return null;
  return numeric ? Number(value) : value;
}

function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null); // unknown is last in both directions
  return sign * (typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true }));
}

function sortTable(table, key, direction) {
  const heads = [...table.tHead.rows[0].cells];
  const head = heads.find((cell) => cell.dataset.key === key);
  if (!head) return;
  const [index, numeric, sign] = [heads.indexOf(head), head.dataset.type === "number", direction === "ascending" ? 1 : -1];
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [cellValue(row, index, numeric), row]);
  rows.sort(([a], [b]) => compare(a, b, sign));
  body.append(...rows.map(([, row]) => row));
  for (const cell of heads) cell.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", direction);
}

function startSorting(table) {
  for (const head of table.tHead.rows[0].cells) {
    const label = head.querySelector(".label");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "label";
    button.append(...label.childNodes);
    label.replaceWith(button);
    button.addEventListener("click", () => {
      const { key, first } = head.dataset;
      const other = first === "ascending" ? "descending" : "ascending";
      const direction = head.getAttribute("aria-sort") === first ? other : first;
      sortTable(table, key, direction);
      changeState({ [`sort.${table.id}`]: `${key}:${direction}` });
    });
  }
}

function startFilters(form) {
  form.hidden = false;
  const apply = () => {
    const wanted = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
    filterRows(form, wanted);
    changeState(wanted);
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply)); // after the fields are empty
}

function matches(row, wanted) {
  return Object.entries(wanted).every(([name, value]) => {
    if (!value) return true;
    if (name === "q") return row.querySelector("th").textContent.toLowerCase().includes(value.toLowerCase());
    return row.dataset[name] === undefined || row.dataset[name] === value;
  });
}

function filterRows(form, wanted) {
  const rows = [...document.querySelectorAll("[data-sortable] tbody tr")];
  for (const row of rows) row.hidden = !matches(row, wanted);
  for (const drawing of document.querySelectorAll("figure[data-part]")) {
    drawing.hidden = Boolean(wanted.part) && drawing.dataset.part !== wanted.part;
  }
  for (const block of document.querySelectorAll("[data-block]")) {
    block.hidden = !block.querySelector("tbody tr:not([hidden])");
  }
  const shown = rows.filter((row) => !row.hidden).length;
  form.querySelector(".shown").textContent = shown ? `${shown} of ${rows.length} rows` : "No row matches";
}

function restore() {
  const state = readState();
  for (const table of document.querySelectorAll("[data-sortable]")) {
    const [key, direction] = (state.get(`sort.${table.id}`) || "").split(":");
    if (["ascending", "descending"].includes(direction)) sortTable(table, key, direction);
  }
  const form = document.querySelector(".filters");
  if (!form) return;
  const wanted = {};
  for (const field of form.querySelectorAll("input, select")) {
    field.value = state.get(field.name) || "";
    wanted[field.name] = field.value || ""; // a choice that there is not is no choice
  }
  filterRows(form, wanted);
}

function startCopying(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.parentElement.querySelector("pre").textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}

setTheme(storedTheme()); // before the page is drawn
document.addEventListener("DOMContentLoaded", () => {
  startTheme();
  document.querySelectorAll("[data-sortable]").forEach(startSorting);
  document.querySelectorAll(".filters").forEach(startFilters);
  document.querySelectorAll("[data-copy]").forEach(startCopying);
  restore();
  addEventListener("hashchange", restore);
});
