// Where the visitor is: which tab is open and which design stands on the stand. Both are in the address, so that
// it can be shared, and in the browser's history, so that its back button works.
(() => {
  const TABS = ['analyse', 'generate'];
  const here = () => history.state?.toile ?? {tab: TABS[0]};
  const address = ({tab, recipe}) => {
    const url = new URL(location);
    url.searchParams.delete('tab');
    url.searchParams.delete('recipe');
    if (tab === TABS[1]) url.searchParams.set(recipe ? 'recipe' : 'tab', recipe || tab);
    return url;
  };
  const go = (place, how = 'pushState') => {
    const same = place.tab === here().tab && place.recipe === here().recipe;
    if (how === 'replaceState' || !same) history[how]({toile: place}, '', address(place));
  };
  const open = (tab) => {
    const all = document.querySelectorAll('#tabs .tab-container:not(.visually-hidden) button[role=tab]');
    const button = all[TABS.indexOf(tab)];
    if (!button) requestAnimationFrame(() => open(tab));
    else if (button.getAttribute('aria-selected') !== 'true') button.click();
  };

  // `asked` is the design that was asked for last, `standing` the one that came of it.
  // Each has a number of its own, which comes back with it.
  let send = null, asked = null, first = null, standing = {}, opening = null, last = 0, arrived = 0;
  const number = () => ++last;
  const choose = (design, more) => {
    asked = {...design, ...more, asked: number()};
    toile.desk?.asked(asked);
    send?.(asked);
  };

  // Open the tab of designs with one on the stand.
  const show = ({recipe, caption}, more) => {
    go({tab: TABS[1], recipe, caption});
    open(TABS[1]);
    choose({recipe, caption}, {show: 'start', ...more});
  };

  // The sheet and its wishes, or one line of its designs over the one on the stand.
  const FOLDED = 'toile-folded';
  const fold = (on) => {
    document.body.dataset.sheet = on ? 'rail' : '';
    try { sessionStorage.setItem(FOLDED, on ? 'yes' : ''); } catch { /* for this page only */ }
  };
  try { fold(sessionStorage.getItem(FOLDED)); } catch { /* nothing was kept */ }

  window.toile = {
    choose,
    fold,
    show,
    number,
    // The page can take questions now: from here on `ask` passes them to Python.
    ready(ask) {
      send = ask;
      if (asked) ask(asked);
    },
    tabOpened(tab) {
      if (tab === opening) opening = null;
      else if (!opening && tab !== here().tab) go({...standing, tab});
    },
    // The first sheet was drawn. If nothing was asked for yet: what stood there last, or the first of the sheet.
    begin(kept, sheet) {
      first = {recipe: sheet.recipes[0], caption: `No. 1, seed ${sheet.seed}`};
      if (!asked) choose(kept?.recipe ? kept : first, {otherwise: first});
    },
    // A design stands on the stand. One that was overtaken by another is not gone to.
    arrived(design, shown) {
      const refused = shown.asked === arrived || shown.recipe !== design?.recipe;
      arrived = shown.asked;
      if (refused) {
        toile.desk.refused();
        // A link that cannot be opened, before anything else stood there.
        if (shown.recipe) return;
        asked = null;
        if (first) choose(first, {otherwise: first});
        return;
      }
      standing = design;
      if (shown.asked !== asked?.asked) return;
      const quiet = asked.otherwise || asked.change || asked.step !== undefined;
      go({...here(), ...design}, quiet ? 'replaceState' : 'pushState');
      toile.desk.stands(design, shown, asked);
      if (asked.show) toileShow('#desk', asked.show);
      delete asked.show;
    },
  };

  addEventListener('popstate', () => {
    const {tab, ...design} = here();
    open(tab);
    if (design.recipe) choose(design);
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button?.dataset.tab) open(button.dataset.tab);
    if (button?.dataset.fold !== undefined) fold(false);
    if (!button?.dataset.recipe) return;
    // On the desk it stays where it is; from the sheet, that makes room for it.
    if (button.closest('#sheet')) toile.fold(true);
    show(button.dataset, {...(button.closest('#desk') && {show: undefined}), ...toile.desk.hold()});
  });

  const query = new URL(location).searchParams, recipe = query.get('recipe');
  if (recipe && here().recipe !== recipe) {
    go({tab: TABS[1], recipe, caption: 'From a link'}, 'replaceState');
    choose(here(), {show: 'start'});
  } else if (recipe) {
    choose(here());
  } else if (query.get('tab') === TABS[1]) {
    go({...here(), tab: TABS[1]}, 'replaceState');
  }
  // Gradio may tell of its first tab before it comes to the one that the address asks for.
  if (here().tab !== TABS[0]) opening = here().tab;
  open(here().tab);
})();
