// The page's texts in three languages. An element's data-text, data-label name its key.

import { set, write } from "./dom.js";

const LANGUAGES = ["es", "pt", "en"];
let texts = {};
export let language = "en";

export async function loadTexts() {
  texts = await (await fetch("/static/texts.json")).json();
  const wanted = [localStorage.getItem("language"), ...navigator.languages, "en"];
  speak(wanted.map((word) => word?.slice(0, 2)).find((word) => LANGUAGES.includes(word)));
}

export function speak(word) {
  language = word;
  document.documentElement.lang = word;
  for (const element of document.querySelectorAll("[data-text]")) {
    write(element, t(element.dataset.text));
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    set(element, "aria-label", t(element.dataset.label));
  }
}

// t("counter.shows", {screen: "…"}): the text in the page's language.
export function t(key, fields = {}) {
  const text = texts[key]?.[language] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
}

// A word that the kiosk may say and the page has no text for, such as a new signal's name.
export function word(group, name) {
  const key = `${group}.${name}`;
  return key in texts ? t(key) : name.replaceAll("_", " ");
}
