// The keypad of a cash register. It keeps what has been keyed so far.

import { make, write } from "./dom.js";
import { currency, pretty } from "./money.js";
import { t } from "./texts.js";

const DIGITS_AT_MOST = 12;
const KEYS = [
  "7",
  "8",
  "9",
  "Backspace",
  "4",
  "5",
  "6",
  "Delete",
  "1",
  "2",
  "3",
  "Enter",
  "0",
  "00",
  ",",
];
const LOOKS = {
  Backspace: ["⌫", "edit"],
  Delete: ["C", "edit"],
  Enter: ["", "total"],
  ",": ["", "mark"],
};
const LABELS = { Backspace: "input.delete", Delete: "input.clear", ",": "input.mark" };

// onTotal("1234.50") sends the total and returns whether it was sent.
export function makeKeypad(onTotal) {
  let keyed = ""; // such as "1234.5", with a point as the decimal mark
  const digits = make("output", { class: "digits", "aria-label": t("input.keyed") }, pretty("0"));
  const keys = make("div", { class: "keys" }, ...KEYS.map(makeKey));

  function makeKey(name) {
    const [sign, style] = LOOKS[name] ?? [name, ""];
    const text = name === "Enter" ? t("input.total") : name === "," ? currency().decimal : sign;
    const label = LABELS[name] ? t(LABELS[name]) : null;
    return make(
      "button",
      {
        type: "button",
        class: style,
        "aria-label": label,
        disabled: name === "," && currency().decimals === 0,
        click: () => press(name),
      },
      text,
    );
  }

  function press(name) {
    if (name === "Enter") return total();
    digits.classList.remove("sent");
    if (name === "Backspace") keyed = keyed.slice(0, -1);
    else if (name === "Delete") keyed = "";
    else if (name === "," || name === ".") keyed += hasMark() ? "" : keyed ? "." : "0.";
    else for (const digit of name) if (hasRoom()) keyed = (keyed === "0" ? "" : keyed) + digit;
    write(digits, pretty(keyed || "0"));
  }

  const hasMark = () => currency().decimals === 0 || keyed.includes(".");

  function hasRoom() {
    const cents = keyed.split(".")[1];
    return (
      keyed.length < DIGITS_AT_MOST && (cents === undefined || cents.length < currency().decimals)
    );
  }

  async function total() {
    const sent = keyed;
    if (!sent || !(await onTotal(withCents(sent)))) return;
    keyed = "";
    digits.classList.add("sent"); // the amount stays to be read until the next key
  }

  function withCents(amount) {
    const [whole, cents = ""] = amount.split(".");
    const { decimals } = currency();
    return decimals ? `${whole}.${cents.padEnd(decimals, "0")}` : whole;
  }

  return { digits, keys, press };
}
