"""The page's JavaScript, read once from ``static/``.

A component's script (``js_on_load``) is given ``element``, the component's node, and ``trigger``, which
raises an event that Python listens to. An event's script (``js``) is one function.
"""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).with_name("static")


def read_static(name: str) -> str:
    """The text of a file in ``static/``, wherever the page was started from."""
    return (STATIC / name).read_text(encoding="utf-8")


# Scripts of the page, which run once, in its head.

#: Clipboard, scrolling, and the switch of light and dark.
PAGE_JS = read_static("page.js")
#: Tab stops and arrow keys of Gradio's lists, radio buttons and tabs.
KEYBOARD_JS = read_static("keyboard.js")
#: A photo comes to the drop area from wherever it is pasted, and with whatever suffix.
PHOTO_JS = read_static("photo.js")
#: Our words where Gradio's scripts have theirs built in.
WORDS_JS = read_static("words.js")
HEAD_SCRIPTS = (PAGE_JS, KEYBOARD_JS, PHOTO_JS, WORDS_JS)

# Scripts of components.

#: Click on a ``data-i`` button tells Python its number; arrow keys move between the pictures.
CHOOSE_JS = read_static("choose.js")
#: The dividing thread follows finger and arrow keys; nothing is asked of the server.
COMPARE_JS = read_static("compare.js")
#: Draw a box with finger or mouse, or move its corners by hand or arrow keys; the buttons send it.
BOX_JS = read_static("box.js")
#: Mark what is garment by finger or mouse, beside the box.
BRUSH_JS = read_static("brush.js")
#: Corrects a reading, or asks where the network looked. One thing at a time: all else waits for the answer.
READINGS_JS = read_static("readings.js")
#: Frames are loaded once and swapped by ``src``; nothing is asked of the server.
MORPH_JS = read_static("morph.js")
#: A click on a colour copies its hex.
COPY_COLOUR_JS = read_static("copy-colour.js")

# Scripts of events.

#: After a refusal everything can be asked again.
LOOK_FAILED_JS = read_static("look-failed.js")
#: Copies the recipe of the design on the stand, and says so on the button.
COPY_RECIPE_JS = read_static("copy-recipe.js")
#: After something was chosen further down or up, what came of it is brought into sight.
SHOW_STAND_JS = read_static("show-stand.js")
SHOW_COMPARE_JS = read_static("show-compare.js")
