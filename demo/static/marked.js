(design, ends) => {
  toile.ends = ends;
  requestAnimationFrame(() => {
    document.querySelectorAll('button[data-recipe]').forEach((button) => {
      const recipe = button.dataset.recipe;
      // A design that was changed at the desk is still the one of the sheet that it came from.
      const same = button.closest('#sheet') && `${button.dataset.caption}, changed` === design.caption;
      button.setAttribute('aria-pressed', String(recipe === design.recipe || Boolean(same)));
      const letters = ['a', 'b'].filter((end) => ends[end]?.recipe === recipe).join('').toUpperCase();
      button.querySelector('.badge')?.remove();
      if (!letters) return;
      const badge = document.createElement('span');
      badge.className = 'badge';
      badge.textContent = letters;
      button.append(badge);
    });
    document.querySelectorAll('#ends b').forEach((name) => {
      name.textContent = ends[name.dataset.end]?.caption ?? '';
    });
    toile.desk.marked();
    document.querySelector('#ends p')?.toggleAttribute('hidden', !ends.a?.recipe);
  });
  return ['a', 'b'].map((end) => {
    const letter = end.toUpperCase();
    return design.recipe && ends[end]?.recipe === design.recipe ? `This is ${letter}` : `Use as ${letter}`;
  });
}
