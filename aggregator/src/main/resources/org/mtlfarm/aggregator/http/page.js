"use strict";
// The averages as they are, then as they change. The events begin before the list is asked for, so that none is missed.
const averages = new Map();
const shown = 500;
let pending = false;

function take(average) {
  const held = averages.get(average.experiment.experimentId);
  if (!held || held.updatedAt <= average.updatedAt) {
    averages.set(average.experiment.experimentId, average);
  }
  if (!pending) {
    pending = true;
    requestAnimationFrame(draw);
  }
}

function draw() {
  pending = false;
  const order = a => [a.experiment.tasks, a.experiment.tokensReal, a.experiment.alpha];
  const all = [...averages.values()].sort((a, b) => {
    const left = order(a);
    const right = order(b);
    const at = left.findIndex((value, i) => value !== right[i]);
    return at < 0 ? 0 : left[at] - right[at];
  });
  document.getElementById("rows").replaceChildren(...all.slice(0, shown).map(row));
  const complete = all.filter(average => average.complete).length;
  const more = all.length > shown ? ", the first " + shown + " shown" : "";
  document.getElementById("state").textContent = complete + " of " + all.length + " experiments complete" + more;
}

function row(average) {
  const line = document.createElement("tr");
  line.className = average.complete ? "" : "open";
  const e = average.experiment;
  const cells = [e.experimentId.slice(0, 12), e.tasks, e.tokensReal, Number(average.amiMean).toFixed(3),
    average.runsDone + "/" + average.runs, average.f1Mean.toFixed(4), average.f1Std.toFixed(4)];
  for (const text of cells) {
    const cell = document.createElement("td");
    cell.textContent = text;
    line.append(cell);
  }
  return line;
}

async function load() {
  const answer = await fetch("/experiments?limit=1000");
  if (!answer.ok) {
    document.getElementById("state").textContent = "not ready; trying again";
    setTimeout(load, 2000);
    return;
  }
  const page = await answer.json();
  page.experiments.forEach(take);
  if (page.experiments.length === 0) {
    document.getElementById("state").textContent = "no result yet";
  }
}

// A browser does not come again after an answer that is no stream, such as the 503 of an aggregator that starts.
function follow() {
  const events = new EventSource("/averages/events?from=now");
  events.addEventListener("open", load);
  events.addEventListener("average", event => take(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    document.getElementById("state").textContent = "not connected; trying again";
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(follow, 2000);
    }
  });
}

follow();
