// Small helpers for the page's elements. They change nothing that is already as wanted, because
// a screen reader would read it again.

export const by = (id) => document.getElementById(id);

export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function set(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// Returns a new element: make("li", { class: "paid" }, "text", child, …). Functions are listeners.
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Replaces the children by build() only if what they mean has changed. Returns whether it did.
export function rebuild(parent, meaning, build) {
  const now = JSON.stringify(meaning);
  if (parent.dataset.meaning === now) return false;
  parent.dataset.meaning = now;
  parent.replaceChildren(...build());
  return true;
}

export function fillChoice(select, choices, chosen) {
  rebuild(select, choices, () => choices.map(([value, text]) => make("option", { value }, text)));
  if (document.activeElement !== select && select.value !== chosen) select.value = chosen;
}

// The tabs of a list behave as the ARIA practices say: arrows move, one is in the tab order.
export function tabList(list, onChoose) {
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) onChoose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const tabs = [...list.querySelectorAll("[role=tab]")];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !tabs.includes(event.target)) return;
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    onChoose(next);
    next.focus();
    event.preventDefault();
  });
}

export function chooseTab(list, chosen) {
  for (const tab of list.querySelectorAll("[role=tab]")) {
    set(tab, "aria-selected", String(tab === chosen));
    set(tab, "tabindex", tab === chosen ? "0" : "-1");
  }
}
