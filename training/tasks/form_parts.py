"""The parts of the form generator that are trained before its flow, from the checkpoints of their runs."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from fashion_core.networks.form import FormDecoder, FormEncoder
from fashion_core.networks.refiner import GRID, DetailedEncoder, FormRefiner
from training.engine.loop import state_of

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class FormParts:
    """From maps to codes and back, averaged and evaluated."""

    encoder: DetailedEncoder
    decoder: FormDecoder
    refiner: FormRefiner
    #: ``code`` and ``detail``.
    sizes: dict[str, int]


def trained_autoencoder(content: dict[str, Any]) -> tuple[FormEncoder, FormDecoder]:
    """Encoder and decoder of a run's checkpoint, averaged."""
    encoder, decoder = _of(content, "encoder"), _of(content, "decoder")
    code = decoder["first.weight"].shape[1]
    parts = FormEncoder(code), FormDecoder(code)
    for part, state in zip(parts, (encoder, decoder), strict=True):
        part.load_state_dict(state)
        part.eval()
    return parts


def trained_parts(form: dict[str, Any], detail: dict[str, Any]) -> FormParts:
    """All parts, of the checkpoints of the runs of the autoencoder and of the refiner."""
    encoder, decoder = trained_autoencoder(form)
    details, refiner = _of(detail, "encoder"), _of(detail, "refiner")
    sizes = {
        "code": decoder.first.in_features,
        "detail": refiner["detail.weight"].shape[1] * prod(GRID),
    }
    whole, refined = DetailedEncoder(**sizes), FormRefiner(sizes["detail"])
    whole.form.load_state_dict(encoder.state_dict())
    whole.detail.load_state_dict(details)
    refined.load_state_dict(refiner)
    return FormParts(whole.eval(), decoder, refined.eval(), sizes)


def _of(content: dict[str, Any], name: str) -> dict[str, Tensor]:
    """The averaged weights of one part of a run."""
    prefix = f"{name}."
    average = state_of(content, "average").items()
    return {k.removeprefix(prefix): v for k, v in average if k.startswith(prefix)}
