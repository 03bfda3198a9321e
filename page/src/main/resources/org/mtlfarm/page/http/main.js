// The page: which study is watched, and what is drawn when something of it has changed.
import { brief, byId, choice, duration, element, options, save, say, whole } from "./dom.js";
import { Live } from "./live.js";
import { drawMap, mapCanvas } from "./map.js";
import { png, redrawAll } from "./plots.js";
import { drawAgainst } from "./against.js";
import { drawLaws, onPick, texOfAll } from "./laws.js";
import { drawWhatIf } from "./whatif.js";
import { drawFailures, drawRuns } from "./runs.js";
import { drawActions, message } from "./actions.js";

const PARTS = ["studies", "status", "experiment", "run", "failure", "formula"];
let live = null;
let stale = new Set(PARTS);
let due = false;
let drawing = false;

const partOf = name => name.includes("/") ? name.slice(0, name.indexOf("/")) : name === "columns" ? "experiment" : name;

function changed(names) {
  (names === null ? PARTS : new Set(names.map(partOf))).forEach(part => stale.add(part));
  if (!due) {
    due = true;
    // A page in the background draws nothing, but holds the state all the same.
    requestAnimationFrame(draw);
  }
}

let experiments = [];
let controls = [];
let byExperiment = new Map();

function readExperiments(of) {
  const columns = of.get("columns");
  const read = of.all("experiment/").map(([id, values]) => {
    const one = { id };
    columns.forEach((name, i) => { one[name] = values[i]; });
    return one;
  });
  byExperiment = new Map(read.map(one => [one.id, one]));
  // Controls stand beside the grid: no formula is fitted to them, and they are compared in the report.
  controls = read.filter(one => one.control);
  experiments = read.filter(one => !one.control);
}

/** Draws what is stale, and again what has become stale meanwhile. */
async function draw() {
  due = false;
  if (drawing) {
    return;
  }
  drawing = true;
  try {
    do {
      await drawOnce(live);
    } while (live !== null && live.id !== null && stale.size > 0);
  } finally {
    drawing = false;
  }
}

const frame = () => new Promise(requestAnimationFrame);

/** A step a frame, so that nobody waits for the whole with his hand on a slider. */
async function drawOnce(of) {
  if (of === null || of.id === null) {
    return;
  }
  performance.mark("draw");
  unveil();
  const parts = stale;
  stale = new Set();
  const id = of.id;
  for (const step of steps(parts, of)) {
    step();
    await frame();
    if (live !== of) {
      return;
    }
  }
  document.querySelector("main").dataset.id = id;
  performance.measure("drawing " + [...parts].join(" "), "draw");
}

function steps(parts, of) {
  const status = of.get("status");
  const all = [];
  if (parts.has("studies")) {
    all.push(drawChooser);
  }
  if (parts.has("status")) {
    all.push(() => {
      drawProgress(status);
      drawActions(of.study, status);
    });
  }
  if (parts.has("experiment")) {
    all.push(() => readExperiments(of), () => drawMap(experiments), drawControls);
  }
  if (parts.has("run") || parts.has("status")) {
    all.push(() => drawRuns(of.all("run/"), status, byExperiment));
  }
  if (parts.has("failure")) {
    all.push(() => drawFailures(of.all("failure/"), status));
  }
  if (parts.has("experiment") || parts.has("formula")) {
    const laws = of.all("formula/").map(([, law]) => law).sort((a, b) => status.formulas.indexOf(a.specification) - status.formulas.indexOf(b.specification) || a.specification.localeCompare(b.specification));
    all.push(() => drawAgainst(experiments, laws), () => drawLaws(laws, byExperiment), () => drawWhatIf(experiments));
  }
  return all;
}

function drawControls() {
  const done = controls.filter(one => one.complete).length;
  byId("controls-beside").hidden = controls.length === 0;
  say(byId("controls-beside"), controls.length + " controls beside the grid, " + done + " of them complete; no formula is fitted to them. The report compares them (farm report).");
}

/** Nothing is shown before there is something to show. */
function unveil() {
  for (const part of document.querySelectorAll("main, .chooser, header .actions")) {
    part.hidden = false;
  }
}

function drawChooser() {
  const studies = live.get("studies");
  options(byId("study"), studies.map(one => [one.name, one.name + (one.experiments + one.held === 0 ? " (cancelled)" : one.paused ? " (paused)" : "")]), live.study);
}

function figure(name, value, more = "", kind = "") {
  return element("div", { className: kind }, element("dt", { textContent: name }), element("dd", {}, value, ...(more ? [element("small", { textContent: " " + more })] : [])));
}

function drawProgress(status) {
  const share = status.stepsDone + status.stepsLeft === 0 ? (status.planned > 0 ? 1 : 0) : status.stepsDone / (status.stepsDone + status.stepsLeft);
  const percent = Math.floor(100 * share);
  const bar = byId("bar");
  bar.setAttribute("aria-valuenow", percent);
  bar.firstElementChild.style.width = 100 * share + "%";
  const left = status.planned + status.held === 0 ? "cancelled" : status.finished ? "done" : status.paused && status.running === 0 ? "paused"
    : status.etaSeconds === null ? "not known yet" : "about " + duration(status.etaSeconds);
  const waiting = status.queued + status.missing + status.cancelled + status.pausedRuns;
  byId("figures").replaceChildren(
    figure("steps", percent + " %", "of " + whole(status.stepsPlanned)),
    figure(status.planned > 0 && !status.finished ? "time left" : "state", left),
    figure("experiments complete", whole(status.complete), "of " + whole(status.planned)),
    figure("runs done", whole(status.runsDone), "of " + whole(status.runsPlanned)),
    figure("in training", whole(status.running)),
    figure(status.paused ? "waiting, paused" : "waiting", whole(waiting)),
    ...(status.held + status.spared > 0 ? [figure(status.held > 0 ? "may be asked for" : "spared", whole(status.held || status.spared), "experiments")] : []),
    figure("failed", whole(status.failed), status.diverged ? status.diverged + " diverged" : "", status.failed ? "bad" : ""));
  document.title = (status.finished ? "done" : percent + " %") + " · " + live.study + " · MTL Farm";
}

const words = { live: "live", wait: "connecting", away: "not connected; trying again" };

function connection(state) {
  const target = byId("connection");
  target.dataset.state = state;
  say(target.querySelector(".word"), words[state]);
}

function watch(study) {
  live?.close();
  stale = new Set(PARTS);
  choice.set("study", study);
  byId("get-csv").href = "/live/averages.csv?study=" + encodeURIComponent(study);
  byId("get-json").href = "/live/formulas.json?study=" + encodeURIComponent(study);
  live = new Live(study, changed, connection);
}

/** The study in the address, else the one planned last; waits until there is one. */
async function begin() {
  try {
    const answer = await fetch("/live/studies", { cache: "no-store" });
    if (answer.ok) {
      const { studies } = await answer.json();
      const wanted = choice.get("study");
      if (studies.length > 0) {
        message("");
        watch(studies.includes(wanted) ? wanted : studies[0]);
        return;
      }
      connection("live");
      message("No study was submitted yet: farm submit STUDY. This page begins by itself.");
    } else {
      connection("wait");
    }
  } catch {
    connection("away");
  }
  setTimeout(begin, 1_500);
}

byId("study").addEventListener("change", event => {
  ["columns", "rows", "x", "colour", "law", "nodes"].forEach(name => choice.set(name, null));
  message("");
  watch(event.target.value);
});
onPick(() => drawWhatIf(experiments));

addEventListener("online", () => live?.again());
document.addEventListener("visibilitychange", () => !document.hidden && changed([]));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  redrawAll();
  changed(null);
});
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) {
    width = innerWidth;
    changed(["experiment/"]);
  }
});
document.querySelectorAll("[data-png]").forEach(button => button.addEventListener("click", () => png(byId(button.dataset.png), live.study + "-" + button.dataset.name)));
byId("get-map").addEventListener("click", () => mapCanvas.toBlob(blob => save(live.study + "-map.png", blob)));
byId("get-latex").addEventListener("click", () => save("formulas.tex", new Blob([texOfAll()], { type: "application/x-tex" })));

begin();
