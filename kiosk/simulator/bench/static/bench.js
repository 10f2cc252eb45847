// The bench page: asks for the state ten times a second, shows it, and sends button presses.
// Each answer holds the whole state (see page.py), so this page keeps only two things between two
// requests: the digits that are being keyed, and the time of the last tone that was played.

const POLL_INTERVAL = 100; // ms
const SOUND_LAG = 0.3; // s between a tone in the record and its playing; longer than a request takes
const TOAST_STAYS = 4000; // ms

const by = (id) => document.getElementById(id);
let counter = null; // the counter's currency and panel, once known

// --- showing ---------------------------------------------------------------------------------

function write(id, text) {
  const element = by(id);
  if (element.textContent !== text) element.textContent = text; // or a screen reader reads it again
}

function show(state) {
  counter = state.counter;
  write("name", counter.name);
  by("comma").disabled = counter.decimals === 0;
  write("comma", counter.decimal);
  showKiosk(state.kiosk, state.now);
  showOrder(state.order);
  showPaper(state.replies);
  showTrouble(state.trouble);
  showLog(state.log);
  if (!keyed && !by("digits").classList.contains("sent")) write("digits", pretty("0"));
}

function showKiosk(kiosk, now) {
  const status = kiosk?.status;
  const failed = Object.entries(status?.health ?? {}).filter(([, health]) => health !== "ok");
  write("state", kiosk ? (status?.state ?? "starting").replaceAll("_", " ") : "off");
  write("reference", status?.reference ?? "–");
  write("signal", (kiosk?.signal ?? "–").replaceAll("_", " "));
  write("said", kiosk?.said ?? "–");
  write("health", failed.map(([part]) => part).join(", ") || "none");
  by("health").classList.toggle("bad", failed.length > 0);
  for (const lamp of ["red", "green", "blue", "white"]) {
    by(`lamp-${lamp}`).style.setProperty("--level", kiosk?.lamps[lamp] ?? 0);
  }
  showPanel(kiosk?.frame ?? null, kiosk?.signal);
  sound(kiosk?.tones ?? [], now);
}

function showPanel(frame, signal) {
  const panel = by("panel");
  panel.hidden = frame === null;
  if (frame === null) return;
  const source = `/panel/${frame}.png`;
  if (panel.getAttribute("src") !== source) panel.src = source;
  panel.alt = `The panel shows: ${(signal ?? "starting").replaceAll("_", " ")}`;
}

// A whole number of screen pixels for each pixel of the panel; otherwise the picture is uneven.
function fitPanel() {
  if (!counter) return;
  const { width, height } = counter.panel;
  const style = getComputedStyle(by("bezel"));
  const room = by("bezel").clientWidth - parseFloat(style.paddingLeft) * 2;
  const density = window.devicePixelRatio;
  const tallest = Math.max(1, Math.floor((0.5 * window.innerHeight * density) / height));
  const scale = Math.min(tallest, Math.max(1, Math.floor((room * density) / width))) / density;
  by("panel").style.width = `${Math.min(room, width * scale)}px`;
  by("bezel").style.minHeight = `${height * scale + parseFloat(style.paddingTop) * 2}px`;
}

const ORDER_STATUS = {
  created: "waits to be paid",
  processed: "is paid",
  canceled: "is canceled",
  expired: "has expired",
  refunded: "is refunded",
};

function showOrder(order) {
  const payable = order?.status === "created" && !order.paying;
  by("pay").disabled = by("pay-slowly").disabled = !payable;
  if (!order) return;
  write("asked", payable || order.paying ? pretty(order.amount) : "Nothing to pay");
  write("order", order.id);
  write("order-status", order.paying ? "is being paid" : ORDER_STATUS[order.status]);
}

function showPaper(replies) {
  const lines = replies.map(({ outcome, amount }) => {
    const line = document.createElement("li");
    line.className = outcome;
    line.append(span(outcome.toUpperCase()), span(pretty(amount)));
    return line;
  });
  replace(by("paper"), lines, JSON.stringify(replies));
}

function showTrouble(trouble) {
  for (const box of document.querySelectorAll("[data-trouble]")) {
    box.parentElement.hidden = !(box.dataset.trouble in trouble);
    box.checked = trouble[box.dataset.trouble] ?? false;
  }
}

function showLog(lines) {
  const log = by("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 8;
  const rows = lines.map((text) => {
    const row = document.createElement("p");
    row.textContent = text;
    row.className = levelOf(text);
    return row;
  });
  if (replace(log, rows, lines.join("\n")) && atEnd) log.scrollTop = log.scrollHeight;
}

function levelOf(line) {
  if (line.startsWith("kiosk simulate:")) return "note";
  const level = line.split(" ", 2)[1];
  return { WARNING: "warning", ERROR: "error", CRITICAL: "error" }[level] ?? "";
}

// Replaces the children only if their content differs from what was put there last.
function replace(parent, children, meaning) {
  if (parent.dataset.meaning === meaning) return false;
  parent.dataset.meaning = meaning;
  parent.replaceChildren(...children);
  return true;
}

function span(text) {
  const element = document.createElement("span");
  element.textContent = text;
  return element;
}

// "1234.5" as the counter's country writes it: "$ 1.234,5"
function pretty(plain) {
  const [whole, cents] = plain.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, counter.thousands);
  return `${counter.symbol} ${grouped}${cents === undefined ? "" : counter.decimal + cents}`;
}

// --- sound -----------------------------------------------------------------------------------

let audio = null; // browsers allow sound only after a first press
let heard = Infinity; // the time of the last tone that was played

function sound(tones, now) {
  const recent = tones.some(([at, hertz]) => hertz > 0 && at > now - 0.4);
  const last = tones.at(-1);
  by("sound").classList.toggle("sounding", recent || last?.[1] > 0);
  if (!audio) return;
  if (heard === Infinity) heard = last?.[0] ?? 0; // earlier tones are not played
  if (!last) audio.volume.gain.setTargetAtTime(0, audio.context.currentTime, 0.005);
  for (const [at, hertz] of tones.filter(([at]) => at > heard)) play(hertz, at - now);
  heard = last?.[0] ?? heard;
}

function play(hertz, since) {
  const start = Math.max(audio.context.currentTime, audio.context.currentTime + SOUND_LAG + since);
  if (hertz > 0) audio.pitch.frequency.setValueAtTime(hertz, start);
  audio.volume.gain.setTargetAtTime(hertz > 0 ? 0.06 : 0, start, 0.004);
}

function toggleSound() {
  if (audio) {
    audio.context.close();
    audio = null;
    heard = Infinity;
  } else {
    const context = new AudioContext();
    const pitch = new OscillatorNode(context, { type: "square", frequency: 440 });
    const volume = new GainNode(context, { gain: 0 });
    pitch.connect(volume).connect(context.destination);
    pitch.start();
    audio = { context, pitch, volume };
  }
  by("sound").setAttribute("aria-pressed", String(audio !== null));
  write("sound-label", audio ? "Turn sound off" : "Turn sound on");
}

// --- the register ----------------------------------------------------------------------------

let keyed = ""; // the digits so far, such as "1234.5", with a point as the decimal mark

function key(name) {
  by("digits").classList.remove("sent");
  if (name === "Enter") return total();
  if (name === "Backspace") keyed = keyed.slice(0, -1);
  else if (name === "Delete") keyed = "";
  else if (name === "," || name === ".") keyed += canHaveMark() ? (keyed ? "." : "0.") : "";
  else for (const digit of name) if (hasRoom()) keyed = (keyed === "0" ? "" : keyed) + digit;
  write("digits", pretty(keyed || "0"));
}

function canHaveMark() {
  return counter.decimals > 0 && !keyed.includes(".");
}

function hasRoom() {
  const cents = keyed.split(".")[1];
  return cents === undefined ? keyed.length < 10 : cents.length < counter.decimals;
}

async function total() {
  const [whole, cents] = (keyed || "0").split(".");
  const amount = counter.decimals ? `${whole}.${(cents ?? "").padEnd(counter.decimals, "0")}` : whole;
  keyed = "";
  write("digits", pretty(amount));
  by("digits").classList.add("sent"); // it stays until the next key
  await press("/amount", { amount });
}

// --- pressing --------------------------------------------------------------------------------

async function press(path, sent = {}) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(sent),
    });
    if (!answer.ok) toast((await answer.json()).error);
  } catch {
    toast("The simulator does not answer.");
  }
}

let toastEnds = 0;

function toast(sentence) {
  write("toast", sentence);
  by("toast").hidden = false;
  clearTimeout(toastEnds);
  toastEnds = setTimeout(() => (by("toast").hidden = true), TOAST_STAYS);
}

const KEYS = new Set([..."0123456789,.", "Enter", "Backspace", "Delete"]);

function typed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") return void press("/cancel");
  // Enter is TOTAL, except on a button outside the keypad while nothing is keyed.
  const elsewhere = event.target.closest("button, input") && !event.target.closest("#keys");
  if (!KEYS.has(event.key) || (event.key === "Enter" && elsewhere && !keyed) || !counter) return;
  event.preventDefault();
  key(event.key);
}

by("keys").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button && counter) key(button.dataset.key);
});
document.addEventListener("keydown", typed);
document.addEventListener("change", (event) => {
  const name = event.target.dataset.trouble;
  if (name) press("/trouble", { name, on: event.target.checked });
});
by("cancel").addEventListener("click", () => press("/cancel"));
by("last").addEventListener("click", () => press("/last"));
by("pay").addEventListener("click", () => press("/pay", { takes: 0 }));
by("pay-slowly").addEventListener("click", () => press("/pay", { takes: 5 }));
by("garbled").addEventListener("click", () => press("/garbled"));
by("plug").addEventListener("click", () => press("/plug"));
by("sound").addEventListener("click", toggleSound);
window.addEventListener("resize", fitPanel);

// --- polling ---------------------------------------------------------------------------------

async function poll() {
  try {
    const answer = await fetch("/state");
    const first = counter === null;
    show(await answer.json());
    if (first) fitPanel();
    by("gone").hidden = true;
  } catch {
    by("gone").hidden = false;
  }
  setTimeout(poll, POLL_INTERVAL);
}

poll();
