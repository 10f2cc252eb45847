// The panel: its picture in whole pixels, or in its true size.

import { by, set, write } from "./dom.js";
import { t, word } from "./texts.js";

const TALLEST = 0.5; // of the window's height
const TALLEST_ON_PHONES = 0.34; // keypad and Pay must be visible below it
const BESIDE_OTHERS = 500; // CSS pixels of the widest panel that has the inputs beside it
let panel = null;
let trueSize = false;

export function showPanel(state) {
  const { kiosk, counter, unplugged } = state;
  if (JSON.stringify(panel) !== JSON.stringify(counter.panel)) {
    panel = counter.panel;
    fitPanel();
  }
  const frame = kiosk?.frame ?? null;
  const picture = by("panel");
  picture.hidden = frame === null;
  const pulled = unplugged.includes("panel");
  write(by("dark"), frame === null ? t(pulled ? "counter.unplugged" : "counter.dark") : "");
  if (frame !== null) set(picture, "src", `/panel/${frame}.png`);
  const screen = counter.screen ?? kiosk?.signal;
  const shown = screen ? t("counter.shows", { screen: word("screen", screen) }) : t("counter.dark");
  set(picture, "alt", shown);
  write(by("spoken"), frame === null ? by("dark").textContent : shown);
  showCaption();
}

function showCaption() {
  const size = t("counter.size", panel);
  const [width, height] = panel.mm ?? [];
  const inMm = panel.mm ? ` · ${width.toFixed(0)} × ${height.toFixed(0)} mm` : "";
  write(by("panel-caption"), `${panel.name ?? ""} · ${size}${inMm}`.replace(/^ · /, ""));
  by("true-size").hidden = !panel.mm;
}

// A whole number of the screen's pixels for each pixel of the panel: otherwise it is uneven.
export function fitPanel() {
  if (!panel) return;
  const [bezel, picture] = [by("bezel"), by("panel")];
  bezel.classList.toggle("paper", panel.surface === "paper");
  const wide = panel.width / window.devicePixelRatio > BESIDE_OTHERS;
  document.body.classList.toggle("wide-panel", wide);
  const inTrueSize = trueSize && panel.mm;
  const padding = parseFloat(getComputedStyle(bezel).paddingTop);
  const width = inTrueSize ? inMillimetres(panel.mm[0]) : wholePixels(bezel, padding);
  const height = (width * panel.height) / panel.width;
  picture.style.width = `${width}px`;
  picture.classList.toggle("shrunk", width * window.devicePixelRatio < panel.width || inTrueSize);
  bezel.style.minHeight = `${Math.ceil(height + 2 * padding)}px`;
  by("ruler").hidden = !inTrueSize;
}

function wholePixels(bezel, padding) {
  const density = window.devicePixelRatio;
  const room = (bezel.clientWidth - 2 * padding) * density;
  const onPhone = window.innerWidth <= 640;
  const tall = (onPhone ? TALLEST_ON_PHONES : TALLEST) * window.innerHeight * density;
  const scale = Math.min(tall / panel.height, room / panel.width);
  const whole = Math.floor(scale) || (room >= panel.width && !onPhone ? 1 : scale);
  return (panel.width * whole) / density;
}

// CSS takes a screen of 96 pixels per inch for granted; the ruler's factor is this screen's.
function inMillimetres(mm) {
  return (mm * 96 * factor()) / 25.4;
}

const factor = () => Number(by("ruler-factor").value) / 100;

export function startPanel() {
  by("ruler-factor").value = localStorage.getItem("ruler") ?? "100";
  const stretch = () => (by("ruler-bar").style.width = `${inMillimetres(50)}px`);
  stretch();
  by("ruler-factor").addEventListener("input", () => {
    localStorage.setItem("ruler", by("ruler-factor").value);
    stretch();
    fitPanel();
  });
  by("true-size").addEventListener("click", () => {
    trueSize = !trueSize;
    set(by("true-size"), "aria-pressed", String(trueSize));
    fitPanel();
  });
  by("panel").addEventListener("error", () => (by("panel").hidden = true)); // of an earlier counter
  window.addEventListener("resize", fitPanel);
}
