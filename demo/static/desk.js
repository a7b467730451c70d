// The desk: its controls are set from the design that stands on it, every move is shown at once from a small
// picture, and drawn in full when the control is let go. Undo and redo go through the recipes that stood there.
(() => {
  const one = (what) => document.querySelector(what), all = (what) => [...document.querySelectorAll(what)];
  const SETTLES = 1200, MOST_STEPS = 100, KEY = 'toile-desk';
  const seed = () => crypto.getRandomValues(new Uint32Array(1))[0];

  // `standing` is the design on the desk and `controls` where its controls are; `asking` is the design that is
  // being drawn in full, `pending` what was moved since; `waiting` is done as soon as nothing is being drawn.
  let standing = null, controls = {}, asking = null, pending = {}, waiting = null, mixed = null;
  const merge = (a = {}, b = {}) => {
    const merged = {...a, ...b};
    for (const part of ['edits', 'cloth', 'composition']) {
      if (a[part] || b[part]) merged[part] = {...a[part], ...b[part]};
    }
    if (b.cloth?.kind) delete merged.cloth.family;
    return merged;
  };
  const at = (tree, path) => path.split('.').reduce((part, name) => part?.[name], tree);
  const put = (path, value) => {
    const [part, name] = path.split('.');
    return {[part]: {[name]: value}};
  };

  // A small picture of every move; one is asked for at a time, and of the moves meanwhile only the last.
  let preview = null, live = null, busy = false, again = null, lookedAt = 0, drawn = 0;
  const look = async (asked) => {
    clearTimeout(settling);
    again = asked;
    if (busy || !preview) return;
    busy = true;
    while (again) {
      const now = again, id = toile.number();
      again = null;
      const answer = await preview(now).catch(() => ({}));
      if (!answer?.picture || id < drawn) continue;
      // Who measures the page tells by it which move is shown.
      live.dataset.number = id;
      live.src = answer.picture;
      live.hidden = false;
      lookedAt = id;
      if (now.change?.cloth?.palette) toile.palette.name(answer.names);
    }
    busy = false;
  };
  const shownInFull = (id) => {
    drawn = id;
    const picture = one('#stand img');
    picture?.decode().catch(() => {}).then(() => { if (lookedAt < drawn && live) live.hidden = true; });
  };

  // Moving, and asking for what was moved.
  const base = () => {
    const {recipe, caption, hold} = asking ?? standing;
    return {recipe, caption, hold};
  };
  const move = (change) => {
    if (!standing) return;
    pending = merge(pending, change);
    look({...base(), change: merge(asking?.change, pending)});
  };
  const commit = (change = {}) => {
    if (!standing) return;
    const moved = merge(pending, change);
    if (!Object.keys(moved).length) return;
    const {recipe, caption, hold} = base();
    pending = {};
    again = null;
    toile.choose({recipe, caption}, {hold, change: merge(asking?.change, moved)});
  };
  // What is not a place of a control but something done to the design waits until that is drawn.
  const act = (change) => {
    if (asking) waiting = () => act(change);
    else commit(change);
  };

  // Undo and redo.
  let steps = [], step = -1;
  try { ({steps, step} = JSON.parse(sessionStorage.getItem(KEY)) ?? {steps, step}); } catch { /* none were kept */ }
  const go = (to) => {
    pending = {};
    waiting = again = null;
    // What is being drawn was not yet there: one step back from it is what stands.
    if (asking?.change && to < step) to = step;
    if (!steps[to]) return;
    step = to;
    toile.choose({recipe: steps[to].recipe, caption: steps[to].caption}, {step: to});
    showSteps();
  };
  const showSteps = () => {
    all('[data-do=undo]').forEach((each) => { each.disabled = step < 1 && !asking?.change; });
    all('[data-do=redo]').forEach((each) => { each.disabled = step >= steps.length - 1; });
  };
  const note = (design, asked) => {
    if (steps[step]?.recipe !== design.recipe) {
      const draw = asked?.change?.draw, came = steps[step]?.came;
      const {edits, cloth, composition} = controls;
      let origin = {edits, cloth, composition};
      // Where sliders go back to: a changed design came as the one that was chosen, but for what was drawn anew.
      if (asked?.change && came && !asked.change.cloth?.kind) {
        origin = {edits: draw === 'form' ? edits : came.edits, cloth: draw === 'cloth' ? cloth : came.cloth, composition: came.composition};
      }
      steps = [...steps.slice(0, step + 1), {...design, came: origin}].slice(-MOST_STEPS);
      step = steps.length - 1;
    }
    try { sessionStorage.setItem(KEY, JSON.stringify({steps, step})); } catch { /* kept for this page only */ }
  };

  // Sliders.
  const valueOf = (slide) => {
    const value = Number(slide.querySelector('input').value) * ('flipped' in slide.dataset ? -1 : 1);
    return 'log' in slide.dataset ? Math.round(100 * 2 ** value) / 100 : Math.round(1000 * value) / 1000;
  };
  const usual = (slide, tree) => at(tree, slide.dataset.path) ?? Number(slide.dataset.usual);
  const words = (slide) => {
    const input = slide.querySelector('input'), {low, high} = slide.dataset;
    if (slide.dataset.path.endsWith('angle')) return `${input.value} degrees`;
    const middle = (Number(input.min) + Number(input.max)) / 2;
    const share = (Number(input.value) - middle) / (Number(input.max) - middle), far = Math.abs(share);
    const word = (share < 0 ? low : high).toLowerCase();
    return far < .03 ? 'in the middle' : far < .4 ? `a little ${word}` : far < .85 ? word : `much ${word}`;
  };
  const setSlide = (slide, value) => {
    const input = slide.querySelector('input'), sign = 'flipped' in slide.dataset ? -1 : 1;
    input.value = sign * ('log' in slide.dataset ? Math.log2(value) : value);
    tellSlide(slide);
  };
  const tellSlide = (slide) => {
    const input = slide.querySelector('input'), reset = slide.querySelector('.reset');
    input.setAttribute('aria-valuetext', words(slide));
    const before = usual(slide, steps[step]?.came);
    const shown = 'log' in slide.dataset ? Math.log2(valueOf(slide) / before) : valueOf(slide) - before;
    const moved = Math.abs(shown) > Number(input.step) * .6;
    // Who resets by keyboard goes on from the slider.
    if (!moved && document.activeElement === reset) input.focus();
    reset.hidden = !moved;
  };
  const reset = (slide) => {
    const {path} = slide.dataset;
    if (path === 'near' || path === 'mix') {
      setSlide(slide, Number(slide.dataset.usual));
      return path === 'near' ? settle() : mix(slide, true);
    }
    const value = usual(slide, steps[step]?.came);
    setSlide(slide, value);
    commit(put(path, value));
  };

  // Mixing with B starts again from the design as it was before.
  const mix = (slide, whole) => {
    const b = toile.ends?.b?.recipe;
    if (!b || !standing || asking?.change) return;
    const from = mixed?.result === standing.recipe ? mixed.from : standing;
    const share = valueOf(slide), change = {mix: {with: b, share}};
    if (!whole) return look({recipe: from.recipe, change});
    again = null;
    mixed = {from, share};
    toile.choose({recipe: from.recipe, caption: from.caption}, share ? {change, mixes: true} : {step});
  };
  const showMix = () => {
    const slide = one('.slide[data-path=mix]'), b = toile.ends?.b;
    if (!slide) return;
    slide.querySelector('input').disabled = !b?.recipe || b.recipe === standing?.recipe;
    one('[data-mix-note]').textContent = b?.recipe
      ? `B is ${b.caption}. The cut moves towards it; the cloth stays.` : 'Choose a B first, with Use as B.';
    if (mixed?.result !== standing?.recipe) setSlide(slide, 0);
  };

  // Set every control from the design that stands here; what is being moved stays under the finger.
  const fill = () => {
    document.body.dataset.movable = String(Boolean(controls.movable));
    const now = merge(controls, pending);
    all('.slide[data-path*="."]').forEach((slide) => {
      if (at(pending, slide.dataset.path) === undefined) setSlide(slide, usual(slide, now));
      else tellSlide(slide);
    });
    if (controls.movable) {
      check('kind', now.cloth.kind);
      check('family', now.cloth.family);
      check('border', now.composition.border);
      const border = one(`[name=border][value="${now.composition.border}"]`);
      if (border) one('[data-border]').textContent = border.parentElement.textContent.toLowerCase();
      one('[data-border-width]').hidden = now.composition.border === 'none';
      if (!pending.cloth?.palette) toile.palette.show(controls.cloth.palette, controls.names);
    }
    one('.phone-bar [data-do=keep]').hidden = !one('#keep');
    showMix();
    showSteps();
  };
  const check = (name, value) => all(`#desk [name=${name}]`).forEach((radio) => {
    radio.checked = radio.value === value;
    radio.closest('label').classList.toggle('selected', radio.checked);
    if (radio.checked && !radio.closest('.strip')?.matches(':hover')) {
      const strip = radio.closest('.strip, .words'), label = radio.closest('label');
      if (strip && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = label.offsetLeft - strip.offsetLeft - 40;
    }
  });

  // Locks: a held side stays when another design is chosen, and is not drawn anew.
  const held = {form: false, cloth: false};
  const lock = (side, on) => {
    held[side] = on;
    all(`[data-lock=${side}]`).forEach((each) => {
      each.setAttribute('aria-pressed', String(on));
      each.querySelector('span').textContent = on ? 'Locked' : 'Lock';
      each.setAttribute('aria-label', on ? `Locked: the ${side}` : `Lock the ${side}`);
    });
    all(`[data-draw=${side}]`).forEach((each) => { each.disabled = on; });
  };

  // After a pause the design is read, and near cuts are drawn.
  let settling = 0, tell = null, settled = 0;
  const settle = () => {
    clearTimeout(settling);
    const near = one('.slide[data-path=near]');
    tell?.({at: ++settled, near: near ? Number(near.querySelector('input').value) : undefined});
  };

  toile.desk = {
    ready(ask, element) { preview = ask; live = element.querySelector('img'); },
    onSettled(how) { tell = how; },
    settle,
    move, commit, act,
    get idle() { return Boolean(standing) && !asking && !busy; },
    asked(asked) {
      asking = asked;
      clearTimeout(settling);
      showSteps();
    },
    // The design that was asked for last stands here now.
    stands(design, shown, asked) {
      asking = null;
      standing = {recipe: design.recipe, caption: design.caption};
      controls = shown.controls ?? {};
      shownInFull(shown.asked);
      if (asked.step === undefined) note(standing, asked);
      else note(steps[step] ?? standing, asked);
      if (asked.mixes && mixed) mixed.result = design.recipe;
      fill();
      clearTimeout(settling);
      settling = setTimeout(settle, asked.change || asked.step !== undefined ? SETTLES : 0);
      const next = waiting;
      waiting = null;
      next?.();
    },
    // It cannot be drawn: the page has said why. Everything is as it stands.
    refused() {
      asking = waiting = null;
      pending = {};
      if (live) live.hidden = true;
      if (!standing) return;
      const there = steps.findLastIndex((each) => each.recipe === standing.recipe);
      if (there >= 0) step = there;
      fill();
    },
    families({kind, families = []}) {
      const strip = one('.families .strip');
      if (!strip) return;
      const there = all('.families input').map((each) => each.value).join();
      if (there !== families.map((each) => each.family).join()) {
        strip.replaceChildren(...families.map(({family}) => {
          const label = document.createElement('label'), radio = document.createElement('input');
          const picture = document.createElement('img'), word = document.createElement('span');
          radio.type = 'radio'; radio.name = 'family'; radio.value = family;
          picture.alt = ''; word.textContent = family[0].toUpperCase() + family.slice(1);
          label.append(radio, picture, word);
          return label;
        }));
        strip.dataset.kind = kind;
      }
      families.forEach(({picture}, i) => { strip.children[i].querySelector('img').src = picture; });
      check('family', controls.cloth?.family);
    },
    // The side of the design on show that a chosen one takes over; with both locked neither can be held.
    hold() {
      if (held.form && held.cloth) { lock('form', false); lock('cloth', false); }
      const side = ['form', 'cloth'].find((each) => held[each]);
      return side && standing && controls.movable ? {hold: {[side]: standing.recipe}} : {};
    },
    marked() { showMix(); },
  };

  const slideOf = (event) => event.target.closest?.('#desk .slide');
  document.addEventListener('input', (event) => {
    const slide = slideOf(event);
    if (!slide || event.target.type !== 'range') return;
    tellSlide(slide);
    const {path} = slide.dataset;
    if (path === 'mix') mix(slide, false);
    else if (path !== 'near') move(put(path, valueOf(slide)));
  });
  document.addEventListener('change', (event) => {
    const slide = slideOf(event), {name, value} = event.target;
    if (slide && event.target.type === 'range') {
      const {path} = slide.dataset;
      if (path === 'mix') mix(slide, true);
      else if (path === 'near') settle();
      else commit(put(path, valueOf(slide)));
    } else if (event.target.closest?.('#desk')) {
      if (name === 'kind' || name === 'family') commit(put(`cloth.${name}`, value));
      if (name === 'border') commit(put('composition.border', value));
      if (['kind', 'family', 'border'].includes(name)) check(name, value);
    }
  });
  document.addEventListener('dblclick', (event) => {
    const slide = slideOf(event);
    if (slide && !event.target.closest('.reset')) reset(slide);
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const {do: what, lock: side, draw, nudge} = button.dataset;
    if (button.classList.contains('reset')) reset(button.closest('.slide'));
    else if (what === 'undo') go(step - 1);
    else if (what === 'redo') go(step + 1);
    else if (what === 'keep') one('#keep')?.click();
    else if (side) lock(side, !held[side]);
    else if (draw) act({draw, seed: seed()});
    else if (nudge) {
      const {path, by} = JSON.parse(nudge), slide = one(`.slide[data-path="${path}"]`);
      const {min, max} = slide.querySelector('input'), limit = Math.max(Math.abs(min), Math.abs(max));
      const value = Math.min(limit, Math.max(-limit, valueOf(slide) + by));
      commit(put(path, value));
      toileShow('#desk', 'start');
    }
  });
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !one('#desk')?.offsetParent) return;
    const writes = event.target.matches?.('textarea, input:not([type=range], [type=radio], [type=color], [type=checkbox])');
    const key = event.key.toLowerCase();
    if (writes || (key !== 'z' && key !== 'y')) return;
    event.preventDefault();
    go(key === 'y' || event.shiftKey ? step + 1 : step - 1);
  });
})();
