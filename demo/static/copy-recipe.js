async (recipe) => {
  await toileCopy(recipe);
  const button = document.querySelector('#copy-recipe');
  const before = button.textContent;
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = before; }, 1200);
}
