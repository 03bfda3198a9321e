// Small things that every part of the page needs: elements, numbers as text, choices that survive a reload.

export const byId = id => document.getElementById(id);

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  Object.assign(made, properties);
  made.append(...children);
  return made;
}

/** Sets a text only where it differs, so that nothing is read aloud or drawn for nothing. */
export function say(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

export const f1 = value => value === null || value === undefined || !Number.isFinite(value) ? "–" : value.toFixed(4);

/** Four digits, as short as they can be. */
export function brief(value, digits = 4) {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return "–";
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
    return value.toExponential(digits - 2).replace(/\.?0+e/, "e");
  }
  return String(Number(value.toPrecision(digits)));
}

export const whole = value => value.toLocaleString("en");

/** As the command line says it: 3 h 20 min, 4 min 5 s, 12 s. */
export function duration(seconds) {
  if (seconds < 60) {
    return Math.ceil(seconds) + " s";
  }
  const s = Math.ceil(seconds);
  return s < 3600 ? Math.floor(s / 60) + " min " + s % 60 + " s" : Math.floor(s / 3600) + " h " + Math.floor(s % 3600 / 60) + " min";
}

export const shortName = { tokens: "n", tasks: "T", ami: "AMI", alpha: "alpha", tokens_synthetic: "n of the others", shared_layers: "shared layers", strategy: "strategy", readout: "readout", ami_least: "least AMI", ami_most: "greatest AMI", tokens_total: "all tokens" };
export const longName = { tokens: "n, training tokens a task", tasks: "T, tasks", ami: "AMI of the artificial tasks", alpha: "alpha", tokens_synthetic: "tokens of the other tasks", shared_layers: "shared layers", strategy: "strategy", readout: "readout", ami_least: "AMI of the least related task", ami_most: "AMI of the most related task", tokens_total: "training tokens of all tasks" };

/** What somebody has chosen, in the address: a reload and a bookmark show the same. */
export const choice = {
  get: name => new URLSearchParams(location.search).get(name),
  set(name, value) {
    const all = new URLSearchParams(location.search);
    if (value === null || value === "") {
      all.delete(name);
    } else {
      all.set(name, value);
    }
    history.replaceState(null, "", "?" + all);
  },
};

/** Fills a select; keeps what was chosen if that is still there. */
export function options(select, values, chosen) {
  const wanted = values.map(([value, text]) => value + "\u0000" + text).join("\u0001");
  if (select.dataset.filled !== wanted) {
    select.dataset.filled = wanted;
    select.replaceChildren(...values.map(([value, text]) => element("option", { value, textContent: text })));
  }
  if (select.value !== String(chosen)) {
    select.value = String(chosen);
  }
}

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export function save(name, blob) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const tip = byId("tip");

/** A word beside the pointer. */
export function showTip(text, x, y) {
  if (text === null) {
    tip.hidden = true;
    return;
  }
  tip.textContent = text;
  tip.hidden = false;
  const width = tip.offsetWidth;
  const height = tip.offsetHeight;
  tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - width - 4)) + "px";
  tip.style.top = (y + 18 + height > innerHeight ? y - height - 10 : y + 18) + "px";
}

/** The value of a formula's postfix program: numbers, [feature], operators. */
export function evaluate(program, at) {
  const stack = [];
  for (const part of program) {
    if (typeof part === "number") {
      stack.push(part);
    } else if (Array.isArray(part)) {
      stack.push(at[part[0]]);
    } else {
      const apply = operators[part];
      const b = apply.length === 2 ? stack.pop() : 0;
      stack.push(apply(stack.pop(), b));
    }
  }
  return stack[0];
}

/** At or below this gplearn's division and logarithm give their substitute. */
const PROTECTED = 0.001;
const operators = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  pow: (a, b) => Math.pow(a, b),
  neg: a => -a,
  inv: a => 1 / a,
  square: a => a * a,
  abs: a => Math.abs(a),
  exp: a => Math.exp(a),
  log: a => Math.log(a),
  sqrt: a => Math.sqrt(a),
  sin: a => Math.sin(a),
  cos: a => Math.cos(a),
  tanh: a => Math.tanh(a),
  pdiv: (a, b) => Math.abs(b) > PROTECTED ? a / b : 1,
  plog: a => Math.abs(a) > PROTECTED ? Math.log(Math.abs(a)) : 0,
  psqrt: a => Math.sqrt(Math.abs(a)),
};
