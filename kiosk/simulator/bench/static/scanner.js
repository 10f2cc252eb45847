// The scanner's console: a field, the price list's articles, and codes to print for a real scanner.

import { make } from "./dom.js";
import { pretty } from "./money.js";
import { act } from "./server.js";
import { t } from "./texts.js";

const SHOWN = 60; // articles of a long list; the field finds the others
const UNKNOWN = "7791234567898";

export function makeScanner({ name, articles = [] }) {
  const field = make("input", { autocomplete: "off", spellcheck: "false", maxlength: "4000" });
  const scan = (code) => act({ scan: { input: name, code } });
  const submit = async (event) => {
    event.preventDefault();
    if (field.value && (await scan(field.value))) field.value = "";
    field.focus();
  };
  const form = make(
    "form",
    { class: "line", submit },
    make("label", {}, t("input.code"), field),
    make("button", { class: "pay" }, t("input.scan")),
  );
  const list = make("ul", { class: "articles", "aria-label": t("input.articles") });
  const show = () =>
    list.replaceChildren(...matching(articles, find.value).map((article) => row(article, scan)));
  const find = make("input", {
    type: "search",
    autocomplete: "off",
    "aria-label": t("input.find"),
    placeholder: t("input.find"),
    input: show,
  });
  show();
  const listed = articles.length > 0;
  return {
    elements: [
      form,
      ...(articles.length > 8 ? [find] : []),
      ...(listed ? [list] : []),
      testCodes(articles[0]),
    ],
  };
}

function matching(articles, words) {
  const wanted = words.toLowerCase();
  const found = articles.filter(({ code, title }) =>
    `${code} ${title}`.toLowerCase().includes(wanted),
  );
  return found.slice(0, SHOWN);
}

function row({ code, title, price }, scan) {
  const press = () => scan(code);
  return make(
    "li",
    {},
    make(
      "button",
      { type: "button", click: press },
      make("span", { class: "title" }, title || code),
      make("span", { class: "code" }, title ? code : ""),
      make("span", {}, pretty(price)),
    ),
  );
}

// Barcodes that a person can hold before a real scanner, or print.
function testCodes(article) {
  const link = (text, kind, label) =>
    make(
      "li",
      {},
      make(
        "a",
        {
          href: `/code.png?kind=${kind}&text=${encodeURIComponent(text)}`,
          target: "_blank",
          rel: "noopener",
        },
        `${label}: ${text}`,
      ),
    );
  const links = [
    link(UNKNOWN, "ean13", t("input.print_unknown")),
    link("12.50", "code128", t("input.print_amount")),
  ];
  if (article)
    links.unshift(
      link(
        article.code,
        /^\d{13}$/.test(article.code) ? "ean13" : "code128",
        article.title || article.code,
      ),
    );
  return make(
    "details",
    {},
    make("summary", { class: "small summary" }, t("input.tests")),
    make("ul", { class: "links" }, ...links),
  );
}
