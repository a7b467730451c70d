element.addEventListener('click', async (event) => {
  const chip = event.target.closest('button[data-copy]');
  if (!chip) return;
  await toileCopy(chip.dataset.copy);
  const name = chip.querySelector('[data-said]');
  const before = name.textContent;
  name.textContent = 'Copied';
  setTimeout(() => { name.textContent = before; }, 1200);
});
