// The grid as a map: a block for each pair of two factors, in it a square for each experiment, by the other factors.
import { brief, byId, choice, colour, element, f1, longName, options, say, shortName, showTip } from "./dom.js";

/** Viridis (van der Walt and Smith, 2015): even steps for the eye, also a colour-blind one. */
const STOPS = [[68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121], [110, 206, 88], [181, 222, 43], [253, 231, 37]];

export function shade(share) {
  const at = Math.max(0, Math.min(1, share)) * (STOPS.length - 1);
  const below = Math.min(STOPS.length - 2, Math.floor(at));
  const part = at - below;
  return "rgb(" + STOPS[below].map((c, i) => Math.round(c + part * (STOPS[below + 1][i] - c))).join(",") + ")";
}

const FACTORS = ["tokens", "tasks", "alpha", "tokens_synthetic", "shared_layers", "strategy", "readout"];
const ROWS_A_PAGE = 100;
const MARGIN = { left: 46, top: 22 };

const holder = byId("map");
const canvas = holder.querySelector("canvas");
const table = byId("table");
let experiments = [];
let places = [];
let size = 0;
let chosen = null;
let page = 0;
let scale = { least: 0, most: 1 };
let extent = { width: 0, height: 0 };

const distinct = (rows, factor) => [...new Set(rows.map(row => row[factor]))].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);

export function drawMap(all) {
  experiments = all;
  const balanced = all.every(one => one.tokens_synthetic === one.tokens);
  const varied = FACTORS.filter(factor => distinct(all, factor).length > 1 && !(balanced && factor === "tokens_synthetic"));
  const usable = varied.length > 1 ? varied : ["tokens", "tasks"];
  const x = usable.includes(choice.get("columns")) ? choice.get("columns") : usable[0];
  const y = usable.includes(choice.get("rows")) && choice.get("rows") !== x ? choice.get("rows") : usable.find(f => f !== x);
  options(byId("map-x"), usable.map(f => [f, longName[f]]), x);
  options(byId("map-y"), usable.filter(f => f !== x).map(f => [f, longName[f]]), y);
  layOut(x, y);
  paint(x, y);
  legend();
  tell();
  if (table.open) {
    fillTable();
  }
}

/** Where each square is. */
function layOut(x, y) {
  const xs = distinct(experiments, x);
  const ys = distinct(experiments, y).reverse();
  const blocks = new Map();
  const others = FACTORS.filter(f => f !== x && f !== y);
  for (const one of experiments) {
    const key = xs.indexOf(one[x]) + "," + ys.indexOf(one[y]);
    blocks.has(key) ? blocks.get(key).push(one) : blocks.set(key, [one]);
  }
  const most = Math.max(1, ...[...blocks.values()].map(block => block.length));
  const across = most <= 6 ? most : Math.ceil(Math.sqrt(most * 1.6));
  const down = Math.ceil(most / across);
  const gap = most > 12 ? 5 : 8;
  const room = holder.clientWidth - MARGIN.left - 4;
  size = Math.max(5, Math.min(26, Math.floor((room / xs.length - gap) / across)));
  const rest = size > 8 ? 2 : 1;
  places = [];
  for (const [key, block] of blocks) {
    const [column, row] = key.split(",").map(Number);
    block.sort((a, b) => others.reduce((order, f) => order || (a[f] < b[f] ? -1 : a[f] > b[f] ? 1 : 0), 0) || (a.id < b.id ? -1 : 1));
    block.forEach((one, i) => places.push({
      one,
      x: MARGIN.left + column * (across * size + gap) + i % across * size,
      y: MARGIN.top + row * (down * size + gap) + Math.floor(i / across) * size,
      side: size - rest,
    }));
  }
  places.sort((a, b) => a.y - b.y || a.x - b.x);
  extent = {
    width: MARGIN.left + xs.length * (across * size + gap),
    height: MARGIN.top + ys.length * (down * size + gap),
    xs: xs.map((value, i) => [value, MARGIN.left + i * (across * size + gap) + across * size / 2]),
    ys: ys.map((value, i) => [value, MARGIN.top + i * (down * size + gap) + down * size / 2]),
    step: across * size + gap,
  };
  const scores = experiments.map(one => one.f1_mean).filter(v => v !== null);
  scale = scores.length ? { least: Math.min(...scores), most: Math.max(...scores) } : { least: 0, most: 1 };
}

function paint(x, y) {
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(extent.width * ratio) || canvas.height !== Math.round(extent.height * ratio)) {
    canvas.width = Math.round(extent.width * ratio);
    canvas.height = Math.round(extent.height * ratio);
    canvas.style.width = extent.width + "px";
    canvas.style.height = extent.height + "px";
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, extent.width, extent.height);
  const empty = colour("--sunk");
  const line = colour("--strong-line");
  const accent = colour("--accent");
  const bad = colour("--bad");
  const ink = colour("--ink");
  const unknown = colour("--soft");
  pen.font = "12px system-ui, sans-serif";
  pen.fillStyle = unknown;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  let last = -Infinity;
  for (const [value, at] of extent.xs) {
    const text = axisText(x, value);
    if (at - pen.measureText(text).width / 2 > last + 6) {
      pen.fillText(text, at, 9);
      last = at + pen.measureText(text).width / 2;
    }
  }
  pen.textAlign = "right";
  last = -Infinity;
  for (const [value, at] of extent.ys) {
    if (at - 7 > last) {
      pen.fillText(axisText(y, value), MARGIN.left - 7, at);
      last = at + 7;
    }
  }
  for (const { one, x: left, y: top, side } of places) {
    pen.fillStyle = empty;
    pen.fillRect(left, top, side, side);
    if (one.done > 0) {
      pen.fillStyle = one.f1_mean === null ? unknown : shade(share(one.f1_mean));
      const height = Math.max(1, side * one.done / one.planned);
      pen.fillRect(left, top + side - height, side, height);
    }
    if (one.failed > 0) {
      pen.fillStyle = bad;
      const corner = Math.max(4, side * .45);
      pen.beginPath();
      pen.moveTo(left + side - corner, top);
      pen.lineTo(left + side, top);
      pen.lineTo(left + side, top + corner);
      pen.fill();
    }
    if (one.running > 0) {
      pen.strokeStyle = accent;
      pen.lineWidth = size > 8 ? 2 : 1;
      pen.strokeRect(left + pen.lineWidth / 2, top + pen.lineWidth / 2, side - pen.lineWidth, side - pen.lineWidth);
    } else if (size > 8) {
      pen.strokeStyle = line;
      pen.globalAlpha = .45;
      pen.lineWidth = 1;
      pen.strokeRect(left + .5, top + .5, side - 1, side - 1);
      pen.globalAlpha = 1;
    }
    if (one.id === chosen) {
      pen.strokeStyle = ink;
      pen.lineWidth = 2;
      pen.strokeRect(left - 1.5, top - 1.5, side + 3, side + 3);
    }
  }
}

const axisText = (factor, value) => factor === "tasks" ? "T " + value : typeof value === "number" ? brief(value) : String(value).toLowerCase();

const share = value => scale.most > scale.least ? (value - scale.least) / (scale.most - scale.least) : .5;

function legend() {
  const target = byId("map-legend");
  const known = experiments.some(one => one.f1_mean !== null);
  const text = known ? f1(scale.least) + " " + f1(scale.most) : "";
  if (target.dataset.text === text) {
    return;
  }
  target.dataset.text = text;
  const ramp = element("canvas", { width: 120, height: 12 });
  ramp.setAttribute("aria-hidden", "true");
  const pen = ramp.getContext("2d");
  for (let i = 0; i < 120; i++) {
    pen.fillStyle = shade(i / 119);
    pen.fillRect(i, 0, 1, 12);
  }
  target.replaceChildren(
    ...(known ? [element("span", {}, "mean F1 " + f1(scale.least), ramp, f1(scale.most))] : []),
    element("span", {}, element("i", { className: "key" }), "no run yet"),
    element("span", {}, element("i", { className: "key run" }), "in training"),
    element("span", {}, element("i", { className: "key fail" }), "failed runs"));
}

/** One experiment in words. */
export function words(one) {
  const parts = ["T = " + one.tasks, "n = " + one.tokens];
  if (one.tokens_synthetic !== one.tokens) {
    parts.push("n of the others = " + one.tokens_synthetic);
  }
  if (one.tasks > 1) {
    parts.push("alpha = " + brief(one.alpha));
    if (one.ami !== null) {
      parts.push("AMI = " + brief(one.ami));
    }
  }
  parts.push("shared layers = " + one.shared_layers);
  let text = parts.join(", ") + "\n" + one.done + " of " + one.planned + " runs done";
  text += (one.running ? ", " + one.running + " in training" : "") + (one.failed ? ", " + one.failed + " failed" : "") + (one.diverged ? ", " + one.diverged + " diverged" : "");
  if (one.f1_mean !== null) {
    text += "\nF1 " + f1(one.f1_mean) + (one.runs > 1 ? " ± " + f1(one.f1_std) + " (" + f1(one.f1_min) + " to " + f1(one.f1_max) + ")" : "") + ", dev " + f1(one.f1_dev_mean);
  }
  return text;
}

function tell() {
  const one = experiments.find(e => e.id === chosen);
  say(byId("experiment"), one ? words(one).replaceAll("\n", ". ") + ". Experiment " + one.id : "Choose a square to read it.");
}

function choose(place) {
  chosen = place ? place.one.id : null;
  drawMap(experiments);
  if (place) {
    holder.scrollTo({
      left: Math.max(0, Math.min(holder.scrollLeft, place.x - 20), place.x + 40 - holder.clientWidth),
      top: Math.max(0, Math.min(holder.scrollTop, place.y - 30), place.y + 40 - holder.clientHeight),
    });
  }
}

function placeAt(event) {
  const box = canvas.getBoundingClientRect();
  const x = event.clientX - box.left;
  const y = event.clientY - box.top;
  return places.find(p => x >= p.x && x < p.x + size && y >= p.y && y < p.y + size);
}

canvas.addEventListener("mousemove", event => {
  const place = placeAt(event);
  showTip(place ? words(place.one) : null, event.clientX, event.clientY);
});
canvas.addEventListener("mouseleave", () => showTip(null));
canvas.addEventListener("click", event => choose(placeAt(event)));

holder.addEventListener("keydown", event => {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!way || places.length === 0) {
    return;
  }
  event.preventDefault();
  const now = places.find(p => p.one.id === chosen);
  if (!now) {
    choose(places[0]);
    return;
  }
  // The nearest in that direction, what lies aside counting threefold.
  let best = null;
  let least = Infinity;
  for (const place of places) {
    const along = (place.x - now.x) * way[0] + (place.y - now.y) * way[1];
    const aside = Math.abs((place.x - now.x) * way[1]) + Math.abs((place.y - now.y) * way[0]);
    if (along > 0 && along + 3 * aside < least) {
      least = along + 3 * aside;
      best = place;
    }
  }
  choose(best ?? now);
});

byId("map-x").addEventListener("change", event => { choice.set("columns", event.target.value); drawMap(experiments); });
byId("map-y").addEventListener("change", event => { choice.set("rows", event.target.value); drawMap(experiments); });

const COLUMNS = ["tasks", "tokens", "alpha", "ami", "shared_layers", "done", "failed", "f1_mean", "f1_std"];

function fillTable() {
  const pages = Math.max(1, Math.ceil(experiments.length / ROWS_A_PAGE));
  page = Math.min(page, pages - 1);
  const rows = [...experiments]
    .sort((a, b) => a.tasks - b.tasks || a.tokens - b.tokens || a.alpha - b.alpha || (a.id < b.id ? -1 : 1))
    .slice(page * ROWS_A_PAGE, (page + 1) * ROWS_A_PAGE);
  table.querySelector("thead").replaceChildren(element("tr", {}, ...["experiment", ...COLUMNS].map(name =>
    element("th", { textContent: { done: "runs", f1_mean: "F1", f1_std: "spread" }[name] ?? shortName[name] ?? name, scope: "col" }))));
  table.querySelector("tbody").replaceChildren(...rows.map(one => element("tr", {},
    element("td", { textContent: one.id.slice(0, 10), title: one.id, className: "mono" }),
    ...COLUMNS.map(name => element("td", {
      textContent: name === "done" ? one.done + "/" + one.planned : name.startsWith("f1") ? f1(one[name]) : brief(one[name]),
      title: String(one[name] ?? ""),
    })))));
  say(byId("table-page"), "page " + (page + 1) + " of " + pages);
  byId("table-back").disabled = page === 0;
  byId("table-on").disabled = page === pages - 1;
}

table.addEventListener("toggle", () => table.open && fillTable());
byId("table-back").addEventListener("click", () => { page--; fillTable(); });
byId("table-on").addEventListener("click", () => { page++; fillTable(); });
export const mapCanvas = canvas;
