element.addEventListener('input', (event) => {
  if (event.target.type !== 'range') return;
  event.target.closest('.compare').style.setProperty('--at', event.target.value + '%');
});
