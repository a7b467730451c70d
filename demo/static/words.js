// Our words where Gradio's scripts have theirs built in. What it looks up in a table is in gradio_words.py.
const TEXTS = {"Click to Access Webcam": "Open the camera", "Uploading 1 file...": "Sending your photo ..."};
const NAMES = {
  "Upload file": "Choose a file", "Capture from camera": "Take a photo", "Paste from clipboard": "Paste a photo",
  "capture photo": "Take the photo", "select input source": "Choose a camera", "select source": "Camera",
  "grant webcam access": "Open the camera", "File upload": "A photo of a garment", "Empty value": "Nothing yet",
};
const MESSAGES = [
  [/^Invalid file type/, "That file is not a picture. Try a JPEG, PNG, WebP or HEIC."],
  [/maximum allowed size|File size exceed/, "That file is larger than 40 MB, the most I can take. Send a smaller copy."],
  [/^Queue is full|currently busy/, "Many are asking at once. Please try again in a minute."],
  [/^Connection to the server was lost/, "I cannot reach the program behind this page. I keep trying."],
  [/^Connection errored out|^Failed to fetch|^NetworkError|^Load failed/,
    "I cannot reach the program behind this page. See that it runs, then try again."],
  [/NotAllowedError|Permission denied|allow access to the webcam/,
    "The browser keeps the camera to itself. Allow it beside the address, then try again."],
];
const ATTRIBUTES = ["aria-label", "title"];
const reword = (node) => {
  if (node.nodeType === Node.TEXT_NODE) {
    const said = node.data.replace(/\s+/g, " ").trim();
    const message = node.parentElement?.closest(".toast-message-text")
      && MESSAGES.find(([pattern]) => pattern.test(said))?.[1];
    const text = message || (node.parentElement?.closest("#drop") && TEXTS[said]);
    if (text && text !== said) node.data = text;
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  if (node.matches(".toast-header")) {
    // It folds messages of one kind; their headings are not shown, and the button inside it closes them.
    node.removeAttribute("role");
    node.removeAttribute("tabindex");
  }
  if (node.closest("#drop")) {
    ATTRIBUTES.forEach((name) => {
      const word = NAMES[node.getAttribute(name)];
      if (word) node.setAttribute(name, word);
    });
  }
  node.childNodes.forEach(reword);
};
new MutationObserver((changes) => changes.forEach((change) => {
  if (change.type === "childList") change.addedNodes.forEach(reword);
  else reword(change.target);
})).observe(document, {
  subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
});
