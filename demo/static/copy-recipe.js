async (design) => {
  await toileCopy(design.recipe);
  const button = document.querySelector('#copy-recipe');
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = 'Copy recipe'; }, 1200);
}
