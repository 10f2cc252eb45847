// The timeline: what happened, from the reading to the reply, with its raw bytes and JSON.

import { by, make } from "./dom.js";
import { word } from "./texts.js";

const KEPT = 400;
const AT_INPUT = /^(key|scan|send|power):/; // acts that begin something
const READ_WITHIN = 2; // s from the act to its reading

let last = 0; // the number of the newest entry that is shown
let start = 0; // Unix s of the first entry since a reading

export function showTimeline({ timeline, complete }) {
  const list = by("moments");
  if (complete) {
    list.replaceChildren();
    [last, start] = [0, 0];
  }
  const fresh = timeline
    .filter(({ number }) => number > last)
    .sort((one, other) => one.at - other.at);
  by("moments-empty").hidden = list.children.length + fresh.length > 0;
  if (fresh.length === 0) return;
  const sheet = by("timeline");
  const atEnd = sheet.scrollHeight - sheet.scrollTop - sheet.clientHeight < 24;
  list.append(...fresh.map(moment));
  while (list.children.length > KEPT) list.firstChild.remove();
  if (atEnd) sheet.scrollTop = sheet.scrollHeight;
}

function moment(entry) {
  const { number, at, kind, bad } = entry;
  const begins = opens(entry);
  if (begins) start = at;
  last = Math.max(last, number);
  const more = details(entry);
  const style = `moment kind-of-${kind}${bad ? " bad" : ""}${begins ? " begins" : ""}`;
  const line = [
    time(at, begins),
    make("span", { class: `kind kind-${kind}` }, word("kind", kind)),
    make("span", { class: "title" }, titleOf(entry)),
  ];
  if (!more) return make("li", { class: style }, make("div", { class: "plain-moment" }, ...line));
  return make(
    "li",
    {},
    make(
      "details",
      { class: style },
      make("summary", {}, ...line),
      make("pre", { tabindex: "0" }, more),
    ),
  );
}

// Screens and signals have the same words here as beside the panel.
function titleOf({ title, screen, signal }) {
  return screen || signal ? word("screen", screen ?? signal) : title;
}

// Whether a line is drawn above an entry: what people do at an input, or else its reading.
function opens({ kind, title, at }) {
  if (start === 0) return true;
  if (kind === "act") return AT_INPUT.test(title);
  return kind === "reading" && at - start > READ_WITHIN;
}

// The first of a sale has the time of day; the others the seconds since then.
function time(at, begins) {
  const date = new Date(at * 1000);
  const since = (at - start).toFixed(3);
  return make(
    "time",
    { datetime: date.toISOString() },
    begins ? date.toLocaleTimeString("en-GB") : `+${since}`,
  );
}

function details({ hex, text, json }) {
  const parts = [
    text,
    hex?.replace(/((?:\S+ ){16})/g, "$1\n"),
    json === undefined || json === null ? null : JSON.stringify(json, null, 2),
  ];
  return parts.filter(Boolean).join("\n\n");
}
