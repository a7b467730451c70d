// Pictures to choose from: a click tells Python the number. They are one tab stop; arrow keys go between them,
// up and down by what is seen, because a phone has fewer in a row.
const pictures = () => [...element.querySelectorAll('button[data-i]')];
const stopAt = (button) => pictures().forEach((each) => { each.tabIndex = each === button ? 0 : -1; });
const middle = (button) => {
  const box = button.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
};
const rowBeside = (button, down) => {
  const [x, y] = middle(button), least = button.getBoundingClientRect().height / 2;
  const far = (each) => (middle(each)[1] - y) * down;
  const beyond = pictures().filter((each) => far(each) > least);
  const nearest = Math.min(...beyond.map(far));
  const row = beyond.filter((each) => far(each) < nearest + least);
  return row.sort((a, b) => Math.abs(middle(a)[0] - x) - Math.abs(middle(b)[0] - x))[0];
};
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-i]');
  if (!button) return;
  stopAt(button);
  element.querySelectorAll('button[aria-pressed]').forEach((each) => {
    each.setAttribute('aria-pressed', String(each === button));
  });
  trigger('click', {index: Number(button.dataset.i)});
});
element.addEventListener('keydown', (event) => {
  const button = event.target.closest('button[data-i]');
  if (!button || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = pictures(), at = all.indexOf(button);
  const next = {
    ArrowRight: () => all[at + 1], ArrowLeft: () => all[at - 1],
    ArrowDown: () => rowBeside(button, 1), ArrowUp: () => rowBeside(button, -1),
    Home: () => all[0], End: () => all.at(-1),
  }[event.key]?.();
  if (!next) return;
  event.preventDefault();
  stopAt(next);
  next.focus();
});
