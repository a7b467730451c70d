"""All architectures by name. ``build(name, **arguments)`` is what a checkpoint's config is read with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fashion_core.networks.dcgan import DCGANDiscriminator, DCGANGenerator

if TYPE_CHECKING:
    from torch import nn

REGISTRY: dict[str, type[nn.Module]] = {
    "dcgan_generator": DCGANGenerator,
    "dcgan_discriminator": DCGANDiscriminator,
}


def build(architecture: str, **arguments: Any) -> nn.Module:
    """Make the network that ``architecture`` names, freshly initialised.

    Raises:
        ValueError: no such architecture.
    """
    if architecture not in REGISTRY:
        raise ValueError(f"No architecture {architecture!r}; there are {', '.join(REGISTRY)}.")
    return REGISTRY[architecture](**arguments)
