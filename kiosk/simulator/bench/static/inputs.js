// The consoles of the counter's inputs, one at a time, each behind its tab.

import { by, chooseTab, make, rebuild, set, tabList, write } from "./dom.js";
import { act } from "./server.js";
import { t } from "./texts.js";
import { makeConsole } from "./consoles.js";

let inputs = [];
let chosen = null; // the name of the input whose console is shown
let consoles = new Map();

export function showInputs(state) {
  inputs = state.inputs;
  if (!inputs.some(({ name }) => name === chosen)) chosen = inputs[0]?.name ?? null;
  const shape = inputs.map(({ name, can, presses, articles }) => [name, can, presses, articles]);
  const key = [shape, state.counter.currency, document.documentElement.lang, state.readonly];
  if (rebuild(by("consoles"), key, () => makeConsoles(state))) makeTabs();
  for (const input of inputs) consoles.get(input.name).show(input, state);
  showChosen();
  showPresses(state);
}

function makeConsoles(state) {
  consoles = new Map(inputs.map((input) => [input.name, makeConsole(input, state)]));
  if (inputs.length === 0) return [make("p", { class: "empty" }, t("input.none"))];
  return [...consoles].map(([, console]) => console.element);
}

function makeTabs() {
  const tabs = inputs.map(({ name }, index) =>
    make(
      "button",
      {
        type: "button",
        role: "tab",
        id: `input-tab-${index}`,
        "data-input": name,
        "aria-controls": `console-${index}`,
      },
      name,
    ),
  );
  by("input-tabs").replaceChildren(...tabs);
  by("input-tabs").hidden = tabs.length < 2;
  [...consoles.values()].forEach(({ element }, index) => {
    set(element, "id", `console-${index}`);
    if (tabs.length < 2) return;
    set(element, "role", "tabpanel");
    set(element, "aria-labelledby", `input-tab-${index}`);
  });
}

function showChosen() {
  const tabs = by("input-tabs");
  chooseTab(
    tabs,
    [...tabs.children].find((tab) => tab.dataset.input === chosen),
  );
  for (const [name, { element }] of consoles) element.hidden = name !== chosen;
  const input = inputs.find(({ name }) => name === chosen);
  const about = [input?.driver, input?.dialect, input?.place].filter(Boolean).join(" · ");
  write(by("input-about"), about);
  set(by("input-about"), "title", about);
  by("plug-input").hidden = !input?.can.includes("unplug") && input?.plugged !== false;
  const plugged = input?.plugged !== false;
  set(by("plug-input"), "aria-pressed", String(!plugged));
  write(by("plug-input"), t(plugged ? "input.unplug" : "input.plug_in"));
}

// The buttons that stand on the counter itself: those of all inputs, each once.
function showPresses({ readonly }) {
  const scanner = inputs.some(({ can }) => can.includes("scan"));
  const wanted = readonly ? [] : ["cancel", "last", ...(scanner ? ["pay", "remove"] : [])];
  const buttons = wanted
    .map((button) => [button, inputWith(button)?.name])
    .filter(([, input]) => input);
  rebuild(by("presses"), [buttons, document.documentElement.lang], () => buttons.map(press));
}

// A button of the counter counts before what a program could press.
function inputWith(press) {
  const able = inputs.filter(({ presses }) => presses.includes(press));
  return able.find(({ driver }) => driver === "button") ?? able[0];
}

function press([button, input]) {
  const click = () => act({ press: { input, button } });
  const key = button === "cancel" ? make("kbd", {}, "Esc") : null;
  return make("button", { type: "button", class: button, click }, t(`press.${button}`), key);
}

// The console that is shown, if it has a keypad.
export function keypad() {
  return consoles.get(chosen)?.keypad ?? null;
}

export function startInputs() {
  tabList(by("input-tabs"), (tab) => {
    chosen = tab.dataset.input;
    showChosen();
  });
  by("plug-input").addEventListener("click", () => {
    const plugged = by("plug-input").getAttribute("aria-pressed") === "false";
    act({ [plugged ? "unplug" : "plug_in"]: chosen });
  });
}
