// The tabs below: the journal as a table, the log, and the scenario that is played.

import { by, chooseTab, fillChoice, make, rebuild, set, tabList, write } from "./dom.js";
import { act, send } from "./server.js";
import { t, word } from "./texts.js";
import { showTimeline } from "./timeline.js";

const LOG_KEPT = 200;
const ENDS = ["paid", "canceled", "expired", "refunded", "abandoned"];
let lastLine = 0;
let played = null; // the title of the scenario that was shown last

export function showRecords(state) {
  if (state.readonly && by("tab-timeline").ariaSelected === "true") open(by("tab-log"));
  showTimeline(state);
  showJournal(state.journal, state.readonly);
  showLog(state);
  showScenario(state);
}

function showJournal({ columns, rows }, readonly) {
  showDecisions(readonly || rows.length === 0);
  const table = by("journal-table");
  const outcome = columns.indexOf("outcome");
  const cell = (value, index) => {
    const open = index === outcome && !value;
    const style = index === outcome ? `outcome-${value || "open"}` : null;
    return make("td", { class: style }, open ? t("records.open") : String(value ?? ""));
  };
  rebuild(table.tHead, columns, () => [
    make("tr", {}, ...columns.map((name) => make("th", { scope: "col" }, name))),
  ]);
  rebuild(table.tBodies[0], [rows, document.documentElement.lang], () =>
    rows.map((row) => make("tr", {}, ...row.map(cell))),
  );
  table.hidden = rows.length === 0;
  by("journal-empty").hidden = rows.length > 0;
}

// What people can do about the newest sale with the command kiosk orders.
function showDecisions(hidden) {
  by("decisions").hidden = hidden;
  fillChoice(
    by("settle-as"),
    ENDS.map((end) => [end, t(`outcome.${end}`)]),
    by("settle-as").value || "paid",
  );
}

function showLog({ log, complete }) {
  const sheet = by("log");
  if (complete) {
    sheet.replaceChildren();
    lastLine = 0;
  }
  const atEnd = sheet.scrollHeight - sheet.scrollTop - sheet.clientHeight < 24;
  const fresh = log.filter(({ number }) => number > lastLine);
  if (fresh.length === 0) return;
  lastLine = fresh.at(-1).number;
  sheet.append(
    ...fresh.map(({ text, level, meaning }) =>
      make(
        "div",
        {},
        make("p", { class: level }, text),
        meaning ? make("p", { class: "meaning" }, meaning) : null,
      ),
    ),
  );
  while (sheet.children.length > LOG_KEPT) sheet.firstChild.remove();
  if (atEnd) sheet.scrollTop = sheet.scrollHeight;
}

function showScenario({ scenario, choices, readonly }) {
  const shipped = choices.scenarios ?? [];
  const usable = shipped.length > 0 && !readonly;
  by("scenario-choice-label").hidden = by("scenario-play").hidden = !usable;
  by("scenario-file-label").hidden = readonly;
  const first = by("scenario-choice").value || shipped[0]?.name;
  fillChoice(
    by("scenario-choice"),
    shipped.map(({ name, title }) => [name, title]),
    first,
  );
  by("scenario-empty").hidden = scenario !== null;
  by("scenario-title").hidden = scenario === null;
  by("steps").hidden = scenario === null;
  if (scenario && scenario.title !== played) open(by("tab-scenario"));
  played = scenario?.title ?? null;
  if (!scenario) return;
  write(by("scenario-title"), `${scenario.title} · ${word("scenario", scenario.state)}`);
  set(by("scenario-title"), "data-state", scenario.state);
  rebuild(by("steps"), [scenario.steps, document.documentElement.lang], () =>
    scenario.steps.map(step),
  );
  by("steps").querySelector(".now")?.scrollIntoView({ block: "nearest" });
}

async function playFile({ target }) {
  const [file] = target.files;
  played = null;
  if (file) await send("/scenario", { yaml: await file.text() });
  target.value = ""; // so that the same file can be chosen again
}

function step({ text, state, found }) {
  return make(
    "li",
    { class: `step ${state}` },
    make("span", { class: "verdict" }, word("scenario", state)),
    make("span", { class: "text" }, text),
    found ? make("span", { class: "found" }, found) : null,
  );
}

function open(tab) {
  chooseTab(by("record-tabs"), tab);
  for (const sheet of document.querySelectorAll(".sheet")) {
    sheet.hidden = sheet.id !== tab.getAttribute("aria-controls");
    if (!sheet.hidden && sheet.id !== "scenario") sheet.scrollTop = sheet.scrollHeight;
  }
}

export function startRecords() {
  tabList(by("record-tabs"), open);
  open(by("tab-timeline"));
  by("scenario-play").addEventListener("click", () => {
    played = null;
    send("/scenario", { name: by("scenario-choice").value });
  });
  for (const button of document.querySelectorAll("[data-person]")) {
    button.addEventListener("click", () => act({ person: button.dataset.person }));
  }
  by("settle").addEventListener("click", () => act({ person: { settles: by("settle-as").value } }));
  by("scenario-file").addEventListener("change", playFile);
  by("record-anew").addEventListener("click", () => send("/recording", { begin: true }));
}
