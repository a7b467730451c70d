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
  let send = null, asked = null, first = null, standing = {}, opening = null;
  const choose = (design, more) => {
    asked = {...design, ...more};
    send?.(asked);
  };

  // Open the tab of designs with one on the stand.
  const show = ({recipe, caption}) => {
    go({tab: TABS[1], recipe, caption});
    open(TABS[1]);
    choose({recipe, caption}, {show: 'nearest'});
  };

  window.toile = {
    choose,
    show,
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
      if (shown.recipe !== design?.recipe) {
        // A link that cannot be opened, before anything else stood there.
        asked = null;
        if (first) choose(first, {otherwise: first});
        return;
      }
      standing = design;
      if (!asked || ![asked, asked.otherwise].some((each) => each?.recipe.includes(design.recipe))) return;
      go({...here(), ...design}, asked.otherwise ? 'replaceState' : 'pushState');
      if (asked.show) toileShow('#stand', asked.show);
      delete asked.show;
    },
  };

  addEventListener('popstate', () => {
    const {tab, ...design} = here();
    open(tab);
    if (design.recipe) choose(design);
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-recipe]');
    if (button) show(button.dataset);
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
