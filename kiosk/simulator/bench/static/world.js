// What surrounds the counter: its power, its clock and its network.

import { by, make, rebuild, set, write } from "./dom.js";
import { act } from "./server.js";
import { t } from "./texts.js";

const SPEEDS = [1, 2, 5, 10, 30, 60];
const NETWORKS = ["ok", "unreachable", "slow", "answers_lost", "captive_page", "status", "random"];
const STATUSES = [400, 401, 403, 404, 409, 423, 429, 500, 502, 503, 504];

let power = "on";
let network = { kind: "ok" };

export function showWorld(state) {
  ({ power, network } = state);
  const lang = document.documentElement.lang;
  write(by("power"), t(power === "on" ? "world.cut" : "world.restore"));
  set(by("power"), "aria-pressed", String(power !== "on"));
  for (const device of ["panel", "lamps"]) showPlug(device, state.unplugged.includes(device));
  rebuild(by("clock"), lang, () =>
    SPEEDS.map((speed) => segment(`×${speed}`, speed, () => act({ clock: speed }))),
  );
  rebuild(by("network"), lang, () =>
    NETWORKS.map((kind) => segment(t(`network.${kind}`), kind, () => setNetwork(kind))),
  );
  press(by("clock"), String(state.clock));
  press(by("network"), network.kind);
  by("network")
    .closest(".tool")
    .classList.toggle("trouble", network.kind !== "ok");
  by("network-status-label").hidden = network.kind !== "status";
  by("network-seed-label").hidden = network.kind !== "random";
  write(by("now"), new Date(state.now * 1000).toLocaleTimeString(lang, { hour12: false }));
}

function segment(text, value, click) {
  return make("button", { type: "button", "data-value": String(value), click }, text);
}

function press(group, value) {
  for (const button of group.children)
    set(button, "aria-pressed", String(button.dataset.value === value));
}

function showPlug(device, pulled) {
  const button = by(`plug-${device}`);
  set(button, "aria-pressed", String(pulled));
  write(button, t(pulled ? "world.unplugged" : "world.plugged", { device: t(`world.${device}`) }));
}

function setNetwork(kind) {
  const what = { state: kind };
  if (kind === "status")
    Object.assign(what, { state: "ok", status: Number(by("network-status").value) });
  if (kind === "random")
    Object.assign(what, { state: "ok", random: Number(by("network-seed").value) || 0 });
  const seconds = Number(by("network-for").value);
  if (seconds > 0 && kind !== "ok") what.lasts = `${seconds} s`;
  return act({ network: Object.keys(what).length === 1 ? kind : what });
}

export function togglePower() {
  act({ power: power === "on" ? "off" : "on" });
}

export function toggleNetwork() {
  setNetwork(network.kind === "ok" ? "unreachable" : "ok");
}

export function startWorld() {
  by("network-status").replaceChildren(
    ...STATUSES.map((status) => make("option", { value: status }, String(status))),
  );
  by("network-status").value = "503";
  by("network-status").addEventListener("change", () => setNetwork("status"));
  by("network-seed").addEventListener("change", () => setNetwork("random"));
  by("reload").addEventListener("submit", (event) => {
    event.preventDefault();
    act({ reload: by("reload-settings").value });
  });
  by("power").addEventListener("click", togglePower);
  for (const device of ["panel", "lamps"]) {
    by(`plug-${device}`).addEventListener("click", () => {
      const pulled = by(`plug-${device}`).getAttribute("aria-pressed") === "true";
      act({ [pulled ? "plug_in" : "unplug"]: device });
    });
  }
}
