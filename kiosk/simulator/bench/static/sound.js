// The buzzer: heard once sound is switched on, and drawn as the rhythm of the last seconds.

import { by, set } from "./dom.js";

const LAG = 0.3; // s between a tone in the record and its playing; longer than a request takes
const DRAWN = 6; // s
const VOLUME = 0.06;

let audio = null; // browsers allow sound only after a first press
let heard = Infinity; // the time of the last tone that was played
let tones = [];
let ahead = 0; // s that the counter's clock is ahead of this browser's
let clock = 1;
let drawing = false;

export function showSound(state) {
  tones = state.kiosk?.tones ?? [];
  clock = state.clock;
  ahead = state.now - Date.now() / 1000;
  const last = tones.at(-1);
  const recent = tones.some(([at, hertz]) => hertz > 0 && at > state.now - 0.4 * clock);
  by("sound").classList.toggle("sounding", recent || last?.[1] > 0);
  if (last && !drawing) draw();
  if (audio) sound(state.now, last);
}

function sound(now, last) {
  if (heard === Infinity) heard = last?.[0] ?? 0; // earlier tones are not played
  if (!last) audio.volume.gain.setTargetAtTime(0, audio.context.currentTime, 0.005);
  for (const [at, hertz] of tones.filter(([at]) => at > heard)) play(hertz, (at - now) / clock);
  heard = last?.[0] ?? heard;
}

function play(hertz, since) {
  const start = Math.max(audio.context.currentTime, audio.context.currentTime + LAG + since);
  if (hertz > 0) audio.pitch.frequency.setValueAtTime(hertz, start);
  audio.volume.gain.setTargetAtTime(hertz > 0 ? VOLUME : 0, start, 0.004);
}

// Draws until the last tone has left the picture, so that a quiet page costs nothing.
function draw() {
  const canvas = by("rhythm");
  const pen = canvas.getContext("2d");
  const now = Date.now() / 1000 + ahead;
  const span = DRAWN * clock;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  tones.forEach(([at, hertz], index) => {
    if (!hertz) return;
    const end = tones[index + 1]?.[0] ?? now;
    const x = (1 - (now - at) / span) * canvas.width;
    const width = Math.max(2, ((end - at) / span) * canvas.width);
    const height = Math.min(1, Math.max(0.25, Math.log2(hertz / 110) / 5)) * canvas.height;
    pen.fillStyle = "#ffd66b";
    pen.fillRect(x, canvas.height - height, width, height);
  });
  const last = tones.at(-1);
  drawing = Boolean(last) && (last[1] > 0 || now - last[0] < span + 1);
  if (drawing) requestAnimationFrame(draw);
}

function toggle() {
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
  set(by("sound"), "aria-pressed", String(audio !== null));
}

export function startSound() {
  by("sound").addEventListener("click", toggle);
}
