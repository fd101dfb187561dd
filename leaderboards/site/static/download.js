// Below each table: what it shows as CSV or JSON, and a link to the page as it is now.
"use strict";

function wordsOf(cell) {
  return [...cell.querySelectorAll("bdi")].find((words) => !words.closest("small"))?.textContent.trim() ?? "";
}

function withHyphens(words) {
  return words?.replaceAll(/−(?=[.\d])/g, "-");
}

// The fields of a cell by name: what it shows, the number behind it unrounded, its interval, its mark, its tags, its small words.
function fieldsOf(cell, head) {
  const { value, low, high } = cell.dataset;
  const label = head.querySelector(".label").textContent.trim();
  const text = head.dataset.type === "text" ? wordsOf(cell) : null;
  const shown = withHyphens(wordsOf(cell));
  const found = { [label]: text ?? (value === undefined ? (shown === "–" ? null : shown) : Number(value)) };
  if (low !== undefined) Object.assign(found, { [`${label}, low`]: Number(low), [`${label}, high`]: Number(high) });
  const tags = [...cell.querySelectorAll(".tag")].map((tag) => tag.textContent);
  if (tags.length) found[`${label}, tags`] = tags.join("; ");
  const mark = cell.querySelector(".mark")?.title;
  if (mark) found[`${label}, mark`] = mark;
  const small = withHyphens(cell.querySelector("small")?.textContent.trim());
  if (small && (low === undefined || !small.startsWith("["))) found[`${label}, note`] = small;
  return found;
}

function shownRows(table) {
  const columns = heads(table).filter((head) => !head.hidden && !head.classList.contains("drawing"));
  const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
  return rows.map((row) => Object.assign({}, ...columns.map((head) => fieldsOf(row.cells[head.cellIndex], head))));
}

// A field that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers.
function csvField(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toCsv(rows, columns) {
  const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))];
  return lines.map((line) => line.map(csvField).join(",")).join("\r\n") + "\r\n";
}

function toJson(rows, table) {
  const title = table.closest("section")?.querySelector("h2")?.textContent.trim() ?? "";
  const made = document.querySelector("meta[name=generator]").content;
  return JSON.stringify({ title, table: table.caption.textContent.trim(), page: location.href, made, rows }, null, 1) + "\n";
}

// The names of all rows, those of one column together.
function namesOf(rows, table) {
  const labels = heads(table).map((head) => head.querySelector(".label").textContent.trim());
  const names = new Set(rows.flatMap(Object.keys));
  return labels.flatMap((l) => [l, `${l}, low`, `${l}, high`, `${l}, mark`, `${l}, tags`, `${l}, note`]).filter((n) => names.has(n));
}

function startDownloads(table) {
  const bar = element("p", "", { className: "actions" });
  const add = (words, act) => {
    const button = element("button", words, { type: "button" });
    button.setAttribute("aria-label", `${words}: ${table.caption.textContent.trim().split(".")[0]}`);
    button.addEventListener("click", () => act(button));
    bar.append(button);
  };
  add("CSV", () => {
    const rows = shownRows(table);
    save(`${table.id}.csv`, "text/csv;charset=utf-8", toCsv(rows, namesOf(rows, table)));
  });
  add("JSON", () => save(`${table.id}.json`, "application/json", toJson(shownRows(table), table)));
  if (navigator.clipboard) add("Copy link", (button) => copy(location.href, button));
  table.closest(".scroll").after(bar);
}

document.addEventListener("DOMContentLoaded", () => tables().forEach(startDownloads));
