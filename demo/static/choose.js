element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-i]');
  if (!button) return;
  element.querySelectorAll('button[aria-pressed]').forEach((each) => {
    each.setAttribute('aria-pressed', String(each === button));
  });
  trigger('click', {index: Number(button.dataset.i)});
});
element.addEventListener('keydown', (event) => {
  const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
  const button = event.target.closest('button[data-i]');
  if (!step || !button) return;
  const all = [...element.querySelectorAll('button[data-i]')];
  const next = all[all.indexOf(button) + step];
  if (next) { next.focus(); event.preventDefault(); }
});
