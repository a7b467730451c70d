"""A file that is made when its button is pressed, and not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence  # noqa: TC003 - Gradio reads annotations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import gradio as gr

from demo import scripts
from demo.events import QUIET

if TYPE_CHECKING:
    from gradio.components import Component


class Download:
    """A button that says what it waits for and how long, and then hands the file over.

    Args:
        label: what stands on the button.
        elem_id: of the button.
        variant: the one that a section is for is ``primary``.
    """

    def __init__(
        self, label: str, elem_id: str, variant: Literal["primary", "secondary"] = "secondary"
    ) -> None:
        self.label = label
        self.button = gr.Button(label, elem_id=elem_id, variant=variant)
        self._file = gr.File(visible=False)

    def makes(
        self, make: Callable[..., str], inputs: Sequence[Component], waiting: Callable[[], str]
    ) -> None:
        """What a press does.

        Args:
            make: writes the file from the values of ``inputs``, returns its path; a ``gr.Error`` says why not.
            waiting: what the button says meanwhile.
        """

        def press(*values: Any) -> Iterator[tuple[Any, ...]]:
            yield gr.Button(waiting(), interactive=False), gr.skip()
            ready = gr.Button(self.label, interactive=True)
            try:
                path = make(*values)
            except gr.Error:
                yield ready, gr.skip()
                raise
            yield ready, path

        self._on_click(press, inputs)

    def makes_in_steps(
        self, make: Callable[..., Iterator[str | Path]], inputs: Sequence[Component]
    ) -> None:
        """As :meth:`makes`, for what takes long: ``make`` yields what the button says, and last the path."""

        def press(*values: Any) -> Iterator[tuple[Any, ...]]:
            ready = gr.Button(self.label, interactive=True)
            try:
                for step in make(*values):
                    if isinstance(step, Path):
                        yield ready, str(step)
                    else:
                        yield gr.Button(step, interactive=False), gr.skip()
            except gr.Error:
                yield ready, gr.skip()
                raise

        self._on_click(press, inputs)

    def _on_click(self, press: Callable[..., object], inputs: Sequence[Component]) -> None:
        made = self.button.click(press, list(inputs), [self.button, self._file], **QUIET)
        made.success(None, self._file, None, js=scripts.SAVE_FILE_JS, **QUIET)
