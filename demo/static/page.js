// The clipboard of the browser needs https or this machine; elsewhere a text field does it.
window.toileCopy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
};
window.toileShow = (what, block) => requestAnimationFrame(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.querySelector(what)?.scrollIntoView({block, behavior: calm ? "auto" : "smooth"});
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("button[data-show]");
  if (!link) return;
  // A section below the stand is a closed row at first.
  document.querySelector(`${link.dataset.show}.t-fold > button:not(.open)`)?.click();
  toileShow(link.dataset.show, "start");
});
// Dark or light as it was chosen last, unless the address says which; else as the system has it.
(() => {
  const KEY = "toile-shade";
  const chosen = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const apply = () => {
    if (chosen() && !new URL(location).searchParams.has("__theme")) {
      document.body.classList.toggle("dark", chosen() === "dark");
    }
  };
  apply();
  // Gradio follows the system when that changes; this listener comes after Gradio's.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#shade")) return;
    const shade = document.body.classList.toggle("dark") ? "dark" : "light";
    try { localStorage.setItem(KEY, shade); } catch { /* kept for this visit only */ }
    const url = new URL(location);
    url.searchParams.delete("__theme");
    history.replaceState(history.state, "", url);
  });
})();
// A button says for a moment what came of it.
window.toileSaid = (what, words) => document.querySelectorAll(what).forEach((button) => {
  button.dataset.label ??= button.textContent;
  button.textContent = words;
  setTimeout(() => { button.textContent = button.dataset.label; }, 1200);
});
// A button in a picture stands for one of Gradio's.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-press]");
  if (button) document.querySelector(button.dataset.press)?.click();
});
// Gradio may say that a state of the browser has changed when it has not, again after each answer of the server. So
// who asks the server then has to see first whether anything is new, or the page would never fall silent.
window.toileChanged = {
  last: {},
  asks: {},
  on(name, ask) { (this.asks[name] ??= []).push(ask); },
  isNew(name, value) {
    const text = JSON.stringify(value ?? null);
    if (text === this.last[name]) return false;
    this.last[name] = text;
    return true;
  },
  see(name, value) { if (this.isNew(name, value)) this.asks[name]?.forEach((ask) => ask()); },
};
// Sections below the stand: those that are open are told that another design stands there; a closed one asks nothing.
window.toileSections = {
  all: new Map(),
  add(id, ask) { this.all.set(id, ask); },
  changed(design) { if (toileChanged.isNew('stand', design?.recipe)) this.ask(); },
  ask() {
    this.all.forEach((ask, id) => { if (document.querySelector(`#${id} > button.open`)) ask(); });
  },
};
