// What the page says to the simulator: it asks for the state, and sends acts.

import { by } from "./dom.js";
import { language, t } from "./texts.js";

const TOKEN = document.querySelector("meta[name=kiosk-token]").content;
const BUSY = 100; // ms between two requests while something happens
const CALM = 1000;
const UNSEEN = 10_000; // the page is in another tab
const ACTED = 10_000; // for so long after an act of a person something may happen
const TOAST_STAYS = 5000;
const RESTARTS_WITHIN = 15_000; // for a scenario the simulator starts another counter

let acted = 0;
let answered = Date.now();
let timer = null;
let version = null;
let busy = false;

export async function act(what) {
  return send("/act", what);
}

// Sends JSON. Says why if the simulator does not do it; returns whether it did.
export async function send(path, body) {
  acted = Date.now();
  const answer = await ask(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-kiosk-token": TOKEN },
    body: JSON.stringify(body),
  });
  if (!answer) return false;
  if (answer.status === 403) location.reload(); // the page is of an earlier run
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) toast(said.done ?? "");
  else toast(said.error ?? t("server.failed", { reason: `HTTP ${answer.status}` }));
  askSoon();
  return answer.ok;
}

async function ask(path, options = {}) {
  const headers = { ...options.headers, "accept-language": language };
  try {
    const answer = await fetch(path, { ...options, headers });
    answered = Date.now();
    by("gone").hidden = true;
    return answer;
  } catch {
    by("gone").hidden = Date.now() - answered < RESTARTS_WITHIN;
    return null;
  }
}

// Calls show(state) at each change, for as long as the page is open.
export function follow(show) {
  const once = async () => {
    const answer = await ask(version ? `/state?after=${encodeURIComponent(version)}` : "/state");
    if (answer?.status === 200) {
      const state = await answer.json();
      ({ version, busy } = state);
      show(state);
    } else if (!answer) version = null;
    clearTimeout(timer);
    timer = setTimeout(once, pause());
  };
  askSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(once, 0);
  };
  document.addEventListener("visibilitychange", askSoon);
  askSoon();
}

let askSoon = () => {};

export function askAnew() {
  version = null;
  askSoon();
}

function pause() {
  if (document.hidden) return UNSEEN;
  return busy || Date.now() - acted < ACTED ? BUSY : CALM;
}

let toastTimer = null;

export function toast(sentence) {
  clearTimeout(toastTimer);
  by("toast").textContent = sentence;
  by("toast").hidden = !sentence;
  toastTimer = setTimeout(() => (by("toast").hidden = true), TOAST_STAYS);
}
