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
  table.append(element("caption"));
  table.caption.append(element("span", caption));
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
  const end = Math.max(...[difference, low, high].map(Math.abs)) * 1.15;
  const at = (value) => `${50 + (48 * value) / end}%`;
  const svg = shape("svg", { class: "bar", width: "100%", height: 34, role: "img", "aria-label": words });
  svg.append(shape("line", { class: "reference", x1: "50%", x2: "50%", y1: 0, y2: 34 }));
  svg.append(shape("line", { class: "range", x1: at(low), x2: at(high), y1: 17, y2: 17 }));
  svg.append(shape("circle", { class: "dot", cx: at(difference), cy: 17, r: 4 }));
  return svg;
}

// Of the first less the second: the difference and its interval, or why there is none.
function differenceOf(data, metric, a, b) {
  const count = metric.values.length;
  const beyond = [a, b].find((at) => at >= count);
  if (beyond !== undefined) return { why: `${data.entries[beyond].name} stands below the first ${count}` };
  const lacking = [a, b].find((at) => metric.values[at] === null);
  if (lacking !== undefined) return { why: `${data.entries[lacking].name}: ${metric.lacking}` };
  if (a === b) return { why: "an entry and itself" };
  const at = pairOf(count, a, b);
  const ends = [metric.margins, metric.above ?? metric.margins].map((side) => side[at]);
  const [below, above] = a < b ? ends : ends.reverse();
  const difference = metric.values[a] - metric.values[b];
  if (below === null) return { difference, why: `no interval: ${metric.unsure}` };
  if (below === 0) return { difference, why: `no interval: they do not differ on these ${data.noun}s` };
  return { difference, low: difference - below * metric.unit, high: difference + above * metric.unit };
}

// The place of a pair in the lists of (0, 1), (0, 2), ... (1, 2), ...
function pairOf(count, a, b) {
  const [i, j] = a < b ? [a, b] : [b, a];
  return (i * (2 * count - i - 1)) / 2 + j - i - 1;
}

function verdict(data, a, b, metric, found) {
  const [first, second] = [data.entries[a].name, data.entries[b].name];
  if (!metric) return `No difference is known: there are too few ${data.noun}s.`;
  if (found.difference === undefined) return `No difference in ${metric.label} is known: ${found.why}.`;
  const shown = number(found.difference, data.digits, true);
  if (found.low === undefined) return `${metric.label}: ${shown}; ${found.why}.`;
  const told = found.low > 0 ? `${first} is higher` : found.high < 0 ? `${second} is higher` : "the two cannot be told apart";
  return `${metric.label}: ${shown} ${interval(data, found)} for the first less the second: as a pair, ${told}.`;
}

function interval(data, found) {
  return `[${number(found.low, data.digits)}, ${number(found.high, data.digits)}]`;
}

// Every metric of which both have a value for each paper, with the interval of the difference.
function pairedRows(data, a, b) {
  return data.metrics.map((metric) => {
    const found = differenceOf(data, metric, a, b);
    const [one, other] = [a, b].map((at) => metric.values[at] ?? null);
    const n = [...new Set([metric.papers[a], metric.papers[b]])].filter((papers) => papers !== undefined);
    const row = { metric: metric.label, first: one, second: other, ...found, n };
    if (!metric.shared) return { ...row, method: metric.how };
    const paired = pairedUnits(metric, a, b);
    return { ...row, paired, method: paired ? metric.howPaired : metric.how };
  });
}

// On how many of the units that not all entries have two are paired.
function pairedUnits(metric, a, b) {
  const count = metric.values.length;
  return a !== b && Math.max(a, b) < count ? metric.shared[pairOf(count, a, b)] : 0;
}

function pairedTable(data, a, b, rows) {
  const [one, other] = [data.entries[a], data.entries[b]];
  const shown = rows.map((row) => [
    row.metric, ...[row.first, row.second].map((value) => (value === null ? "–" : number(value, data.digits))),
    row.difference === undefined ? "–" : number(row.difference, data.digits, true),
    row.low === undefined ? row.why : interval(data, row),
    row.n.join(", ") + (row.paired ? ` (${row.paired} paired)` : ""), row.method,
  ]);
  const heads = ["Metric", one.name, other.name, "Difference", "95% interval", "n", "How"];
  return tableOf(`${one.name} less ${other.name}`, heads, shown);
}

const MANY = "Each interval is for one metric of one pair, corrected for nothing: where nothing differs in truth, one in twenty still leaves out 0, of metrics as of pairs.";

// What to know of the differences: what they are of, that they are many, and whether an entry has seen the papers.
function pairedNotes(data, a, b) {
  const seen = [data.entries[a], data.entries[b]].filter((entry) => entry.seen);
  const fitted = seen.map((entry) => `${entry.name} was fitted on ${entry.seen} of these papers: its figures are in-sample.`);
  return { notes: data.unpaired, multiple_comparisons: MANY, ...(fitted.length ? { in_sample: fitted } : {}) };
}

function pairDownload(data, a, b, rows) {
  const [first, second] = [data.entries[a], data.entries[b]].map(({ id, name }) => ({ id, name }));
  const made = document.querySelector("meta[name=generator]").content;
  const bar = element("p", "", { className: "actions" });
  const button = element("button", "JSON", { type: "button" });
  button.setAttribute("aria-label", "JSON: the differences of this pair");
  button.addEventListener("click", () => {
    const content = { board: data.board, facts: data.facts, first, second, ...pairedNotes(data, a, b), page: location.href, made, differences: rows };
    save("differences.json", "application/json", JSON.stringify(content, null, 1) + "\n");
  });
  bar.append(button);
  return bar;
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
  const found = data.metrics.length ? differenceOf(data, data.metrics[0], a, b) : {};
  const words = verdict(data, a, b, data.metrics[0], found);
  document.querySelector(".shown-pair").textContent = words;
  const parts = [element("p", data.facts, { className: "soft" }), entryLink(one), entryLink(other)];
  if (found.low !== undefined) parts.unshift(drawing(found.difference, found.low, found.high, words));
  if (data.metrics.length) {
    const paired = pairedRows(data, a, b);
    const notes = Object.values(pairedNotes(data, a, b)).flat().join(" ");
    parts.push(element("h2", "Differences"), pairedTable(data, a, b, paired), pairDownload(data, a, b, paired), element("p", notes, { className: "soft" }));
  }
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
