// The cut-out mended by brush, on the same photo as the box. What is marked lies in a canvas of the photo's size,
// opaque where it is garment; strokes are kept, so that the last one can be taken back.
{
const ACCENT = '#a5182f', VEIL = 'rgba(248, 247, 244, .72)', EDGE = 2;
const find = (what) => element.querySelector(what);
const board = () => find('.boxer');
const tool = () => find('input[name=mend]:checked')?.value;
const share = () => Number(find('[data-size]').value) / 100;
const layer = (width, height) => Object.assign(document.createElement('canvas'), {width, height});
const drawn = new WeakMap();
let stroke = null;

const opened = async () => {
  const at = board();
  if (drawn.has(at)) return drawn.get(at);
  const canvas = at.querySelector('canvas'), first = new Image();
  first.src = at.dataset.mask;
  await first.decode();
  const mask = layer(canvas.width, canvas.height), edge = layer(canvas.width, canvas.height);
  const state = {canvas, first, mask, edge, strokes: []};
  drawn.set(at, state);
  replay(state);
  return state;
};
const replay = (state) => {
  const context = state.mask.getContext('2d');
  context.globalCompositeOperation = 'source-over';
  context.clearRect(0, 0, state.mask.width, state.mask.height);
  context.drawImage(state.first, 0, 0, state.mask.width, state.mask.height);
  state.strokes.forEach((each) => each.points.forEach((_, i) => paint(state, each, i)));
  show(state);
};
const paint = (state, {adds, wide, points}, i) => {
  const context = state.mask.getContext('2d');
  context.globalCompositeOperation = adds ? 'source-over' : 'destination-out';
  context.lineWidth = wide;
  context.lineCap = context.lineJoin = 'round';
  context.beginPath();
  context.moveTo(...points[Math.max(0, i - 1)]);
  context.lineTo(...points[i]);
  context.stroke();
};
// Outside is veiled; the edge is the marked shape, moved all around, less the shape itself.
const show = ({canvas, mask, edge, strokes}) => {
  const line = edge.getContext('2d'), context = canvas.getContext('2d');
  const wide = EDGE * Math.max(1, canvas.width / canvas.clientWidth || 1);
  line.globalCompositeOperation = 'source-over';
  line.clearRect(0, 0, edge.width, edge.height);
  for (let turn = 0; turn < 8; turn += 1) {
    line.drawImage(mask, wide * Math.cos(turn * Math.PI / 4), wide * Math.sin(turn * Math.PI / 4));
  }
  line.globalCompositeOperation = 'destination-out';
  line.drawImage(mask, 0, 0);
  line.globalCompositeOperation = 'source-in';
  line.fillStyle = ACCENT;
  line.fillRect(0, 0, edge.width, edge.height);
  context.globalCompositeOperation = 'source-over';
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = VEIL;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = 'destination-out';
  context.drawImage(mask, 0, 0);
  context.globalCompositeOperation = 'source-over';
  context.drawImage(edge, 0, 0);
  find('[data-choice=back]').disabled = !strokes.length;
};
const ring = (event) => {
  const area = board().getBoundingClientRect(), at = find('.brush');
  at.style.width = at.style.height = share() * Math.min(area.width, area.height) + 'px';
  at.style.left = event.clientX - area.left + 'px';
  at.style.top = event.clientY - area.top + 'px';
};
const onto = (state, event) => {
  const area = board().getBoundingClientRect();
  return [(event.clientX - area.left) / area.width * state.canvas.width,
    (event.clientY - area.top) / area.height * state.canvas.height];
};
const extend = (event) => {
  if (!stroke) return;
  stroke.points.push(onto(stroke.state, event));
  paint(stroke.state, stroke, stroke.points.length - 1);
};
element.addEventListener('change', async (event) => {
  if (event.target.name !== 'mend') return;
  board().dataset.tool = tool();
  if (tool() !== 'box') await opened();
});
element.addEventListener('pointerdown', (event) => {
  const at = event.target.closest('.boxer'), state = drawn.get(at);
  if (!state || tool() === 'box' || event.button) return;
  event.preventDefault();
  at.setPointerCapture(event.pointerId);
  const wide = share() * Math.min(state.canvas.width, state.canvas.height);
  stroke = {state, adds: tool() === 'add', wide, points: []};
  state.strokes.push(stroke);
  extend(event);
  show(state);
});
element.addEventListener('pointermove', (event) => {
  if (!board() || tool() === 'box') return;
  ring(event);
  if (!stroke) return;
  (event.getCoalescedEvents?.() ?? [event]).forEach(extend);
  show(stroke.state);
});
const lift = () => { stroke = null; };
element.addEventListener('pointerup', lift);
element.addEventListener('pointercancel', lift);
element.addEventListener('click', (event) => {
  const choice = event.target.closest('button[data-choice]')?.dataset.choice;
  const state = drawn.get(board());
  if (choice === 'back' && state) {
    state.strokes.pop();
    replay(state);
  }
  if (choice === 'mask') opened().then((now) => trigger('click', {choice, mask: now.mask.toDataURL('image/png')}));
});
}
