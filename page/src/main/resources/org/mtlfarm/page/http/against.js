// F1 against a factor: the averages with their spread, the law of that factor alone, slices of the law of all factors.
import { brief, byId, choice, element, evaluate, longName, options, say, shortName } from "./dom.js";
import { plot } from "./plots.js";
import { words } from "./map.js";

const FACTORS = ["tokens", "ami", "tasks", "alpha", "tokens_synthetic", "shared_layers"];
const MOST_GROUPS = 6;
const SAMPLES = 120;

const holder = byId("against-controls");
const selects = new Map();
let redraw = () => {};

function control(name, label) {
  if (!selects.has(name)) {
    const select = element("select", { id: "against-" + name });
    select.addEventListener("change", () => {
      choice.set(name, select.value);
      redraw();
    });
    selects.set(name, { select, label: element("label", {}, label + " ", select) });
    holder.append(selects.get(name).label);
  }
  const one = selects.get(name);
  one.label.hidden = false;
  return one.select;
}

const values = (rows, factor) => [...new Set(rows.map(row => row[factor]))].sort((a, b) => a - b);

const median = sorted => sorted[Math.floor(sorted.length / 2)];

export function drawAgainst(experiments, laws) {
  redraw = () => drawAgainst(experiments, laws);
  const measured = experiments.filter(row => row.f1_mean !== null);
  const balanced = measured.every(row => row.tokens_synthetic === row.tokens);
  const varied = FACTORS.filter(factor => values(measured, factor).length > 1 && !(balanced && factor === "tokens_synthetic"));
  if (varied.length === 0) {
    holder.hidden = true;
    say(byId("against-note"), measured.length === 0 ? "No average yet." : "The averages so far differ in no factor.");
    byId("against-body").hidden = true;
    return;
  }
  holder.hidden = false;
  byId("against-body").hidden = false;
  const x = varied.includes(choice.get("x")) ? choice.get("x") : varied[0];
  options(control("x", "Along"), varied.map(f => [f, longName[f]]), x);
  const groupable = varied.filter(f => f !== x && f !== "ami" && !(x === "ami" && f === "alpha"));
  const usual = ["tasks", "tokens", ...groupable].find(f => groupable.includes(f)) ?? "";
  const by = groupable.includes(choice.get("colour")) ? choice.get("colour") : usual;
  const colourSelect = control("colour", "Colour");
  selects.get("colour").label.hidden = groupable.length === 0;
  options(colourSelect, groupable.map(f => [f, longName[f]]), by);

  // A single task has no relatedness to draw: its AMI of 1 is a convention.
  let rows = measured.filter(row => x !== "ami" && x !== "alpha" || row.tasks > 1);
  const fixed = {};
  for (const factor of FACTORS) {
    const sliceable = groupable.includes(factor) && factor !== by;
    const name = "only_" + factor;
    if (!sliceable) {
      if (selects.has(name)) {
        selects.get(name).label.hidden = true;
      }
      continue;
    }
    const all = values(measured, factor);
    const wanted = choice.get(name);
    const chosen = all.some(v => String(v) === wanted) ? wanted : "";
    options(control(name, shortName[factor]), [["", "all"], ...all.map(v => [v, brief(v)])], chosen);
    if (chosen !== "") {
      fixed[factor] = Number(chosen);
      rows = rows.filter(row => row[factor] === fixed[factor] || row.tasks === 1 && factor === "alpha");
    }
  }
  const groups = by ? values(rows, by) : [null];
  const shown = groups.length <= MOST_GROUPS ? groups : [...Array(MOST_GROUPS).keys()].map(i => groups[Math.floor(i * (groups.length - 1) / (MOST_GROUPS - 1))]);
  const colourOf = row => by && !shown.includes(row[by]) ? "--c6" : "--c" + (by ? shown.indexOf(row[by]) : 0);
  const log = (x === "tokens" || x === "tokens_synthetic") && rows.length > 0;
  const points = rows.map(row => ({ x: row[x], y: row.f1_mean, spread: row.runs > 1 ? row.f1_std : 0, colour: colourOf(row), hollow: !row.complete, text: () => words(row) }));

  const curves = [];
  const legend = [];
  const xs = samples(points.map(p => p.x), log);
  const alone = laws.find(law => law.features.length === 1 && law.features[0] === x && law.target === "f1");
  const full = laws.filter(law => law.features.length > 1 && law.features.includes(x) && law.target === "f1").sort((a, b) => b.features.length - a.features.length)[0];
  for (const [i, value] of shown.entries()) {
    const group = by ? rows.filter(row => row[by] === value) : rows;
    if (by) {
      legend.push({ colour: "--c" + i, text: shortName[by] + " " + brief(value) });
    }
    if (full && group.length > 0) {
      const at = full.features.map(feature => feature === x ? null : feature === by ? value : fixed[feature] ?? median(values(group, feature).length ? group.map(row => row[feature]).sort((a, b) => a - b) : [0]));
      curves.push({ xs, ys: xs.map(v => evaluate(full.front[full.best].program, at.map(other => other ?? v))), colour: "--c" + i, thin: true, dash: true });
    }
  }
  if (by && shown.length < groups.length) {
    legend.push({ colour: "--c6", text: "others" });
  }
  if (full && curves.length) {
    legend.push({ colour: "--c6", text: full.specification + ", by colour", dash: true });
  }
  if (alone && xs.length) {
    curves.push({ xs, ys: xs.map(v => evaluate(alone.front[alone.best].program, [v])), colour: "--curve" });
    legend.push({ colour: "--curve", text: alone.specification, dash: false });
  }
  plot(byId("against-chart"), {
    x: { label: longName[x], log }, y: { label: "mean F1 (test)" }, points, curves, legend,
    description: "Mean F1 of " + points.length + " experiments along " + longName[x] + ", with " + curves.length + " curves of the current formulas.",
  });
  const medians = full ? full.features.filter(f => f !== x && f !== by && !(f in fixed)) : [];
  say(byId("against-note"), "Bars: standard deviation over an experiment's runs. Hollow: runs are missing."
    + (medians.length ? " Dashed: with " + medians.map(f => shortName[f]).join(" and ") + " at the median of each colour." : ""));
}

function samples(of, log) {
  const low = Math.min(...of);
  const high = Math.max(...of);
  if (!(high > low)) {
    return [];
  }
  return [...Array(SAMPLES).keys()].map(i => log ? low * (high / low) ** (i / (SAMPLES - 1)) : low + (high - low) * i / (SAMPLES - 1));
}
