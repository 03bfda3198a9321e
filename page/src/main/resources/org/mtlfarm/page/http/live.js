// A study's state as the server keeps it: texts by name. The whole first, then its changes; whatever happens to the
// connection, what is held here is what the server holds at the last id heard.

/** A server that is there says something every 5 s. */
const SILENCE = 15_000;
const PAUSE = 1_000;

export class Live {
  /**
   * @param study whose state
   * @param changed is told the names that have changed, or null for all
   * @param state is told "live", "wait" or "away"
   */
  constructor(study, changed, state) {
    this.study = study;
    this.changed = changed;
    this.state = state;
    this.values = new Map();
    this.id = null;
    this.closed = false;
    this.tries = 0;
    this.open();
  }

  async open() {
    if (this.id === null) {
      try {
        const answer = await fetch("/live/state?study=" + encodeURIComponent(this.study), { cache: "no-store" });
        if (!answer.ok) {
          throw new Error(answer.status);
        }
        const whole = await answer.json();
        if (this.closed) {
          return;
        }
        this.replace(whole, whole.id);
      } catch (e) {
        this.again();
        return;
      }
    }
    const events = new EventSource("/live/events?study=" + encodeURIComponent(this.study) + "&after=" + encodeURIComponent(this.id));
    this.events = events;
    events.addEventListener("open", () => this.heard());
    events.addEventListener("beat", () => this.heard());
    events.addEventListener("snapshot", event => {
      this.heard();
      this.replace(JSON.parse(event.data), event.lastEventId);
    });
    events.addEventListener("patch", event => {
      this.heard();
      this.patch(JSON.parse(event.data), event.lastEventId);
    });
    // What the browser would do by itself, but also after an answer that is no stream, and after silence.
    events.addEventListener("error", () => this.again());
    this.watch();
  }

  heard() {
    this.tries = 0;
    this.state("live");
    this.watch();
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.again(), SILENCE);
  }

  again() {
    clearTimeout(this.silence);
    this.events?.close();
    if (this.closed) {
      return;
    }
    this.tries++;
    this.state(this.id === null && this.tries < 3 ? "wait" : "away");
    clearTimeout(this.next);
    this.next = setTimeout(() => this.open(), Math.min(PAUSE * this.tries, 5_000));
  }

  replace(whole, id) {
    this.values = new Map(Object.entries(whole.put));
    this.id = id;
    this.changed(null);
  }

  patch(change, id) {
    for (const name of change.drop) {
      this.values.delete(name);
    }
    for (const [name, value] of Object.entries(change.put)) {
      this.values.set(name, value);
    }
    this.id = id;
    this.changed([...change.drop, ...Object.keys(change.put)]);
  }

  get(name) {
    return this.values.get(name);
  }

  /** The values of which the names begin so, by what follows. */
  all(prefix) {
    const found = [];
    for (const [name, value] of this.values) {
      if (name.startsWith(prefix)) {
        found.push([name.slice(prefix.length), value]);
      }
    }
    return found;
  }

  close() {
    this.closed = true;
    clearTimeout(this.silence);
    clearTimeout(this.next);
    this.events?.close();
  }
}
