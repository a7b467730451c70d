(file) => {
  const link = document.createElement('a');
  link.href = file.url;
  link.download = file.orig_name;
  link.click();
}
