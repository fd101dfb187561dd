// The review form of the page: what is filled in stays in this browser, and becomes a TOML file to hand in.
(() => {
  "use strict";
  const form = document.querySelector("[data-review]");
  if (!form) return;
  const about = form.dataset;
  const fields = [...form.querySelectorAll("[data-field]")];
  const key = `peerassay review ${about.sha256}`;
  const out = form.querySelector("textarea[readonly]");
  const problem = form.querySelector("[role=alert]");
  const link = form.querySelector("a[download]");
  const made = form.querySelector("[data-made]");
  let kept = {};
  try { kept = JSON.parse(localStorage.getItem(key)) || {}; } catch { /* no storage: nothing is kept */ }
  for (const field of fields) {
    if (typeof kept[field.dataset.field] === "string") field.value = kept[field.dataset.field];
    field.addEventListener("input", () => {
      kept[field.dataset.field] = field.value;
      made.hidden = true;
      try { localStorage.setItem(key, JSON.stringify(kept)); } catch { /* as above */ }
    });
  }
  // A TOML string: as JSON has it, without control characters and half characters, which TOML does not take.
  const text = (value) => JSON.stringify(value.replace(/[\u0000-\u0008\u000b-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, ""));
  const answer = (field) => {
    const value = field.value.trim();
    if (field.dataset.kind === "list") return `[${value.split("\n").map((line) => line.trim()).filter(Boolean).map(text).join(", ")}]`;
    return field.dataset.kind === "score" ? String(Number(value)) : text(value);
  };
  const wrong = (field) => {
    const value = field.value.trim();
    if (field.dataset.kind === "list") return "";
    if (!value) return "is empty";
    if (field.dataset.kind !== "score") return "";
    const number = Number(value);
    return number >= Number(field.dataset.low) && number <= Number(field.dataset.high) ? "" : `is not from ${field.dataset.low} to ${field.dataset.high}`;
  };
  form.querySelector("button[data-make]").addEventListener("click", () => {
    const found = fields.map((field) => [field, wrong(field)]).filter(([, words]) => words);
    problem.textContent = found.map(([field, words]) => `${field.dataset.title} ${words}`).join("; ");
    made.hidden = found.length > 0;
    if (found.length) { found[0][0].focus(); return; }
    const name = fields.find((field) => field.dataset.field === "by");
    const answers = fields.filter((field) => field !== name);
    out.value = [
      `paper = ${text(about.paper)}`, `sha256 = ${text(about.sha256)}`, `form = ${text(about.review)}`,
      `by = ${text(name.value.trim())}`, "", "[answers]",
      ...answers.map((field) => `${field.dataset.field} = ${answer(field)}`), "",
    ].join("\n");
    URL.revokeObjectURL(link.href);
    link.href = URL.createObjectURL(new Blob([out.value], {type: "application/toml"}));
  });
  form.querySelector("button[data-copy]").addEventListener("click", () => {
    out.select();
    document.execCommand("copy");
  });
})();
