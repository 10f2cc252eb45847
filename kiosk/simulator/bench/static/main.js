// The bench page: it follows the simulator's state, shows it, and sends what people do as acts.
// The state and the acts are described in page.py. Nothing is kept here but what is being typed.

import { showCounter, startCounter } from "./counter.js";
import { by } from "./dom.js";
import { showInputs, startInputs } from "./inputs.js";
import { startKeyboard } from "./keyboard.js";
import { useCurrency } from "./money.js";
import { fitPanel, showPanel, startPanel } from "./panel.js";
import { showPhone, startPhone } from "./phone.js";
import { showRecords, startRecords } from "./records.js";
import { askAnew, follow } from "./server.js";
import { showSound, startSound } from "./sound.js";
import { language, loadTexts, speak } from "./texts.js";
import { showWorld, startWorld } from "./world.js";

const PHONE = matchMedia("(max-width: 640px)");

function show(state) {
  useCurrency(state.counter);
  document.body.classList.toggle("readonly", state.readonly);
  showPanel(state);
  showCounter(state);
  showSound(state);
  showInputs(state);
  showPhone(state);
  showWorld(state);
  showRecords(state);
  fitOnce();
}

function linkManual() {
  by("manual").href = `/manual/laptop?lang=${document.documentElement.lang}`;
}

let fitted = false;

function fitOnce() {
  if (fitted) return;
  fitted = true;
  fitPanel(); // now that all of the page has its size
}

await loadTexts();
for (const start of [
  startPanel,
  startCounter,
  startSound,
  startInputs,
  startPhone,
  startWorld,
  startRecords,
  startKeyboard,
])
  start();
by("page-language").value = language;
linkManual();
by("page-language").addEventListener("change", () => {
  localStorage.setItem("language", by("page-language").value);
  speak(by("page-language").value);
  linkManual();
  askAnew();
});
by("choices").open = !PHONE.matches;
PHONE.addEventListener("change", () => (by("choices").open = !PHONE.matches));
document.body.hidden = false;
follow(show);
