// How a photo comes to the drop area: pasted anywhere on the tab of readings, or with a suffix that the browser
// does not know (HEIC on Windows has no type, and without one Gradio refuses it).
const TEXT_FIELDS = "input:not([type=range], [type=radio], [type=file]), textarea, [contenteditable]";
const TYPES = {heic: "heic", heif: "heif", hif: "heif", avif: "avif", tif: "tiff", tiff: "tiff", webp: "webp"};
const photoArea = () => document.querySelector("#drop .image-container > .upload-container");
const typed = (file) => {
  const type = TYPES[file.name.split(".").at(-1).toLowerCase()];
  return file.type || !type ? file : new File([file], file.name, {type: `image/${type}`});
};
const carried = (file) => {
  const carrier = new DataTransfer();
  carrier.items.add(typed(file));
  return carrier;
};
const lay = (file) => {
  const input = photoArea().querySelector("input[type=file]"), dataTransfer = carried(file);
  if (input) {
    input.files = dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  } else {
    // Where the area waits for the press that pastes, it has no input; but a drop it takes.
    photoArea().dispatchEvent(new DragEvent("drop", {dataTransfer, cancelable: true}));
  }
};
addEventListener("paste", (event) => {
  const file = event.clipboardData?.files[0];
  const here = document.querySelector("[role=tab][data-tab-id=analyse][aria-selected=true]");
  if (!file || !here || !photoArea() || event.target.closest?.(TEXT_FIELDS)) return;
  event.preventDefault();
  lay(file);
});
const untyped = (files) => files?.length && typed(files[0]) !== files[0];
addEventListener("change", (event) => {
  if (!event.target.matches("#drop input[type=file]") || !untyped(event.target.files)) return;
  event.target.files = carried(event.target.files[0]).files;
}, true);
addEventListener("drop", (event) => {
  if (!event.target.closest?.("#drop") || !untyped(event.dataTransfer?.files)) return;
  event.preventDefault();
  event.stopPropagation();
  lay(event.dataTransfer.files[0]);
}, true);
