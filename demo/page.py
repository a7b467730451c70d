"""Gradio's page, with refusals of our own where its types do not fit."""

from __future__ import annotations

from typing import Any

import gradio as gr

from demo.arguments import PICTURE, refusal
from demo.uploads import FileUpload


class Page(gr.Blocks):
    """A page whose public endpoints fill in defaults and refuse in sentences.

    Gradio's client for Python fills in defaults by itself; other callers send what they have.
    """

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Give values that were not sent their defaults; refuse more values than there are arguments."""
        if block_fn.api_visibility == "public":
            takes = block_fn.inputs
            if len(inputs) > len(takes):
                raise gr.Error(
                    f"/{block_fn.api_name} takes {len(takes)} values at most; {len(inputs)} came.",
                    print_exception=False,
                )
            inputs.extend(each.value for each in takes[len(inputs) :])
        super().validate_inputs(block_fn, inputs)

    async def preprocess_data(
        self,
        block_fn: Any,
        inputs: list[Any],
        state: Any,
        explicit_call: bool = False,
    ) -> Any:
        """Gradio's, whose errors on a value that is no upload name its classes."""
        try:
            return await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except gr.Error:
            raise
        except ValueError:
            for component, value in zip(block_fn.inputs, inputs, strict=False):
                if isinstance(component, FileUpload):
                    raise refusal("image", value, PICTURE) from None
            raise
