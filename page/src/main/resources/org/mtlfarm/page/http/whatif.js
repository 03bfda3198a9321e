// A slider a factor: what the chosen formula predicts there, with the interval in which a new experiment is expected.
import { brief, byId, element, evaluate, f1, longName, say } from "./dom.js";
import { law, picked } from "./laws.js";

const WHOLE = new Set(["tokens", "tokens_synthetic", "tokens_total", "tasks", "shared_layers"]);
const RELATEDNESS = new Set(["ami", "ami_least", "ami_most", "alpha"]);
const STEPS = 200;
const sliders = new Map();
let shown = "";
let waiting = false;
let again = false;
let timer = null;

export function drawWhatIf(experiments) {
  const one = law();
  byId("whatif").hidden = one === null;
  if (one === null) {
    return;
  }
  const measured = experiments.filter(row => row.f1_mean !== null);
  const ranges = one.features.map(feature => {
    const values = measured.map(row => row[feature]).filter(v => v !== null);
    return [feature, Math.min(...values), Math.max(...values)];
  });
  if (ranges.some(([, low, high]) => !(low <= high))) {
    byId("whatif").hidden = true;
    return;
  }
  const said = JSON.stringify([one.id, ranges]);
  if (shown !== said) {
    shown = said;
    make(ranges);
  }
  const candidate = one.front[picked(one)];
  say(byId("whatif-law"), one.specification + " with " + candidate.complexity + " nodes. The sliders go to half the least value and twice the greatest that was measured.");
  predict();
}

function make(ranges) {
  const held = new Map([...sliders].map(([feature, slider]) => [feature, slider.value()]));
  sliders.clear();
  byId("sliders").replaceChildren(...ranges.map(([feature, low, high]) => {
    const relation = RELATEDNESS.has(feature);
    const least = relation ? 0 : WHOLE.has(feature) ? Math.max(feature === "shared_layers" ? 0 : 1, Math.floor(low / 2)) : low / 2;
    const most = relation ? 1 : feature === "shared_layers" ? 3 : high * 2;
    const log = least > 0 && most / least > 20;
    const input = element("input", { type: "range", min: 0, max: STEPS, step: 1 });
    const output = element("output");
    const at = share => {
      const value = log ? least * (most / least) ** share : least + (most - least) * share;
      return WHOLE.has(feature) ? Math.round(value) : Number(value.toFixed(3));
    };
    const place = value => Math.round(STEPS * (log ? Math.log(value / least) / Math.log(most / least) : most > least ? (value - least) / (most - least) : 0));
    input.value = place(held.get(feature) ?? (log ? Math.sqrt(low * high) : (low + high) / 2));
    const slider = { value: () => at(input.value / STEPS), low, high, output, input };
    sliders.set(feature, slider);
    input.addEventListener("input", predict);
    return element("label", {}, longName[feature], output, input);
  }));
}

function predict() {
  const one = law();
  if (one === null || sliders.size === 0) {
    return;
  }
  const at = picked(one);
  const candidate = one.front[at];
  const outside = [];
  const query = new URLSearchParams({ id: one.id, candidate: at });
  const values = one.features.map(feature => {
    const slider = sliders.get(feature);
    const value = slider.value();
    say(slider.output, brief(value));
    slider.input.setAttribute("aria-valuetext", brief(value));
    if (value < slider.low || value > slider.high) {
      outside.push(longName[feature]);
    }
    query.set(feature, value);
    return value;
  });
  const value = evaluate(candidate.program, values);
  const target = byId("prediction");
  const text = (one.target === "f1" ? "F1 " : one.target + " ") + f1(value);
  if (target.dataset.query !== query + one.fittedAt) {
    target.replaceChildren(text, element("small", { textContent: " …" }));
    ask(query, one.fittedAt);
  }
  const note = byId("prediction-note");
  note.className = outside.length ? "hint warn" : "hint";
  say(note, outside.length ? "Beyond what was measured: " + outside.join("; ") + ". The interval holds only if the formula's form goes on there."
    : "The interval: where 95 % of new experiments' means are expected, as farm ask works it out.");
}

/** One question at a time; the latest wins. */
function ask(query, fittedAt) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    if (waiting) {
      again = true;
      return;
    }
    waiting = true;
    try {
      const answer = await fetch("/live/predict?" + query, { cache: "no-store" });
      if (answer.ok) {
        const told = await answer.json();
        const target = byId("prediction");
        const interval = told.lower === null ? "" : " " + f1(told.lower) + " to " + f1(told.upper);
        target.dataset.query = query + fittedAt;
        target.replaceChildren("F1 " + f1(told.value), element("small", { textContent: interval }));
      }
    } catch {
      // The next move of a slider asks again.
    }
    waiting = false;
    if (again) {
      again = false;
      predict();
    }
  }, 60);
}
