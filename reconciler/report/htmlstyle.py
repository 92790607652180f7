"""The style sheet and the few lines of script of the HTML page; both are named by hash in its policy."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fff; --card: #f6f8fa; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0;
  --green: #116329; --green-back: #dafbe1; --red: #a40e26; --red-back: #ffebe9;
  --yellow: #7d4e00; --yellow-back: #fff8c5; --cyan: #0550ae; --cyan-back: #ddf4ff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0d1117; --card: #151b23; --ink: #e6edf3; --soft: #9198a1; --line: #3d444d;
    --green: #7ee787; --green-back: #12301c; --red: #ffa198; --red-back: #3c1618;
    --yellow: #e3b341; --yellow-back: #33270a; --cyan: #79c0ff; --cyan-back: #0f2747;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.25; }
h2 { margin: 2.25rem 0 .5rem; font-size: 1.2rem; }
h3 { display: inline; font-size: 1rem; font-weight: 400; }
h3 code { font-weight: 600; }
.group:not([hidden]) { display: block; margin: 1.2rem 0 .3rem; }
p { margin: .4rem 0; }
ul { padding-left: 1.3rem; }
code, pre, del, ins { font-family: ui-monospace, SFMono-Regular, Consolas, monospace; font-size: .875em; }
.headline { font-size: 1.15rem; }
.number { color: var(--soft); font-weight: 400; }
.advice, .why, .more, .note, .legend, footer { color: var(--soft); }
.note { font-size: .875rem; font-style: italic; }
.verdict, .refusals, .warning { padding: .6rem .9rem; border-left: 4px solid; border-radius: 4px; }
.ready { background: var(--green-back); border-color: var(--green); }
.refused, .refusals { background: var(--red-back); border-color: var(--red); }
.refusals h2 { margin-top: .2rem; }
.warning { background: var(--yellow-back); border-color: var(--yellow); }
.scroll { overflow-x: auto; margin: 1rem 0; }
.counts { border-collapse: collapse; overflow-wrap: normal; }
.counts .badge { display: table; margin-left: auto; }
.counts caption { text-align: left; white-space: nowrap; color: var(--soft); font-size: .875rem; }
.counts th, .counts td { padding: .35rem .55rem; border: 1px solid var(--line); text-align: right; font-weight: 400; }
.counts td { font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.badge {
  display: inline-block; min-width: 1.6em; padding: 0 .4em; border-radius: 4px; text-align: center;
  font: 600 .875em/1.5 ui-monospace, Consolas, monospace;
}
.badge.green { color: var(--green); background: var(--green-back); }
.badge.red { color: var(--red); background: var(--red-back); }
.badge.yellow { color: var(--yellow); background: var(--yellow-back); }
.badge.cyan { color: var(--cyan); background: var(--cyan-back); }
.badge.magenta { border: 1px solid; }
.filter { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
.filter[hidden] { display: none; }
.pair { display: inline-flex; gap: .4rem; align-items: center; max-width: 100%; }
.filter label { color: var(--soft); font-size: .875rem; }
select, button { padding: .35rem .5rem; font: inherit; max-width: 16rem; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; }
button { cursor: pointer; }
.concept { margin: .5rem 0; border-left: 3px solid var(--line); padding-left: .3rem; }
.concept > :not(summary) { margin: .2rem .9rem .6rem; }
.concept ul { list-style: none; padding-left: 0; }
.told { padding: .15rem 0; }
.rest summary { padding: .1rem 0; color: var(--soft); }
.beware { display: block; color: var(--yellow); font-weight: 400; }
a { color: var(--cyan); }
figure { margin: .6rem 0; }
figcaption { color: var(--soft); }
.lineage { display: block; min-width: 45rem; max-width: 100%; height: auto; font: 14px system-ui, sans-serif; }
.lineage text { fill: var(--ink); text-anchor: middle; }
.lineage .role { fill: var(--soft); font-size: 11px; }
.lineage rect { fill: var(--card); stroke: var(--line); stroke-width: 1.5; }
.lineage .process rect { fill: var(--cyan-back); stroke: var(--cyan); }
.lineage .target rect { stroke-dasharray: 5 4; }
.lineage .new rect, .lineage .new .line { stroke: var(--green); stroke-width: 2.5; }
.lineage .removed rect, .lineage .removed .line { stroke: var(--red); stroke-width: 2.5; stroke-dasharray: 4 3; }
.lineage .line { fill: none; stroke: var(--soft); stroke-width: 1.5; }
.lineage .head { fill: var(--soft); }
.lineage .new .head { fill: var(--green); }
.lineage .removed .head { fill: var(--red); }
input {
  flex: 1 1 10rem; max-width: 20rem; padding: .35rem .6rem; font: inherit;
  color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px;
}
.change { margin: .5rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.change > :not(summary) { margin-left: .9rem; margin-right: .9rem; }
.change > :last-child { margin-bottom: .8rem; }
.change > .why:empty { display: none; }
summary { padding: .5rem .9rem; cursor: pointer; }
summary:focus-visible, input:focus-visible, select:focus-visible, button:focus-visible, a:focus-visible,
[tabindex]:focus-visible {
  outline: 2px solid var(--cyan); outline-offset: 1px;
}
.fields { margin: .5rem 0; }
.fields > div { padding: .2rem 0 .2rem .6rem; border-left: 3px solid var(--line); }
.fields > .added { border-color: var(--green); }
.fields > .removed { border-color: var(--red); }
.fields > .changed { border-color: var(--yellow); }
.fields dd { margin: 0 0 0 1.3em; }
.sign { display: inline-block; width: 1.3em; font-family: ui-monospace, Consolas, monospace; color: var(--soft); }
pre { margin: .25rem 0; padding: .3rem 0; overflow-x: auto; background: var(--paper); border-radius: 4px; }
pre > span { display: block; min-width: max-content; padding: 0 .5rem; }
pre > .added, ins { color: var(--green); background: var(--green-back); }
pre > .removed, del { color: var(--red); background: var(--red-back); }
ins, del { padding: 0 .25em; border-radius: 3px; text-decoration: none; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .875rem; }
footer dl { margin: 0; }
footer div { display: flex; gap: .8rem; }
footer dt { flex: 0 0 5.5rem; }
footer dd { margin: 0; }
@media (max-width: 40rem) {
  .counts { display: none; }
  .pair { flex: 1 1 45%; }
  .pair label { flex: 0 0 auto; }
  .pair select, .pair input { flex: 1 1 auto; min-width: 0; max-width: none; }
  .concept > :not(summary) { margin-left: .4rem; margin-right: 0; }
}
@media print {
  .filter { display: none; }
  .change, figure { break-inside: avoid; }
  .scroll { overflow: visible; }
  .lineage { min-width: 0; }
}
"""

SCRIPT = """
const filters = document.getElementById("filters");
if (filters) {
  const text = document.getElementById("filter"), found = document.getElementById("found");
  const choices = [...filters.querySelectorAll("select")];
  const changes = [...document.querySelectorAll(".change")], told = [...document.querySelectorAll(".told")];
  const concepts = [...document.querySelectorAll(".concept")], all = document.getElementById("all");
  const words = new Map([...changes, ...told].map((one) => [one, one.textContent.toLowerCase()]));
  const show = () => {
    const wanted = text.value.toLowerCase(), chosen = choices.filter((one) => one.value);
    const active = Boolean(wanted) || chosen.length > 0;
    const fits = (one) => words.get(one).includes(wanted)
      && chosen.every((by) => one.getAttribute("data-" + by.dataset.by) === by.value);
    for (const one of words.keys()) one.hidden = !fits(one);
    for (const one of concepts) one.hidden = active && !one.querySelector(".told:not([hidden])");
    for (const one of document.querySelectorAll(".group")) one.hidden = active;
    if (active) for (const one of document.querySelectorAll(".concept, .rest")) one.open = true;
    found.textContent = active ? `${changes.filter((one) => !one.hidden).length} of ${changes.length}` : "";
  };
  const open = (yes) => {
    for (const one of document.querySelectorAll("details")) one.open = yes;
    all.textContent = yes ? "Fold all" : "Expand all";
    all.setAttribute("aria-pressed", String(yes));
  };
  filters.hidden = false;
  text.addEventListener("input", show);
  for (const one of choices) one.addEventListener("change", show);
  all.addEventListener("click", () => open(all.getAttribute("aria-pressed") !== "true"));
  addEventListener("beforeprint", () => open(true));
  addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select");
    if (event.key === "/" && !typing) { event.preventDefault(); text.focus(); }
    if (event.key === "Escape" && typing) { text.value = ""; for (const one of choices) one.value = ""; show(); }
  });
}
"""
