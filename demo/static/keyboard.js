// What Gradio's controls leave out of the keyboard patterns of WAI-ARIA.

// A list answers keys a frame late, and any key opens it: so the very Tab that leaves it would open it again.
const LEAVING = ["Tab", "Shift", "Control", "Alt", "Meta"];
addEventListener("keydown", (event) => {
  if (LEAVING.includes(event.key) && event.target.matches?.("[role=combobox]")) event.stopPropagation();
}, true);
const closeLeft = (list) => {
  if (list !== document.activeElement) list.dispatchEvent(new FocusEvent("blur"));
};
// What opens below a field has the field's name.
const nameChoices = (choices) => {
  const field = document.querySelector(`[aria-controls="${choices.id}"]`);
  if (field) choices.setAttribute("aria-label", field.getAttribute("aria-label"));
};

// Radio buttons of one field share a name: one tab stop, and arrow keys choose. Gradio gives each its own.
const shareName = (field) => {
  field.querySelectorAll("input[type=radio]").forEach((radio) => {
    const name = `of-${field.id}`;
    if (field.id && radio.name !== name) radio.name = name;
  });
};

// One tab is a tab stop, the chosen one; arrow keys, Home and End choose another.
const tabsOf = (list) => [...list.querySelectorAll("[role=tab]")];
const stopAtChosen = (list) => tabsOf(list).forEach((tab) => {
  const stop = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
  if (tab.tabIndex !== stop) tab.tabIndex = stop;
});
addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  if (!tab || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = tabsOf(tab.closest("[role=tablist]")), at = all.indexOf(tab), last = all.length - 1;
  const to = {ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at ? at - 1 : last, Home: 0, End: last}[event.key];
  if (to === undefined) return;
  event.preventDefault();
  all[to].focus();
  all[to].click();
});

const tidy = () => {
  document.querySelectorAll("[role=combobox][aria-expanded=true]").forEach(closeLeft);
  document.querySelectorAll("[role=listbox][id]:not([aria-label])").forEach(nameChoices);
  document.querySelectorAll("fieldset").forEach(shareName);
  document.querySelectorAll("[role=tablist]").forEach(stopAtChosen);
};
new MutationObserver(tidy).observe(document, {
  subtree: true, childList: true, attributes: true, attributeFilter: ["name", "aria-selected", "aria-expanded"],
});
