"""What callers send to the endpoints, checked: a refusal says what came and what would be right."""

from __future__ import annotations

from typing import Any

import gradio as gr

#: Standard deviations along a direction.
MOST_SIGMA = 20
#: Longer texts are cut in sentences.
MOST_LETTERS = 40
PICTURE = (
    "Upload a picture and send its file; with Gradio's client for Python that is handle_file(path)."
)


def named(value: Any) -> str:
    """A value as a sentence names it.

    >>> named(5), named("blue"), named([1, 2]), named(None)
    ('the number 5', "the text 'blue'", 'a list of 2', 'nothing (null)')
    """
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"the number {clipped(str(value))}"
    if isinstance(value, str):
        return f"the text {clipped(value)!r}" if value else "an empty text"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    return "an object that is no upload of this page" if "path" in value else "an object"


def clipped(text: str) -> str:
    """A text of any length as a sentence quotes it."""
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}..."


def refusal(name: str, value: object, right: str) -> gr.Error:
    """The error that says what came for an argument, and what would be right."""
    return gr.Error(f"{name} is {named(value)}. {right}", print_exception=False)


def picture(path: str | None) -> str:
    """The path of an upload.

    Raises:
        gr.Error: nothing was sent.
    """
    if not path:
        raise gr.Error(
            f"No picture came: image is nothing (null). {PICTURE}", print_exception=False
        )
    return path


def whole_number(name: str, value: object, right: str) -> int:
    """A whole number; JSON knows no difference between 4 and 4.0.

    Raises:
        gr.Error: anything else.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refusal(name, value, right)
    return value


def text(name: str, value: object, right: str) -> str:
    """A text that is not empty.

    Raises:
        gr.Error: anything else.
    """
    if not isinstance(value, str) or not value.strip():
        raise refusal(name, value, right)
    return value


def wishes(value: object, keys: str) -> dict[str, str]:
    """Wishes, whose keys and classes the generator checks.

    Args:
        value: what was sent.
        keys: what may be wished for, for the sentence.

    Raises:
        gr.Error: it is not one word each.
    """
    if not isinstance(value, dict):
        raise refusal(
            "wishes", value, f'Send an object such as {{"pattern": "floral"}}; its keys are {keys}.'
        )
    for key, each in value.items():
        if not isinstance(each, str):
            raise refusal(f"The wish {clipped(str(key))!r}", each, "Send one word for each wish.")
    return {clipped(key): clipped(each) for key, each in value.items()}


def cloth(value: object) -> dict[str, Any]:
    """Fields of a cloth, which :class:`fashion_core.Cloth` checks.

    Raises:
        gr.Error: it is no object.
    """
    if not isinstance(value, dict):
        right = 'Send an object such as {"kind": "floral", "palette": ["#1b2a49", "#f2e8d5"]}.'
        raise refusal("cloth", value, right)
    return {clipped(str(key)): each for key, each in value.items()}


def amounts(value: object) -> tuple[tuple[str, float], ...]:
    """Directions and how far to go along each, in standard deviations.

    Raises:
        gr.Error: it is no object of numbers from -20 to 20.
    """
    right = 'Send an object such as {"length": 1.5}; amounts are numbers from -20 to 20.'
    if not isinstance(value, dict):
        raise refusal("amounts", value, right)
    for name, amount in value.items():
        number = isinstance(amount, (int, float)) and not isinstance(amount, bool)
        if not (number and abs(amount) <= MOST_SIGMA):
            raise refusal(f"The amount {clipped(str(name))!r}", amount, right)
    return tuple((clipped(str(name)), float(amount)) for name, amount in value.items())
