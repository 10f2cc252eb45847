// The page's keys. They work while no field is in use, and can be switched off.

import { by, make, set } from "./dom.js";
import { keypad } from "./inputs.js";
import { pressPayer } from "./phone.js";
import { t } from "./texts.js";
import { toggleNetwork, togglePower } from "./world.js";

const LETTERS = {
  s: () => pressPayer("scans"),
  p: () => pressPayer("pays"),
  d: () => pressPayer("declines"),
  o: togglePower,
  n: toggleNetwork,
  "?": openHelp,
};
const HELP = [
  ["0–9 , ⌫ C", "digits"],
  ["Enter", "enter"],
  ["Esc", "cancel"],
  ["S", "scan"],
  ["P", "pay"],
  ["D", "decline"],
  ["O", "power"],
  ["N", "network"],
  ["?", "help"],
];
const KEYPAD = {
  Backspace: "Backspace",
  Delete: "Delete",
  c: "Delete",
  Enter: "Enter",
  ",": ",",
  ".": ",",
};

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || by("help").open) return;
  if (event.target.closest("input, select, textarea, [role=tab]")) return;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (name === "Escape") return by("presses").querySelector(".cancel")?.click();
  if (name === "Enter" && event.target.closest("button, a, summary")) return;
  if (!by("keys-on").checked) return;
  const key = /^\d$/.test(name) ? name : KEYPAD[name];
  if (key && keypad()) keypad().press(key);
  else LETTERS[name]?.();
  if (key || LETTERS[name]) event.preventDefault();
}

function openHelp() {
  const rows = HELP.flatMap(([keys, what]) => [
    make("dt", {}, make("kbd", {}, keys)),
    make("dd", {}, t(`help.${what}`)),
  ]);
  by("help-keys").replaceChildren(...rows);
  by("help").showModal();
}

// A button that was clicked gives the focus back, so that Enter is TOTAL and not a second click.
function giveBack(event) {
  if (event.detail > 0) event.target.closest("button")?.blur();
}

export function startKeyboard() {
  document.addEventListener("click", giveBack);
  document.addEventListener("keydown", pressed);
  by("help-open").addEventListener("click", openHelp);
  by("keys-on").checked = localStorage.getItem("keys") !== "off";
  by("keys-on").addEventListener("change", () => {
    localStorage.setItem("keys", by("keys-on").checked ? "on" : "off");
  });
  set(by("help-open"), "aria-keyshortcuts", "Shift+?");
}
