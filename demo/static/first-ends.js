(ends, {before, ends: offered}) => {
  const chosen = (end) => (ends[end]?.recipe ?? '') !== before[end].recipe;
  return Object.fromEntries(['a', 'b'].map((end) => [end, chosen(end) ? ends[end] : offered[end]]));
}
