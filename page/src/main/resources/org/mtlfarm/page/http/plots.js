// Points with their spread, and curves, on uPlot's axes.
import { brief, colour, element, save, showTip } from "./dom.js";

const plots = new Map();

/**
 * Draws into an element, anew or again.
 *
 * @param spec {x: {label, log}, y: {label, log}, points: [{x, y, spread, colour, hollow, big, text()}], curves: [{xs, ys, colour,
 *   dash}], description}
 */
export function plot(holder, spec) {
  let one = plots.get(holder);
  if (!one) {
    one = new Plot(holder);
    plots.set(holder, one);
  }
  one.show(spec);
}

export function redrawAll() {
  plots.forEach(one => one.remake());
}

class Plot {
  constructor(holder) {
    this.holder = holder;
    this.caption = element("p", { className: "hidden" });
    this.key = element("div", { className: "legend" });
    this.frame = element("div");
    this.frame.setAttribute("role", "img");
    holder.replaceChildren(this.key, this.frame);
    new ResizeObserver(() => this.resize()).observe(holder);
  }

  show(spec) {
    const said = JSON.stringify(spec);
    if (said === this.said) {
      return;
    }
    this.said = said;
    const same = this.spec && JSON.stringify([this.spec.x, this.spec.y]) === JSON.stringify([spec.x, spec.y]);
    this.spec = spec;
    this.bounds();
    this.legend();
    this.frame.setAttribute("aria-label", spec.description);
    if (same && this.chart) {
      this.chart.setData([[this.x0, this.x1], [this.y0, this.y1]]);
    } else {
      this.remake();
    }
  }

  bounds() {
    const { points, curves, x, y } = this.spec;
    const fits = (v, log) => Number.isFinite(v) && (!log || v > 0);
    const xs = [...points.map(p => p.x), ...curves.flatMap(c => points.length ? [] : c.xs)].filter(v => fits(v, x.log));
    const low = [...points.map(p => p.y - (p.spread ?? 0)), ...points.map(p => p.y)].filter(v => fits(v, y.log));
    const high = points.map(p => p.y + (p.spread ?? 0)).filter(v => fits(v, y.log));
    // Curves may run off to where nobody has measured; the picture is that of the points.
    const ends = values => values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    [this.x0, this.x1] = pad(...ends(xs), x.log);
    [this.y0, this.y1] = pad(...ends([...low, ...high]), y.log);
    if (y.least !== undefined) {
      this.y0 = Math.max(this.y0, y.least);
    }
  }

  legend() {
    const entries = (this.spec.legend ?? []).map(({ colour: name, text, dash, hollow }) => {
      const mark = element("canvas", { width: 32, height: 20 });
      mark.style.width = "16px";
      mark.style.height = "10px";
      mark.setAttribute("aria-hidden", "true");
      const pen = mark.getContext("2d");
      pen.strokeStyle = pen.fillStyle = colour(name);
      pen.lineWidth = 4;
      pen.beginPath();
      if (dash !== undefined) {
        pen.setLineDash(dash ? [9, 5] : []);
        pen.moveTo(0, 10);
        pen.lineTo(32, 10);
        pen.stroke();
      } else {
        pen.arc(16, 10, 7, 0, 7);
        hollow ? pen.stroke() : pen.fill();
      }
      return element("span", {}, mark, text);
    });
    this.key.replaceChildren(...entries);
  }

  size() {
    const tall = this.holder.classList.contains("tall");
    return { width: Math.max(200, this.holder.clientWidth), height: tall ? (innerWidth < 600 ? 290 : 350) : 240 };
  }

  resize() {
    if (this.chart && this.holder.clientWidth > 0 && this.chart.width !== this.size().width) {
      this.chart.setSize(this.size());
    }
  }

  remake() {
    if (!this.spec || this.holder.clientWidth === 0) {
      return;
    }
    this.chart?.destroy();
    this.legend();
    const axis = (side, label) => ({
      label,
      stroke: colour("--soft"),
      font: "12px system-ui, sans-serif",
      labelFont: "12px system-ui, sans-serif",
      labelSize: 20,
      size: side === "y" ? 56 : 34,
      gap: 4,
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1, size: 5 },
      values: (u, splits) => splits.map(v => v === null ? null : brief(v, 3)),
    });
    const x = axis("x", this.spec.x.label);
    const y = axis("y", this.spec.y.label);
    if (this.spec.x.log) {
      x.filter = (u, splits) => splits;
      x.splits = () => logSplits(this.x0, this.x1, this.size().width / 60);
    }
    if (this.spec.y.log) {
      y.filter = (u, splits) => splits;
      y.splits = () => logSplits(this.y0, this.y1, 6);
    }
    if (this.spec.x.whole) {
      x.incrs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
    }
    this.chart = new uPlot({
      ...this.size(),
      cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
      legend: { show: false },
      scales: {
        x: { time: false, distr: this.spec.x.log ? 3 : 1, range: () => [this.x0, this.x1] },
        y: { distr: this.spec.y.log ? 3 : 1, range: () => [this.y0, this.y1] },
      },
      axes: [x, y],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: {
        draw: [u => this.draw(u)],
        ready: [u => this.listen(u)],
      },
    }, [[this.x0, this.x1], [this.y0, this.y1]], this.frame);
  }

  draw(u) {
    const pen = u.ctx;
    const ratio = devicePixelRatio || 1;
    const X = v => u.valToPos(v, "x", true);
    const Y = v => u.valToPos(v, "y", true);
    const colours = new Map();
    const ink = name => {
      if (!colours.has(name)) {
        colours.set(name, name.startsWith("--") ? colour(name) : name);
      }
      return colours.get(name);
    };
    pen.save();
    pen.beginPath();
    pen.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    pen.clip();
    const { points, curves } = this.spec;
    pen.lineWidth = ratio;
    pen.globalAlpha = points.length > 400 ? .3 : .6;
    // A path a colour: thousands of strokes of their own take ten times as long.
    const byColour = new Map();
    for (const p of points) {
      byColour.has(p.colour) ? byColour.get(p.colour).push(p) : byColour.set(p.colour, [p]);
    }
    for (const [name, group] of byColour) {
      pen.strokeStyle = ink(name);
      pen.beginPath();
      for (const p of group) {
        if (p.spread > 0) {
          const x = X(p.x);
          pen.moveTo(x, Y(p.y - p.spread));
          pen.lineTo(x, Y(p.y + p.spread));
        }
      }
      pen.stroke();
    }
    pen.globalAlpha = points.length > 400 ? .6 : .95;
    pen.lineWidth = 1.8 * ratio;
    for (const [name, group] of byColour) {
      pen.strokeStyle = pen.fillStyle = ink(name);
      for (const hollow of [false, true]) {
        pen.beginPath();
        for (const p of group) {
          if (Boolean(p.hollow) === hollow) {
            const x = X(p.x);
            const y = Y(p.y);
            const radius = (p.big ? 6 : points.length > 400 ? 2 : 3.6) * ratio;
            if (points.length > 1_500) {
              pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
            } else {
              pen.moveTo(x + radius, y);
              pen.arc(x, y, radius, 0, 2 * Math.PI);
            }
          }
        }
        hollow ? pen.stroke() : pen.fill();
      }
    }
    pen.globalAlpha = 1;
    for (const c of curves) {
      pen.strokeStyle = ink(c.colour);
      pen.lineWidth = (c.thin ? 1.4 : 2) * ratio;
      pen.setLineDash(c.dash ? [6 * ratio, 4 * ratio] : []);
      pen.beginPath();
      let down = false;
      for (let i = 0; i < c.xs.length; i++) {
        if (!Number.isFinite(c.ys[i])) {
          down = false;
          continue;
        }
        const y = Math.max(-1e5, Math.min(1e5, Y(c.ys[i])));
        down ? pen.lineTo(X(c.xs[i]), y) : pen.moveTo(X(c.xs[i]), y);
        down = true;
      }
      pen.stroke();
    }
    pen.restore();
  }

  listen(u) {
    const nearest = event => {
      const box = u.over.getBoundingClientRect();
      const left = event.clientX - box.left;
      const top = event.clientY - box.top;
      let found = null;
      let least = 20 * 20;
      for (const p of this.spec.points) {
        const away = (u.valToPos(p.x, "x") - left) ** 2 + (u.valToPos(p.y, "y") - top) ** 2;
        if (away < least) {
          least = away;
          found = p;
        }
      }
      return found;
    };
    u.over.addEventListener("mousemove", event => {
      const point = nearest(event);
      showTip(point?.text() ?? null, event.clientX, event.clientY);
    });
    u.over.addEventListener("mouseleave", () => showTip(null));
  }
}

function pad(low, high, log) {
  if (!(low <= high)) {
    return log ? [1, 10] : [0, 1];
  }
  if (log) {
    const room = high > low ? Math.pow(high / low, .05) : 1.5;
    return [low / room, high * room];
  }
  const room = high > low ? (high - low) * .05 : Math.abs(high) * .1 || .5;
  return [low - room, high + room];
}

/** 1, 2, 5 times powers of ten, as many as there is room for. */
function logSplits(low, high, most) {
  for (const steps of [[1, 1.5, 2, 3, 4, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      for (const step of steps) {
        const value = step * 10 ** power;
        if (value >= low && value <= high) {
          found.push(value);
        }
      }
    }
    if (found.length <= most) {
      return found;
    }
  }
  return [low, high];
}

/** The picture as a file, on the page's own ground: a transparent one is unreadable on another. */
export function png(holder, name) {
  const drawn = holder.querySelector("canvas.pic, .u-wrap canvas") ?? holder.querySelector("canvas:not(.legend canvas)");
  const copy = element("canvas", { width: drawn.width, height: drawn.height });
  const pen = copy.getContext("2d");
  pen.fillStyle = colour("--surface");
  pen.fillRect(0, 0, copy.width, copy.height);
  pen.drawImage(drawn, 0, 0);
  copy.toBlob(blob => save(name + ".png", blob));
}
