// The payer and their phone. It pays what it scanned from the panel's own picture.

import { by, write } from "./dom.js";
import { plain, pretty } from "./money.js";
import { act } from "./server.js";
import { t } from "./texts.js";

const NEEDS_A_SCAN = ["pays", "declines", "pays_amount"];
let phone = { can: [], scanned: null, sees: "nothing" };
let readonly = true;

export function showPhone(state) {
  ({ phone, readonly } = state);
  const { scanned, can } = phone;
  write(by("phone-shop"), scanned?.reference ?? "");
  write(
    by("asked"),
    scanned ? pretty(scanned.amount) : t(canScan() ? "payer.ready" : "payer.nothing"),
  );
  write(by("phone-says"), phone.says ?? "");
  for (const button of document.querySelectorAll("[data-payer]")) {
    button.disabled = readonly || !possible(button.dataset.payer, can);
  }
}

// Who can scan the panel can pay: a press of Pay scans first.
function possible(what, can) {
  return can.includes(what) || (NEEDS_A_SCAN.includes(what) && canScan());
}

const canScan = () => phone.sees === "order" && phone.can.includes("scans");

async function payer(button, what = button) {
  if (!phone.can.includes(button) && canScan() && !(await act({ payer: "scans" }))) return;
  await act({ payer: what });
}

// By a key, which is not greyed out as a button is: the simulator tries it, or says why it can't be.
export function pressPayer(does) {
  if (!readonly) payer(does);
}

export function startPhone() {
  for (const button of document.querySelectorAll("button[type=button][data-payer]")) {
    button.addEventListener("click", () => payer(button.dataset.payer));
  }
  by("pay-late").addEventListener("submit", (event) => {
    event.preventDefault();
    payer("pays", { does: "pays", after: `${Number(by("late-seconds").value) || 0} s` });
  });
  by("pay-other").addEventListener("submit", (event) => {
    event.preventDefault();
    payer("pays_amount", { does: "pays", amount: plain(by("other-amount").value) });
  });
}
