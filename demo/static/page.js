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
  if (event.target.closest("#shade")) document.body.classList.toggle("dark");
});
