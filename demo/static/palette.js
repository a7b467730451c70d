// The palette of the desk: the ground first. One colour is chosen, and shown in the line below; locked ones stay
// when others are drawn.
(() => {
  const MOST = 6, MOST_TO_ADD = 5;
  const one = (what) => document.querySelector(what);
  let palette = [], names = [], chosen = 0, locked = new Set(), swapping = false;
  const say = (text) => { one('.drawer [data-said]').textContent = text; };

  const chip = (i) => {
    const button = document.createElement('button'), cloth = document.createElement('span'), name = document.createElement('span');
    button.type = 'button';
    button.dataset.colour = i;
    cloth.className = 'swatch';
    name.className = 'called';
    button.append(cloth, name);
    return button;
  };
  const draw = () => {
    const chips = one('.chips');
    if (!chips) return;
    const there = chips.querySelectorAll('[data-colour]').length;
    if (there !== palette.length) {
      chips.replaceChildren(...palette.map((_, i) => chip(i)));
      const add = chip(0);
      add.removeAttribute('data-colour');
      add.dataset.do = 'add';
      add.querySelector('.called').textContent = 'Add';
      if (palette.length < MOST_TO_ADD) chips.append(add);
    }
    palette.forEach((hex, i) => {
      const button = chips.children[i], called = names[i] ?? hex;
      button.style.setProperty('--c', hex);
      button.classList.toggle('ground', i === 0);
      button.classList.toggle('held', locked.has(i));
      button.setAttribute('aria-pressed', String(i === chosen));
      button.querySelector('.called').textContent = i ? called : `${called} ground`;
      button.title = locked.has(i) ? `${called}, locked` : called;
    });
    const colour = one('.chosen-colour [type=color]'), hex = one('.chosen-colour .hex'), hold = one('[data-do=hold-colour]');
    colour.value = palette[chosen];
    if (document.activeElement !== hex) hex.value = palette[chosen].toUpperCase();
    one('.chosen-colour [data-name]').textContent = names[chosen] ?? '';
    hold.setAttribute('aria-pressed', String(locked.has(chosen)));
    hold.querySelector('span').textContent = locked.has(chosen) ? 'Locked' : 'Lock';
    one('[data-do=remove]').hidden = palette.length < 2;
    one('[data-do=swap]').disabled = palette.length < 2;
    one('[data-do=swap]').setAttribute('aria-pressed', String(swapping));
    one('[data-do=photo]').hidden = !ofPhoto().length;
  };
  // The colours of the photo that the other tab shows.
  const ofPhoto = () => [...document.querySelectorAll('#cloth .cloth [data-copy]')].map((each) => each.dataset.copy.toLowerCase()).slice(0, MOST);
  const take = (next, whole = true) => {
    palette = next;
    draw();
    toile.desk[whole ? 'commit' : 'move']({cloth: {palette}});
  };
  const written = (text) => {
    const found = text.trim().match(/^#?([0-9a-f]{6})$/i);
    return found && `#${found[1].toLowerCase()}`;
  };
  const at = (i, hex) => palette.map((each, k) => k === i ? hex : each);

  toile.palette = {
    show(colours, called) {
      if (colours.length !== palette.length) locked = new Set([...locked].filter((i) => i < colours.length));
      palette = colours;
      names = called;
      chosen = Math.min(chosen, palette.length - 1);
      draw();
    },
    name(called) {
      names = called;
      draw();
    },
  };

  const press = (button) => {
    const {do: what, colour} = button.dataset;
    if (colour !== undefined) {
      const i = Number(colour);
      if (swapping && i !== chosen) {
        const next = [...palette], was = locked.has(i);
        [next[i], next[chosen]] = [next[chosen], next[i]];
        [names[i], names[chosen]] = [names[chosen], names[i]];
        locked.has(chosen) ? locked.add(i) : locked.delete(i);
        was ? locked.add(chosen) : locked.delete(chosen);
        swapping = false;
        chosen = i;
        say('');
        return take(next);
      }
      chosen = i;
      return draw();
    }
    if (what === 'swap') {
      swapping = !swapping;
      say(swapping ? `Press the colour that changes places with ${(names[chosen] ?? 'this one').toLowerCase()}.` : '');
      draw();
    } else if (what === 'shuffle') {
      toile.desk.act({shuffle: {seed: crypto.getRandomValues(new Uint32Array(1))[0], locked: [...locked]}});
    } else if (what === 'add') {
      chosen = palette.length;
      toile.desk.act({add: true});
    } else if (what === 'remove') {
      locked = new Set([...locked].filter((i) => i !== chosen).map((i) => i > chosen ? i - 1 : i));
      const next = palette.filter((_, i) => i !== chosen);
      names = names.filter((_, i) => i !== chosen);
      chosen = Math.max(0, chosen - 1);
      take(next);
    } else if (what === 'hold-colour') {
      locked.has(chosen) ? locked.delete(chosen) : locked.add(chosen);
      draw();
    } else if (what === 'photo') {
      const found = ofPhoto();
      take(found.map((hex, i) => locked.has(i) && palette[i] ? palette[i] : hex));
    }
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest('#desk-cloth button');
    if (button) press(button);
  });
  document.addEventListener('input', (event) => {
    if (event.target.matches('.chosen-colour [type=color]')) take(at(chosen, event.target.value), false);
  });
  document.addEventListener('change', (event) => {
    const {target} = event;
    if (target.matches('.chosen-colour [type=color]')) take(at(chosen, target.value));
    if (!target.matches('.chosen-colour .hex')) return;
    const hex = written(target.value);
    say(hex ? '' : 'That is no colour. Write six hex digits, as in #1B2A49.');
    target.toggleAttribute('aria-invalid', !hex);
    if (hex) take(at(chosen, hex));
  });
})();
