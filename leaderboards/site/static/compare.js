// Two entries side by side. The page's hash says which: board=ID&a=ENTRY&b=ENTRY. Each board's data is a script of its
// own, since a page that is a file may load a script but fetch nothing.
"use strict";

const MOST_SHOWN = 20;
const loaded = new Map();

function peerassayBoard(data) {
  loaded.set(data.board, data);
  showPair();
}

function number(value, digits, sign = false) {
  const text = Math.abs(value).toFixed(digits).replace(/^0\./, ".");
  return (value < 0 ? "−" : sign ? "+" : "") + text;
}

function tableOf(caption, heads, rows) {
  const table = element("table");
  table.append(element("caption", caption));
  const head = table.createTHead().insertRow();
  heads.forEach((words, at) => head.append(element("th", words, { scope: "col", className: at ? "" : "text" })));
  const body = table.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    cells.forEach((words, at) => row.append(element(at ? "td" : "th", words, at ? {} : { scope: "row" })));
  }
  const box = element("div", "", { className: "scroll", tabIndex: 0 });
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", caption);
  box.append(table);
  return box;
}

function shape(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// The difference on an axis with 0 in its middle.
function drawing(difference, low, high, words) {
  const end = Math.max(...[difference, low ?? 0, high ?? 0].map(Math.abs)) * 1.15 || 1;
  const at = (value) => `${50 + (48 * value) / end}%`;
  const svg = shape("svg", { class: "bar", width: "100%", height: 34, role: "img", "aria-label": words });
  svg.append(shape("line", { class: "reference", x1: "50%", x2: "50%", y1: 0, y2: 34 }));
  if (low !== null) svg.append(shape("line", { class: "range", x1: at(low), x2: at(high), y1: 17, y2: 17 }));
  svg.append(shape("circle", { class: "dot", cx: at(difference), cy: 17, r: 4 }));
  return svg;
}

function differenceOf(data, a, b) {
  const pair = data.pairs.find(([i, j]) => (i === a && j === b) || (i === b && j === a));
  if (!pair) return null;
  const [i, , difference, low, high] = pair;
  if (i === a) return [difference, low, high];
  return [-difference, high === null ? null : -high, low === null ? null : -low];
}

function verdict(data, a, b, found) {
  const [first, second] = [data.entries[a].name, data.entries[b].name];
  if (!found) return `No difference in ${data.metric} is known: one of the two has no scores, or stands too far down.`;
  const [difference, low, high] = found;
  const shown = number(difference, data.digits, true);
  if (low === null) return `${data.metric}: ${shown}; there are too few ${data.noun}s for an interval.`;
  const interval = `[${number(low, data.digits)}, ${number(high, data.digits)}]`;
  const told = low > 0 ? `${first} is higher` : high < 0 ? `${second} is higher` : "the two cannot be told apart";
  return `${data.metric}: ${shown} ${interval} for the first less the second: as a pair, ${told}.`;
}

// Midranks as shares of those with a score, in (0, 1): scores of any scale become comparable.
function shares(scores) {
  const known = scores.filter((score) => score !== null).sort((x, y) => x - y);
  const [first, count] = [new Map(), new Map()];
  known.forEach((score, at) => {
    if (!first.has(score)) first.set(score, at);
    count.set(score, (count.get(score) || 0) + 1);
  });
  return scores.map((s) => (s === null ? null : (first.get(s) + count.get(s) / 2) / known.length));
}

function score(value) {
  return value === null ? "–" : String(Number(value.toPrecision(4)));
}

function mostApart(data, a, b) {
  const both = [data.entries[a].scores, data.entries[b].scores];
  const compared = data.accepted ? both.map(shares) : both;
  return data.papers
    .map((name, at) => ({ name, at, first: compared[0][at], second: compared[1][at] }))
    .filter((paper) => paper.first !== null && paper.second !== null && paper.first !== paper.second)
    .map((paper) => ({ ...paper, apart: Math.abs(paper.first - paper.second) }))
    .sort((x, y) => y.apart - x.apart || x.at - y.at)
    .slice(0, MOST_SHOWN);
}

function apartTable(data, a, b) {
  const [one, other] = [data.entries[a], data.entries[b]];
  const percent = (share) => `${Math.round(100 * share)}%`;
  if (!data.accepted) {
    const rows = mostApart(data, a, b).map((p) => [p.name, score(p.first), score(p.second), score(p.first - p.second)]);
    return [rows.length, ["Idea", one.name, other.name, "Difference"], rows];
  }
  const rows = mostApart(data, a, b).map((p) => [
    p.name, data.accepted[p.at] ? "accepted" : "rejected",
    `${score(one.scores[p.at])} (above ${percent(p.first)})`, `${score(other.scores[p.at])} (above ${percent(p.second)})`,
    (data.accepted[p.at] ? p.first > p.second : p.first < p.second) ? one.name : other.name,
  ]);
  return [rows.length, ["Paper", "Decision", one.name, other.name, "Nearer to the decision"], rows];
}

function entryLink(entry) {
  const link = element("a", entry.name, { href: entry.page });
  const words = element("p", "", { className: "compared-entry" });
  words.append(link);
  if (entry.spec && entry.spec !== entry.name) words.append(" ", element("code", entry.spec));
  return words;
}

function showCompared(data, a, b) {
  const [one, other] = [data.entries[a], data.entries[b]];
  const found = differenceOf(data, a, b);
  const words = verdict(data, a, b, found);
  document.querySelector(".shown-pair").textContent = words;
  const parts = [element("p", data.facts, { className: "soft" }), entryLink(one), entryLink(other)];
  if (found) parts.unshift(drawing(...found, words));
  const rows = data.columns.map((label, at) => [label, data.cells[a][at], data.cells[b][at]]);
  parts.push(element("h2", "All columns"), tableOf("All columns of the board", ["Column", one.name, other.name], rows));
  const [count, heads, apart] = apartTable(data, a, b);
  const both = data.accepted ? "by how many of the other papers each puts them above" : "by score, where both had the idea";
  parts.push(element("h2", `Where they differ most`));
  if (count) parts.push(tableOf(`${count} ${data.noun}s, ${both}`, heads, apart));
  else parts.push(element("p", `There is no ${data.noun} on which both have a score that differs.`, { className: "soft" }));
  document.getElementById("compared").replaceChildren(...parts);
}

function fill(select, entries, chosen) {
  select.replaceChildren(...entries.map((entry) => element("option", entry.name, { value: entry.id })));
  select.value = chosen;
}

function chosenEntry(data, id, fallback) {
  const at = data.entries.findIndex((entry) => entry.id === id);
  return at < 0 ? fallback : at;
}

function showPair() {
  const form = document.querySelector("form.compare");
  const state = readState();
  const boards = [...form.board.options].map((option) => option.value);
  const board = boards.includes(state.get("board")) ? state.get("board") : boards[0];
  form.board.value = board;
  const data = loaded.get(board);
  if (!data) {
    if (!document.querySelector(`script[data-board="${board}"]`)) {
      const script = element("script", "", { src: `compare/${board}.js` });
      script.dataset.board = board;
      script.onerror = () => {
        document.querySelector(".shown-pair").textContent = `compare/${board}.js is missing: build the site again.`;
      };
      document.head.append(script);
    }
    return;
  }
  const a = chosenEntry(data, state.get("a"), 0);
  const b = chosenEntry(data, state.get("b"), a === 0 ? 1 : 0);
  fill(form.a, data.entries, data.entries[a].id);
  fill(form.b, data.entries, data.entries[b].id);
  showCompared(data, a, b);
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form.compare");
  if (!form) return;
  form.hidden = false;
  form.board.addEventListener("input", () => {
    changeState({ board: form.board.value, a: "", b: "" });
    showPair();
  });
  const choose = (a, b) => {
    changeState({ board: form.board.value, a, b });
    showPair();
  };
  form.a.addEventListener("input", () => choose(form.a.value, form.b.value));
  form.b.addEventListener("input", () => choose(form.a.value, form.b.value));
  form.swap.addEventListener("click", () => choose(form.b.value, form.a.value));
  form.addEventListener("submit", (event) => event.preventDefault());
  if (navigator.clipboard) {
    form.link.hidden = false;
    form.link.addEventListener("click", () => {
      choose(form.a.value, form.b.value);
      copy(location.href, form.link);
    });
  }
  addEventListener("hashchange", showPair);
  showPair();
});
