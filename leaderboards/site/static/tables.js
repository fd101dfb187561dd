// Tables: sorting by a column or all by one metric, filters, choice of columns. Their state is in the page's hash:
// filters by name, order=COLUMN:DIRECTION for all tables, sort.TABLE=COLUMN:DIRECTION for one, hide=COLUMN.COLUMN.
"use strict";

const DIRECTIONS = ["ascending", "descending"];

function tables() {
  return [...document.querySelectorAll("[data-sortable]")];
}

function heads(table) {
  return [...table.tHead.rows[0].cells];
}

function cellValue(row, index, numeric) {
  const value = row.cells[index].dataset.value;
  if (value === undefined) return null;
  return numeric ? Number(value) : value;
}

function compareValues(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null); // unknown is last in both directions
  return sign * (typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true }));
}

function sortTable(table, key, direction) {
  const head = heads(table).find((cell) => cell.dataset.key === key);
  if (!head || !DIRECTIONS.includes(direction)) return;
  const [index, numeric, sign] = [head.cellIndex, head.dataset.type === "number", direction === "ascending" ? 1 : -1];
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [cellValue(row, index, numeric), row]);
  rows.sort(([a], [b]) => compareValues(a, b, sign));
  body.append(...rows.map(([, row]) => row));
  for (const cell of heads(table)) cell.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", direction);
}

// As the page came: best first.
function unsort(table) {
  table.tBodies[0].append(...[...table.tBodies[0].rows].sort((a, b) => a.dataset.at - b.dataset.at));
  for (const cell of heads(table)) cell.removeAttribute("aria-sort");
}

function orderAll(order) {
  for (const table of tables()) {
    unsort(table);
    sortTable(table, ...order.split(":"));
  }
}

function startSorting(table) {
  [...table.tBodies[0].rows].forEach((row, at) => (row.dataset.at = at));
  for (const head of heads(table)) {
    const label = head.querySelector(".label");
    const button = element("button", "", { type: "button", className: "label" });
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

function hideColumns(hidden) {
  for (const table of tables()) {
    heads(table).forEach((head, index) => {
      for (const row of table.rows) row.cells[index].hidden = hidden.includes(head.dataset.key);
    });
  }
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

// What the form says: filters by name, the order of all tables, and the columns that are not ticked.
function choicesOf(form) {
  const wanted = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  const boxes = [...form.querySelectorAll("[name=column]")];
  const { order = "", column: _, ...filters } = wanted;
  return { filters, order, hidden: boxes.filter((box) => !box.checked).map((box) => box.value) };
}

function startFilters(form) {
  form.hidden = false;
  const apply = (event) => {
    const { filters, order, hidden } = choicesOf(form);
    filterRows(form, filters);
    hideColumns(hidden);
    const changes = { ...filters, order, hide: hidden.join(".") };
    if (!event || event.target.name === "order") {
      orderAll(order);
      for (const table of tables()) changes[`sort.${table.id}`] = "";
    }
    changeState(changes);
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply)); // after the fields are as they were
}

function restoreTables() {
  const state = readState();
  const form = document.querySelector(".filters");
  if (form) {
    const hidden = (state.get("hide") || "").split(".");
    for (const box of form.querySelectorAll("[name=column]")) box.checked = !hidden.includes(box.value);
    for (const field of form.querySelectorAll("[name]:not([name=column])")) {
      field.value = state.get(field.name) || "";
      field.value ||= ""; // a choice that there is not is no choice
    }
    const choices = choicesOf(form);
    filterRows(form, choices.filters);
    hideColumns(choices.hidden);
    orderAll(choices.order);
  }
  for (const table of tables()) sortTable(table, ...(state.get(`sort.${table.id}`) || "").split(":"));
}

document.addEventListener("DOMContentLoaded", () => {
  tables().forEach(startSorting);
  document.querySelectorAll(".filters").forEach(startFilters);
  restoreTables();
  addEventListener("hashchange", restoreTables);
});
