// The counter's lamps and words: what it says, what is out of order, why a total was refused.

import { by, fillChoice, make, rebuild, set, write } from "./dom.js";
import { pretty } from "./money.js";
import { send } from "./server.js";
import { t, word } from "./texts.js";

const LAMPS = ["red", "green", "blue", "white"];

export function showCounter(state) {
  const { kiosk, counter } = state;
  write(by("name"), counter.name);
  document.title = `${counter.name} · Kiosk`;
  const status = kiosk?.status ?? {};
  const name = kiosk ? (status.state ?? "starting") : "off";
  set(by("state"), "data-state", name);
  write(by("state"), word("state", name));
  set(by("signal"), "data-signal", kiosk?.signal ?? "");
  write(by("signal"), kiosk?.signal ? word("screen", kiosk.signal) : "–");
  write(by("said"), kiosk?.said || "–");
  write(by("reference"), status.reference ?? "–");
  showLamps(kiosk?.lamps ?? {});
  showNotices(state);
  showChoices(state);
}

function showLamps(levels) {
  const lamps = [...new Set([...LAMPS, ...Object.keys(levels)])];
  rebuild(by("lamps"), lamps, () =>
    lamps.map((lamp) =>
      make("li", { class: `lamp ${lamp}`, id: `lamp-${lamp}` }, make("span", { class: "unseen" })),
    ),
  );
  for (const lamp of lamps) {
    const level = levels[lamp] ?? 0;
    by(`lamp-${lamp}`).style.setProperty("--level", level);
    const percent = Math.round(level * 100);
    write(by(`lamp-${lamp}`).firstChild, t("counter.lamp", { lamp: word("lamp", lamp), percent }));
  }
}

function showNotices({ problems, refused, readonly, kiosk }) {
  by("promise").dataset.text = readonly ? "page.readonly" : "page.promise";
  write(by("promise"), t(by("promise").dataset.text));
  by("refused").hidden = !refused;
  write(by("refused"), refused ? `${t("counter.refused")} ${refused.text}` : "");
  by("problems").hidden = problems.length === 0;
  rebuild(by("problems"), problems, () => problems.map((sentence) => make("li", {}, sentence)));
  by("well").hidden = problems.length > 0 || !kiosk?.status;
}

function showChoices({ counter, choices }) {
  const panels = [...new Set([counter.panel.name, ...choices.panels])].filter(Boolean);
  fillChoice(
    by("panel-choice"),
    panels.map((name) => [name, name]),
    counter.panel.name,
  );
  const languages = choices.languages.map((name) => [name, word("lang", name)]);
  fillChoice(by("language-choice"), languages, counter.language);
  const currencies = choices.currencies.map((name) => [name, name]);
  fillChoice(by("currency-choice"), currencies, counter.currency);
}

export function startCounter() {
  for (const name of ["panel", "language", "currency"]) {
    const select = by(`${name}-choice`);
    select.addEventListener("change", () => {
      select.blur(); // so that the state can set it again if this choice is refused
      send("/counter", { [name]: select.value });
    });
  }
}

// The amount and what happened, in a line: "PAID $ 1.234,50"
export function replyLine({ text, outcome, amount }) {
  if (text) return text.replace(/[\r\n]+$/, "");
  return `${(outcome ?? "").toUpperCase()}  ${pretty(amount)}`;
}
