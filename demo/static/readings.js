const ask = (attribute, label) => {
  element.querySelectorAll('.second select, .second button').forEach((e) => { e.disabled = true; });
  trigger('click', {attribute, label});
};
element.addEventListener('change', (event) => {
  const choice = event.target.closest('select[data-attribute]');
  if (choice) ask(choice.dataset.attribute, choice.value);
});
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-look]');
  if (!button) return;
  button.dataset.before = button.textContent;
  button.textContent = 'Looking again ...';
  ask(button.dataset.look, '');
});
