// The formulas: each one's Pareto front, and of the formula chosen there its fit, constants, growth rates and history.
import { brief, byId, choice, element, evaluate, f1, options, say } from "./dom.js";
import { plot } from "./plots.js";
import { words } from "./map.js";

let laws = [];
let byExperiment = new Map();
let facts = null;
let asked = "";

export const law = () => laws.find(one => one.id === choice.get("law")) ?? laws.reduce((a, b) => a && a.features.length >= b.features.length ? a : b, null);

/** Which of the front: the one of the size that was chosen, or the largest below it; the recommended one unless told. */
export function picked(one) {
  const nodes = Number(choice.get("nodes"));
  if (!choice.get("nodes")) {
    return one.best;
  }
  let found = 0;
  one.front.forEach((candidate, i) => {
    if (candidate.complexity <= nodes && candidate.complexity >= one.front[found].complexity) {
      found = i;
    }
  });
  return found;
}

let changed = () => {};
export const onPick = listener => { changed = listener; };

function pick(one, at) {
  choice.set("nodes", at === one.best ? null : one.front[at].complexity);
  drawLaws(laws, byExperiment);
  changed();
}

export function drawLaws(all, experiments) {
  laws = all;
  byExperiment = experiments;
  const one = law();
  byId("laws-none").hidden = one !== null;
  byId("laws-body").hidden = one === null;
  if (one === null) {
    return;
  }
  options(byId("law"), laws.map(l => [l.id, l.specification]), one.id);
  say(byId("law-state"), (one.settled ? "final" : "so far") + ", from " + one.rows + " experiments");
  const at = picked(one);
  const candidate = one.front[at];
  latex(one, candidate);
  table(one, at);
  plot(byId("front-chart"), {
    x: { label: "nodes", whole: true }, y: { label: "training error (mean squared)", log: one.front.every(c => c.trainMse > 0) },
    points: one.front.map((c, i) => ({ x: c.complexity, y: c.trainMse, colour: i === one.best ? "--c2" : "--c0", big: i === at, i, text: () => c.complexity + " nodes, held-out R² " + brief(c.testR2) + "\n" + c.expression })),
    curves: [{ xs: one.front.map(c => c.complexity), ys: one.front.map(c => c.trainMse), colour: "--c6", thin: true }],
    legend: [{ colour: "--c2", text: "recommended" }, { colour: "--c0", text: "others" }],
    description: "Pareto front of " + one.front.length + " formulas: error against nodes. The table below has the same.",
  });
  front = one;
  ask(one, at);
  drawFacts(one, at);
}

/** The law of the front that is drawn. */
let front = null;

/** The formula of the size that is nearest to where somebody clicked. */
byId("front-chart").addEventListener("click", event => {
  const u = byId("front-chart").querySelector(".u-over");
  if (!front || !u || !u.contains(event.target)) {
    return;
  }
  const box = u.getBoundingClientRect();
  const share = (event.clientX - box.left) / box.width;
  const least = Math.min(...front.front.map(c => c.complexity));
  const most = Math.max(...front.front.map(c => c.complexity));
  const room = (most - least) * .05;
  const nodes = least - room + share * (most - least + 2 * room);
  let best = 0;
  front.front.forEach((c, i) => {
    if (Math.abs(c.complexity - nodes) < Math.abs(front.front[best].complexity - nodes)) {
      best = i;
    }
  });
  pick(front, best);
});

const target = { f1: "\\mathrm{F1}", f1_dev: "\\mathrm{F1}_{\\mathrm{dev}}" };
export const equation = (one, candidate) => (target[one.target] ?? one.target) + " = " + candidate.latex;

function latex(one, candidate) {
  const holder = byId("law-latex");
  const text = equation(one, candidate);
  if (holder.dataset.latex !== text) {
    holder.dataset.latex = text;
    katex.render(text, holder, { displayMode: true, throwOnError: false, strict: "ignore" });
  }
}

function table(one, at) {
  const body = byId("front").querySelector("tbody");
  const said = JSON.stringify([one.id, at, one.best, one.front.map(c => [c.expression, c.trainMse, c.testR2])]);
  if (body.dataset.said === said) {
    return;
  }
  const focused = body.contains(document.activeElement);
  body.dataset.said = said;
  body.replaceChildren(...one.front.map((c, i) => {
    const radio = element("input", { type: "radio", name: "candidate", checked: i === at });
    radio.setAttribute("aria-label", c.complexity + " nodes");
    radio.addEventListener("change", () => pick(one, i));
    return element("tr", { className: i === at ? "on" : "" },
      element("td", {}, radio),
      element("td", { textContent: c.complexity }),
      element("td", { textContent: brief(c.testR2), title: String(c.testR2) }),
      element("td", { textContent: brief(c.trainMse), title: String(c.trainMse) }),
      element("td", {}, ...(i === one.best ? [element("span", { className: "best", textContent: "recommended " })] : []), c.expression));
  }));
  if (focused) {
    body.querySelector("input:checked")?.focus();
  }
}

/** What the server works out of one formula; asked for once for each that is chosen and each time it was fitted. */
async function ask(one, at) {
  const wanted = one.id + " " + at + " " + one.fittedAt;
  if (asked === wanted) {
    return;
  }
  asked = wanted;
  try {
    const answer = await fetch("/live/formula?id=" + one.id + "&candidate=" + at, { cache: "no-store" });
    if (!answer.ok) {
      throw new Error(answer.status);
    }
    const got = await answer.json();
    if (asked === wanted) {
      facts = got;
      drawFacts(one, at);
    }
  } catch {
    setTimeout(() => {
      if (asked === wanted) {
        asked = "";
        drawLaws(laws, byExperiment);
      }
    }, 1_500);
  }
}

function drawFacts(one, at) {
  // Of an earlier fit they would stand beside a law they are not of: faded until those of this one are here.
  const current = facts && facts.formula === one.id && facts.candidate === at && facts.fittedAt === one.fittedAt;
  byId("law-facts").setAttribute("aria-busy", String(!current));
  if (!current) {
    return;
  }
  const candidate = one.front[at];
  const held = new Set(facts.heldOut);
  const rows = facts.experiments.map((id, i) => ({ row: byExperiment.get(id), held: held.has(i) })).filter(r => r.row && r.row[column(one.target)] !== null);
  const points = rows.map(({ row, held: out }) => {
    const predicted = evaluate(candidate.program, one.features.map(feature => row[feature]));
    const measured = row[column(one.target)];
    return { predicted, measured, out, text: () => words(row) + "\npredicted " + f1(predicted) };
  });
  const r2 = fitOf(points);
  const list = byId("law-facts");
  const told = [
    "R² " + brief(r2) + " over all " + points.length + " experiments, " + brief(candidate.testR2) + " on the " + held.size + " held out",
    "typical error " + brief(Math.sqrt(candidate.trainMse), 3) + " in training, " + brief(Math.sqrt(candidate.testMse), 3) + " held out",
    ...facts.rates.map(rate => rate.sentence),
    ...facts.constants.map((c, k) => "constant " + (k + 1) + ": " + brief(c.value, 6) + (c.standardError === null ? " (not fixed by the rows)" : " ± " + brief(c.standardError, 2))),
  ];
  const text = told.join("\n");
  if (list.dataset.told !== text) {
    list.dataset.told = text;
    list.replaceChildren(...told.map(line => element("li", { textContent: line })));
  }
  const ends = points.length ? [Math.min(...points.map(p => p.predicted)), Math.max(...points.map(p => p.predicted))] : [0, 1];
  const label = one.target === "f1" ? "F1" : one.target;
  const legend = [{ colour: "--c0", text: "training" }, { colour: "--c1", text: "held out", hollow: true }];
  plot(byId("fit-chart"), {
    x: { label: label + " as the formula says" }, y: { label: label + " as measured" }, legend,
    points: points.map(p => ({ x: p.predicted, y: p.measured, colour: p.out ? "--c1" : "--c0", hollow: p.out, text: p.text })),
    curves: [{ xs: ends, ys: ends, colour: "--curve", thin: true, dash: true }],
    description: "Measured against predicted " + label + " of " + points.length + " experiments.",
  });
  // A chart a frame: each takes a while with thousands of points.
  requestAnimationFrame(() => plot(byId("residuals-chart"), {
    x: { label: label + " as the formula says" }, y: { label: "measured less predicted" }, legend,
    points: points.map(p => ({ x: p.predicted, y: p.measured - p.predicted, colour: p.out ? "--c1" : "--c0", hollow: p.out, text: p.text })),
    curves: [{ xs: ends, ys: [0, 0], colour: "--curve", thin: true, dash: true }],
    description: "Residuals of " + points.length + " experiments.",
  }));
  drawHistory(candidate);
}

const column = name => ({ f1: "f1_mean", f1_dev: "f1_dev_mean" })[name] ?? name;

function fitOf(points) {
  const mean = points.reduce((sum, p) => sum + p.measured, 0) / points.length;
  const total = points.reduce((sum, p) => sum + (p.measured - mean) ** 2, 0);
  return total > 0 ? 1 - points.reduce((sum, p) => sum + (p.measured - p.predicted) ** 2, 0) / total : NaN;
}

/** Constants of the chosen structure, each by what it is now, as rows came in. */
function drawHistory(candidate) {
  const count = facts.constants.length;
  const fits = facts.history.filter(fit => fit.constants !== null);
  const now = facts.constants.map(c => c.value);
  const points = [];
  const curves = [];
  for (let k = 0; k < count; k++) {
    const series = fits.filter(fit => now[k] !== 0).map(fit => ({ x: fit.rows, y: fit.constants[k] / now[k], colour: "--c" + k % 6, text: () => "constant " + (k + 1) + " = " + brief(fit.constants[k], 6) + " from " + fit.rows + " rows" }));
    points.push(...series);
    curves.push({ xs: series.map(p => p.x), ys: series.map(p => p.y), colour: "--c" + k % 6, thin: true });
  }
  plot(byId("history-chart"), {
    x: { label: "rows fitted to", whole: true }, y: { label: "constant, 1 = now" }, points, curves,
    legend: now.map((value, k) => ({ colour: "--c" + k % 6, text: k + 1 + ": " + brief(value) })),
    description: "How the " + count + " constants have changed over " + fits.length + " fits.",
  });
  say(byId("constants-note"), count === 0 ? "This formula has none."
    : "Each as a share of what it is now, over the " + fits.length + " of " + facts.history.length + " fits that had a formula of this form.");
}

byId("law").addEventListener("change", event => {
  choice.set("law", event.target.value);
  choice.set("nodes", null);
  drawLaws(laws, byExperiment);
  changed();
});

byId("copy-latex").addEventListener("click", async event => {
  const one = law();
  await navigator.clipboard.writeText(equation(one, one.front[picked(one)]));
  say(event.target, "Copied");
  setTimeout(() => say(event.target, "Copy LaTeX"), 1_500);
});

export function texOfAll() {
  return laws.map(one => "% " + one.specification + " (" + one.rows + " experiments, held-out R2 " + brief(one.front[one.best].testR2) + ")\n\\[ " + equation(one, one.front[one.best]) + " \\]\n").join("\n");
}
