const WORDS = (t) => t === 0 ? 'All A' : t === 1 ? 'All B' : Math.abs(t - .5) < .03 ? 'Half way'
  : Math.round(t * 100) + ' % of the way';
element.addEventListener('input', (event) => {
  if (event.target.type !== 'range') return;
  const frames = JSON.parse(element.querySelector('.morph').dataset.frames);
  const at = Number(event.target.value);
  element.querySelector('.mid img').src = frames[at];
  const words = WORDS(at / (frames.length - 1));
  element.querySelector('.mid figcaption').textContent = words;
  event.target.setAttribute('aria-valuetext', words);
});
