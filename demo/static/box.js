let start = null, at = -1;
const view = () => element.querySelector('.boxer');
const read = () => JSON.parse(view().dataset.box);
const show = (box) => {
  const [x0, y0, x1, y1] = box;
  const sorted = [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
  view().dataset.box = JSON.stringify(sorted);
  const frame = view().querySelector('.frame-box');
  ['left', 'top'].forEach((side, i) => { frame.style[side] = sorted[i] * 100 + '%'; });
  frame.style.width = (sorted[2] - sorted[0]) * 100 + '%';
  frame.style.height = (sorted[3] - sorted[1]) * 100 + '%';
};
const where = (event) => {
  const area = view().getBoundingClientRect();
  const clip = (v) => Math.min(1, Math.max(0, v));
  return [clip((event.clientX - area.left) / area.width), clip((event.clientY - area.top) / area.height)];
};
element.addEventListener('pointerdown', (event) => {
  if (!view() || view().dataset.tool !== 'box' || !event.target.closest('.boxer')) return;
  event.preventDefault();
  const corner = event.target.closest('[data-corner]');
  const [x0, y0, x1, y1] = read();
  if (corner) {
    const c = Number(corner.dataset.corner);
    corner.focus();
    start = [c % 2 ? x0 : x1, c > 1 ? y0 : y1];
  } else {
    start = where(event);
  }
  view().setPointerCapture(event.pointerId);
});
element.addEventListener('pointermove', (event) => {
  if (start && view()) show([...start, ...where(event)]);
});
const end = () => {
  if (!start) return;
  start = null;
  const [x0, y0, x1, y1] = read();
  if (x1 - x0 < .03 || y1 - y0 < .03) show(JSON.parse(view().dataset.first));
};
element.addEventListener('pointerup', end);
element.addEventListener('pointercancel', end);
element.addEventListener('keydown', (event) => {
  const corner = event.target.closest('[data-corner]');
  const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
  if (!corner || !step) return;
  event.preventDefault();
  const c = Number(corner.dataset.corner), box = read(), by = event.shiftKey ? .05 : .01;
  const x = c % 2 ? 2 : 0, y = c > 1 ? 3 : 1;
  const move = (i, by, low, high) => { box[i] = Math.min(high, Math.max(low, box[i] + by)); };
  const least = .03;
  move(x, step[0] * by, x ? box[0] + least : 0, x ? 1 : box[2] - least);
  move(y, step[1] * by, y === 3 ? box[1] + least : 0, y === 3 ? 1 : box[3] - least);
  show(box);
});
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-choice]');
  if (!button || ['mask', 'back'].includes(button.dataset.choice)) return;
  trigger('click', {choice: button.dataset.choice, box: read()});
});
