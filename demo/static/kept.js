// Kept designs: a press marks one, a second one beside it is what it is compared with; a third lets the first go.
const tiles = () => [...element.querySelectorAll('button[data-i]')];
const show = (marked) => tiles().forEach((tile) => {
  const at = marked.indexOf(Number(tile.dataset.i));
  tile.setAttribute('aria-pressed', String(at >= 0));
  tile.querySelector('.badge')?.remove();
  if (at < 0 || marked.length < 2) return;
  const badge = document.createElement('span');
  badge.className = 'badge';
  badge.textContent = 'AB'[at];
  tile.append(badge);
});
element.addEventListener('click', (event) => {
  const tile = event.target.closest('button[data-i]');
  if (!tile) return;
  const pressed = tiles().filter((each) => each.getAttribute('aria-pressed') === 'true')
    .sort((a, b) => (a.dataset.at ?? 0) - (b.dataset.at ?? 0)).map((each) => Number(each.dataset.i));
  const one = Number(tile.dataset.i);
  const marked = pressed.includes(one) ? pressed.filter((each) => each !== one) : [...pressed, one].slice(-2);
  marked.forEach((each, at) => { tiles()[each].dataset.at = at; });
  show(marked);
  trigger('select', {index: marked});
});
