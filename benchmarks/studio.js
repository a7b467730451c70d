// Moves sliders of the desk as a hand would, in the page itself, and notes what comes of it.
(() => {
  const one = (what) => document.querySelector(what), wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const PATHS = [...document.querySelectorAll('#desk .slide[data-path*="."]')].map((each) => each.dataset.path)
    .filter((path) => !path.startsWith('composition'));
  const input = (path) => one(`.slide[data-path="${path}"] input`);
  const set = (slider, value, name) => {
    slider.value = value;
    slider.dispatchEvent(new Event(name, {bubbles: true}));
  };
  const recipe = () => one('#recipe input').value;
  const idle = async () => {
    const until = performance.now() + 60000;
    while (!toile.desk.idle) {
      if (performance.now() > until) throw Error('The page does not answer.');
      await wait(5);
    }
  };
  // A repeatable random number in 0..1 (Tommy Ettinger's mulberry32, public domain).
  const random = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };

  window.studio = {
    paths: PATHS,
    // Milliseconds from each input event to the load of the first picture that shows this move or a later one.
    async moves(path, count, apart) {
      const slider = input(path), live = one('#live img'), open = [], taken = [];
      const {min, max, step} = slider, start = slider.value;
      const loaded = () => {
        const now = performance.now();
        while (open.length && open[0].number < Number(live.dataset.number)) taken.push(now - open.shift().at);
      };
      live.addEventListener('load', loaded);
      for (let i = 0; i < count; i += 1) {
        const share = .5 - .5 * Math.cos(2 * Math.PI * (i + 1) / count);
        open.push({number: toile.number(), at: performance.now()});
        set(slider, Number(min) + share * (Number(max) - Number(min)) * .96 + Number(step) * (i % 2), 'input');
        await wait(apart);
      }
      await wait(1000);
      live.removeEventListener('load', loaded);
      set(slider, start, 'input');
      set(slider, start, 'change');
      await idle();
      return {taken, lost: open.length};
    },
    // One walk of moves, undo and redo; the places where it did not stand where it should have.
    async walk(seed, length) {
      const next = random(seed), stood = [recipe()], wrong = [];
      let at = 0;
      const expect = (what) => { if (recipe() !== stood[at]) wrong.push(what); };
      const step = async (by) => {
        one(by < 0 ? '[data-do=undo]' : '[data-do=redo]').click();
        at += by;
        await idle();
        expect(by < 0 ? 'undo' : 'redo');
      };
      for (let i = 0; i < length; i += 1) {
        const chance = next();
        if (chance < .25 && at > 0) await step(-1);
        else if (chance < .4 && at < stood.length - 1) await step(1);
        else {
          const slider = input(PATHS[Math.floor(next() * PATHS.length)]), before = recipe();
          set(slider, Number(slider.min) + next() * (Number(slider.max) - Number(slider.min)), 'input');
          set(slider, slider.value, 'change');
          await idle();
          if (recipe() === before) continue;
          stood.length = at + 1;
          stood.push(recipe());
          at += 1;
        }
      }
      while (at < stood.length - 1) await step(1);
      while (at > 0) await step(-1);
      return wrong;
    },
  };
})();
