async (design) => {
  const link = new URL(location.pathname, location.origin);
  link.searchParams.set('recipe', design.recipe);
  await toileCopy(link.href);
  const button = document.querySelector('#copy-link');
  button.textContent = 'Link copied';
  setTimeout(() => { button.textContent = 'Copy link'; }, 1200);
}
