// What trains now, with its loss, and what has failed.
import { brief, byId, element, say, shortName, whole } from "./dom.js";

const MOST_SHOWN = 60;
const SVG = "http://www.w3.org/2000/svg";
const cards = new Map();

function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

function card() {
  const line = svg("polyline", { points: "" });
  const picture = svg("svg", { viewBox: "0 0 100 40", preserveAspectRatio: "none", role: "img" });
  picture.append(svg("line", { class: "base", x1: 0, y1: 39.5, x2: 100, y2: 39.5 }), line);
  const parts = { what: element("div", { className: "what" }), worker: element("div", { className: "worker" }), pace: element("div", { className: "pace" }), done: element("div") };
  const item = element("li", {}, parts.what, parts.worker, picture, element("div", { className: "thin" }, parts.done), parts.pace);
  return { item, picture, line, ...parts };
}

function fill(made, run, experiment) {
  say(made.what, experiment ? "T " + experiment.tasks + ", n " + experiment.tokens + (experiment.tasks > 1 ? ", alpha " + brief(experiment.alpha) : "") + " · run " + (run.run + 1) : run.experiment.slice(0, 10) + " · run " + (run.run + 1));
  say(made.worker, run.worker);
  made.worker.title = run.worker;
  made.done.style.width = 100 * run.step / Math.max(1, run.steps) + "%";
  const loss = run.losses.at(-1);
  say(made.pace, "epoch " + run.epoch + " of " + run.epochs + (run.stepsPerSecond > 0 ? " · " + brief(run.stepsPerSecond, 3) + " steps/s" : "") + (loss === undefined ? "" : " · loss " + brief(loss, 3)));
  const most = Math.max(...run.losses, 1e-9);
  const points = run.losses.map((value, i) => (100 * run.lossSteps[i] / Math.max(1, run.steps)).toFixed(1) + "," + (38 - 36 * value / most).toFixed(1)).join(" ");
  made.line.setAttribute("points", points);
  made.picture.setAttribute("aria-label", loss === undefined ? "no loss yet" : "loss from " + brief(run.losses[0], 3) + " to " + brief(loss, 3));
}

export function drawRuns(runs, status, byExperiment) {
  const list = byId("runs");
  const shown = runs.slice(0, MOST_SHOWN);
  const keys = new Set(shown.map(([key]) => key));
  for (const [key, made] of cards) {
    if (!keys.has(key)) {
      made.item.remove();
      cards.delete(key);
    }
  }
  shown.forEach(([key, run], at) => {
    if (!cards.has(key)) {
      cards.set(key, card());
    }
    const made = cards.get(key);
    fill(made, run, byExperiment.get(run.experiment));
    if (list.children[at] !== made.item) {
      list.insertBefore(made.item, list.children[at] ?? null);
    }
  });
  const workers = new Set(runs.map(([, run]) => run.worker)).size;
  const none = status.finished ? "All is done." : status.paused ? "Paused: nothing new is started." : status.runsDone === 0 ? "No worker has told of a run yet." : "No run is in training at this moment.";
  const rest = status.running > shown.length ? ", the first " + shown.length + " shown" : "";
  say(byId("training-none"), runs.length === 0 ? none : whole(status.running) + (status.running === 1 ? " run" : " runs") + " on " + workers + (workers === 1 ? " worker" : " workers") + rest);
}

export function drawFailures(failures, status) {
  byId("failures").hidden = failures.length === 0;
  const rows = failures
    .sort(([a, x], [b, y]) => (y.at ?? "").localeCompare(x.at ?? "") || a.localeCompare(b))
    .map(([key, one]) => element("tr", {},
      element("td", { textContent: one.experiment.slice(0, 10) + "/" + one.run, title: key, className: "mono" }),
      element("td", { textContent: one.reason }),
      element("td", { textContent: one.attempts }),
      element("td", { textContent: one.worker ?? "–" }),
      element("td", { textContent: one.at ? one.at.slice(5, 16).replace("T", " ") : "–", title: one.at ?? "" })));
  byId("failures").querySelector("tbody").replaceChildren(...rows);
  say(byId("failures-title"), "Failures" + (status.failed > rows.length ? ": the latest " + rows.length + " of " + whole(status.failed) : ""));
}
