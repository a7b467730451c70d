// The frames are in the page: drawing the thread asks nothing of the server. They are decoded before they are shown,
// so that the picture keeps up with the finger.
let morph = null, key = '', decoded = [];
const load = () => {
  morph = element.querySelector('.morph');
  // Gradio may change the node that is there instead of putting a new one in its place.
  if (!morph || morph.dataset.key === key) return;
  key = morph.dataset.key;
  decoded = JSON.parse(morph.dataset.frames).map((source) => {
    const image = new Image();
    image.src = source;
    image.decode().catch(() => {});
    return image;
  });
};
const words = (at) => {
  const stops = morph.dataset.stops, place = at / (decoded.length - 1) * (stops.length - 1);
  const leg = Math.min(Math.floor(place), stops.length - 2), share = place - leg;
  const [from, to] = [stops[leg], stops[leg + 1]];
  if (share < 1e-9) return `All ${from}`;
  if (share > 1 - 1e-9) return `All ${to}`;
  const far = Math.abs(share - .5) < .03 ? 'Half way' : `${Math.round(share * 100)} % of the way`;
  return `${far} from ${from} to ${to}`;
};
new MutationObserver(load).observe(element, {childList: true, subtree: true, attributeFilter: ['data-key']});
load();
element.addEventListener('input', (event) => {
  if (event.target.type !== 'range') return;
  load();
  const at = Number(event.target.value), said = words(at);
  element.querySelector('.mid img').src = decoded[at].src;
  element.querySelector('.mid figcaption').textContent = said;
  event.target.setAttribute('aria-valuetext', said);
});
