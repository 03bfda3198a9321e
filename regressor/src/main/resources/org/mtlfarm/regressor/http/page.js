"use strict";
// The formulas as they stand, then as they change: the topic holds the last of each, so the events alone tell all.
const formulas = new Map();

function draw() {
  const all = [...formulas.values()].sort((a, b) =>
    a.study.localeCompare(b.study) || a.specification.localeCompare(b.specification));
  document.getElementById("rows").replaceChildren(...all.map(row));
  document.getElementById("state").textContent = all.length === 0 ? "no formula yet" : all.length === 1 ? "1 formula" : all.length + " formulas";
}

function row(formula) {
  const line = document.createElement("tr");
  line.className = formula.settled ? "" : "open";
  const r2 = formula.testR2 === null ? "-" : formula.testR2.toFixed(3);
  const cells = [formula.study + ": " + formula.specification, formula.target + " = " + formula.expression, formula.rows, r2];
  for (const [at, text] of cells.entries()) {
    const cell = document.createElement("td");
    cell.className = at === 1 ? "law" : "";
    cell.textContent = text;
    line.append(cell);
  }
  const links = document.createElement("td");
  for (const part of ["front", "history"]) {
    const link = document.createElement("a");
    link.href = "/formulas/" + formula.id + "/" + part;
    link.textContent = part;
    links.append(link, " ");
  }
  line.append(links);
  return line;
}

// A browser does not come again after an answer that is no stream, such as the 503 of a regressor that starts.
function follow() {
  const events = new EventSource("/formulas/events");
  events.addEventListener("open", draw);
  events.addEventListener("formula", event => {
    const formula = JSON.parse(event.data);
    formulas.set(formula.id, formula);
    requestAnimationFrame(draw);
  });
  events.addEventListener("error", () => {
    document.getElementById("state").textContent = "not connected; trying again";
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(follow, 2000);
    }
  });
}

follow();
