() => {
  document.querySelectorAll('.second select, .second button').forEach((e) => { e.disabled = false; });
  document.querySelectorAll('button[data-before]').forEach((e) => { e.textContent = e.dataset.before; });
}
