// A console for each kind of input: what a person does there, and the bytes that it sends.

import { make, rebuild, write } from "./dom.js";
import { replyLine } from "./counter.js";
import { makeKeypad } from "./keypad.js";
import { pretty } from "./money.js";
import { makeScanner } from "./scanner.js";
import { act } from "./server.js";
import { t, word } from "./texts.js";

const PAID = /^\s*(paid|pagado|pago)\b/i;
const PROGRAMS = ["command", "tef_files"];

// Returns {element, keypad, show(input, state)}.
export function makeConsole(input, state) {
  const can = (what) => input.can.includes(what) && !state.readonly;
  const parts = [];
  if (can("key")) parts.push(keypadPart(input));
  if (can("scan")) parts.push(makeScanner(input));
  if (can("press") && !can("key")) parts.push(buttonsPart(input));
  if (can("send")) parts.push(rawPart(input));
  parts.push(state.readonly ? connectionPart() : bytesPart());
  const element = make("div", { class: "console" }, ...parts.flatMap(({ elements }) => elements));
  const show = (...now) => parts.forEach((part) => part.show?.(...now));
  return { element, show, keypad: parts.find(({ keypad }) => keypad)?.keypad };
}

function keypadPart(input) {
  const { name, driver } = input;
  const keypad = makeKeypad((amount) => act({ key: { input: name, amount } }));
  const receipt = driver === "escpos_printer";
  const roll = make("ol", {
    class: receipt ? "roll receipt" : "roll",
    tabindex: "0",
    "aria-label": t("input.replies"),
    "aria-live": "polite",
  });
  const program = PROGRAMS.includes(driver)
    ? make("p", { class: "small" }, t("input.program"))
    : null;
  const elements = [program, roll, keypad.digits, keypad.keys].filter(Boolean);
  const show = (now, state) => showRoll(roll, now, state);
  return { keypad, elements, show };
}

function showRoll(roll, { name, driver, sent = [] }, { replies }) {
  const own = replies.filter((reply) => !reply.input || reply.input === name);
  const printed = driver === "escpos_printer" ? receipt(sent.at(-1)?.text ?? "") : [];
  const lines = [...printed, ...own.map(replyLine)];
  const changed = rebuild(roll, lines, () =>
    lines.length
      ? lines.map((line) => make("li", { class: PAID.test(line) ? "paid" : "" }, line || " "))
      : [make("li", { class: "none" }, t("input.no_reply"))],
  );
  if (changed) roll.scrollTop = roll.scrollHeight;
}

// The lines on the paper: the bytes without the printer's commands, such as <ESC>@ and <GS>V<NUL>.
function receipt(text) {
  return text
    .replaceAll(/<(ESC|GS)>.(<[A-Z0-9]+>)?/g, "")
    .split("<LF>")
    .map((line) => line.replaceAll(/<[A-Z0-9]+>/g, "").trimEnd());
}

function buttonsPart({ name, presses, amount }) {
  const button = (press) => {
    const click = () => act({ press: { input: name, button: press } });
    const text = press === "amount" && amount ? pretty(amount) : word("press", press);
    return make("button", { type: "button", class: press, click }, text);
  };
  return { elements: [make("div", { class: "round-buttons" }, ...presses.map(button))] };
}

function rawPart({ name }) {
  const field = make("input", { autocomplete: "off", spellcheck: "false" });
  const send = (event) => {
    event.preventDefault();
    act({ send: { input: name, text: `${field.value}\r\n` } });
  };
  const form = make(
    "form",
    { class: "line", submit: send },
    make("label", {}, t("input.raw"), field),
    make("button", {}, t("input.send")),
  );
  const details = make(
    "details",
    {},
    make("summary", { class: "small summary" }, t("input.raw")),
    form,
  );
  return { elements: [details] };
}

// All that is known of an input of a real kiosk.
function connectionPart() {
  const line = make("p", {});
  const show = ({ name, connected }) =>
    write(line, t(connected ? "input.connected" : "input.not_connected", { name }));
  return { elements: [line], show };
}

// The bytes that it has put on its line, newest first; the server names its control characters.
function bytesPart() {
  const list = make("ol", { class: "bytes", tabindex: "0", "aria-label": t("input.bytes") });
  const show = ({ sent = [] }) => {
    list.hidden = sent.length === 0;
    rebuild(list, sent, () => sent.toReversed().map(sentBytes));
  };
  return { elements: [list], show };
}

function sentBytes({ hex, text }) {
  const bytes = make("div", {}, hex.toUpperCase());
  return make("li", {}, bytes, make("div", { class: "text" }, text));
}
