(design) => requestAnimationFrame(() => {
  document.querySelectorAll('.t-fold button[data-recipe]').forEach((button) => {
    button.setAttribute('aria-pressed', String(button.dataset.recipe === design?.recipe));
  });
})
