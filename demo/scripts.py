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
#: Which tab is open and which design is asked for, in the address and in the browser's history.
PLACES_JS = read_static("places.js")
#: The desk: its controls, moves, previews, undo and redo. After the places, whose designs it asks for.
DESK_JS = read_static("desk.js")
#: The palette of the desk.
PALETTE_JS = read_static("palette.js")
HEAD_SCRIPTS = (PAGE_JS, KEYBOARD_JS, PHOTO_JS, WORDS_JS, PLACES_JS, DESK_JS, PALETTE_JS)

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
#: Marks one or two kept designs.
KEPT_JS = read_static("kept.js")
#: A click on a colour copies its hex.
COPY_COLOUR_JS = read_static("copy-colour.js")

#: Passes a design that was asked for to Python.
ASK_JS = read_static("ask.js")

# Scripts of components that are one line.

#: The design has not been changed for a while: it is read, and near cuts are drawn.
SETTLED_JS = "toile.desk.onSettled((how) => { props.value = how; trigger('input'); });"
#: Previews are asked of the server while a control moves.
LIVE_JS = "toile.desk.ready((asked) => server.preview(asked), element);"

# Scripts of events.

#: After a refusal everything can be asked again.
LOOK_FAILED_JS = read_static("look-failed.js")
#: Copies the recipe of the design on the stand, and says so on the button; so does the next with a link to it.
COPY_RECIPE_JS = read_static("copy-recipe.js")
COPY_LINK_JS = read_static("copy-link.js")
#: After something was chosen further down or up, what came of it is brought into sight.
SHOW_COMPARE_JS = read_static("show-compare.js")
#: Takes a reading only if its design still stands on the stand.
READ_BACK_JS = read_static("read-back.js")
#: Marks what stands on the stand and what is A and B, wherever it is shown; words for the two buttons.
MARKED_JS = read_static("marked.js")
#: Marks the design that stands on the stand in the sections below it.
PRESSED_JS = read_static("pressed.js")
#: Hands a file over that was made when it was asked for.
SAVE_FILE_JS = read_static("save-file.js")

#: A and B as the first sheet offers them, but for an end that was chosen while it was drawn.
FIRST_ENDS_JS = read_static("first-ends.js")
#: Says on the button that a design was kept.
KEEP_SAID_JS = "() => toileSaid('#keep, button[data-do=keep]', 'Kept')"

# Those that are one line.

CHOOSE_RECIPE_JS = "(recipe) => toile.choose({recipe, caption: 'From a recipe'}, {show: 'nearest'})"
SHOW_DESIGN_JS = "(design) => { if (design?.recipe) toile.show(design); }"
ARRIVED_JS = "(design, shown) => toile.arrived(design, shown)"
SWATCHES_JS = "(swatches) => toile.desk.families(swatches)"
SETTLE_JS = "() => toile.desk.settle()"
SHOW_READ_BACK_JS = "() => toileShow('#read-back', 'start')"
BEGIN_JS = "(design, sheet) => toile.begin(design, sheet)"
TAB_JS = {name: f"() => toile.tabOpened('{name}')" for name in ("analyse", "generate")}
NOT_READ_JS = (
    "(shown) => ({...shown, sentence: shown.sentence.includes('working') ? '' : shown.sentence})"
)
USE_AS_A_JS = "(design, ends) => design.recipe ? {...ends, a: design} : ends"
USE_AS_B_JS = "(design, ends) => design.recipe ? {...ends, b: design} : ends"
PUT_HERE_JS = (
    "(design, more) => "
    "design.recipe ? {designs: [...(more.designs ?? []), design].slice(0, 4)} : more"
)
OPEN_ANALYSE_JS = "() => document.querySelector('#tabs [role=tab]')?.click()"
TAKE_OFF_JS = "(more) => ({designs: (more.designs ?? []).slice(0, -1)})"
SWAP_JS = "(ends) => ({a: ends.b, b: ends.a})"
SECTIONS_JS = "(design) => toileSections.changed(design)"
#: Sections that are open show what they have anew, whatever stands on the stand.
ASK_SECTIONS_JS = "() => toileSections.ask()"
#: Of a component without content: tells the server that it was asked.
_ASK = "() => { props.value = Date.now(); trigger('input'); }"


def see_js(name: str) -> str:
    """What the browser keeps under ``name`` may have changed: if it has, those that wait for it are told."""
    return f"(kept) => toileChanged.see('{name}', kept)"


def on_new_js(name: str) -> str:
    """Of a component that asks when what the browser keeps under ``name`` is something else."""
    return f"toileChanged.on('{name}', {_ASK});"


def section_js(elem_id: str) -> str:
    """Of a section below the stand: it asks for what it shows when another design stands there."""
    return f"toileSections.add('{elem_id}', {_ASK});"
