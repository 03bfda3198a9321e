// Pause, resume, retry, cancel: asked for with the key that the farm printed, or with the server's token.
import { byId, say } from "./dom.js";

const KEY = "farm-key";

/** The key comes behind the # of the address, which no server is told, and goes from there at once. */
function keep() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
}
keep();
addEventListener("hashchange", keep);

const dialog = byId("ask");

/** Asks; the answer is null for no, else what was typed. */
function ask(title, text, yes, typed) {
  say(byId("ask-title"), title);
  say(byId("ask-text"), text);
  say(byId("ask-yes"), yes);
  byId("ask-label").hidden = !typed;
  byId("ask-key").value = "";
  dialog.showModal();
  (typed ? byId("ask-key") : byId("ask-no")).focus();
  return new Promise(resolve => {
    const end = answer => {
      dialog.onclose = null;
      dialog.close();
      resolve(answer);
    };
    byId("ask-yes").onclick = () => end(byId("ask-key").value);
    // In braces: a handler that returns false would keep the key from being typed.
    byId("ask-key").onkeydown = event => {
      if (event.key === "Enter") {
        end(byId("ask-key").value);
      }
    };
    byId("ask-no").onclick = () => end(null);
    dialog.onclose = () => resolve(null);
  });
}

export function message(text, kind = "good") {
  const target = byId("message");
  target.hidden = text === "";
  target.dataset.kind = kind;
  say(target, text);
}

async function send(action, study) {
  const key = sessionStorage.getItem(KEY);
  const headers = { "X-Farm-Action": action };
  if (key) {
    headers.Authorization = "Bearer " + key;
  }
  const answer = await fetch("/actions/" + action + "?study=" + encodeURIComponent(study), { method: "POST", headers });
  if (answer.status !== 401) {
    return answer;
  }
  const typed = await ask("A key is needed", "Actions are for those who run the farm: open the address that it printed, or enter the key at that address's end, or the server's token.", "Go on", true);
  if (!typed) {
    return null;
  }
  sessionStorage.setItem(KEY, typed.trim());
  return send(action, study);
}

const told = {
  pause: done => done.experiments + " experiments paused: runs in training go on, no other starts.",
  resume: done => done.experiments + " experiments resumed, " + done.enqueued + " runs enqueued again.",
  retry: done => done.enqueued + " runs enqueued again.",
  cancel: done => done.experiments + " experiments taken off the plan. Results stay.",
};

async function act(action, study) {
  if (action === "cancel" && await ask("Cancel " + study + "?", "Its experiments are taken off the plan and its runs stopped, in training or not. Results stay; submitting the study again goes on.", "Cancel the study", false) === null) {
    return;
  }
  try {
    const answer = await send(action, study);
    if (answer === null) {
      return;
    }
    const body = await answer.json();
    answer.ok ? message(told[action](body)) : message(body.detail, "bad");
  } catch {
    message("The farm did not answer; nothing is known of what became of it.", "bad");
  }
}

let now = { study: null, paused: false };

export function drawActions(study, status) {
  now = { study, paused: status?.paused ?? false };
  const wanted = status && status.planned > 0;
  byId("pause").disabled = !wanted || status.finished;
  say(byId("pause"), now.paused ? "Resume" : "Pause");
  byId("retry").disabled = !wanted || status.failed + status.cancelled === 0;
  byId("cancel").disabled = !wanted;
}

byId("pause").addEventListener("click", () => act(now.paused ? "resume" : "pause", now.study));
byId("retry").addEventListener("click", () => act("retry", now.study));
byId("cancel").addEventListener("click", () => act("cancel", now.study));
