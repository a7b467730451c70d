"""The generative adversarial networks of the 2020 study, trained as its report says.

DCGAN: Radford et al., ICLR 2016; binary cross-entropy with the non-saturating generator loss of
Goodfellow et al., 2014. Beside the generator runs an exponential moving average of its weights, which is
what ships: single steps of a GAN wander (Yazici et al., "The unusual effectiveness of averaging in GAN
training", ICLR 2019).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from fashion_core.networks import build
from fashion_core.preprocess import to_pixels, to_signed
from training.data.files import write_picture
from training.engine.loop import StepModule, fast_bfloat16, mix, update_average

if TYPE_CHECKING:
    from pathlib import Path

    from fashion_core.networks.dcgan import DCGANGenerator
    from fashion_core.networks.dense_gan import DenseGenerator


@dataclass(frozen=True)
class GANSettings:
    """Hyper-parameters of one generator; the defaults are those of the 2020 study's DCGAN."""

    generator: str = "dcgan_generator"
    generator_arguments: dict[str, Any] = field(default_factory=dict)
    discriminator: str = "dcgan_discriminator"
    discriminator_arguments: dict[str, Any] = field(default_factory=dict)
    image_size: int = 64
    batch: int = 16
    epochs: float = 100
    learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    ema: float = 0.999
    images: int | None = None
    seed: int = 1
    #: Of those that do not, samples, curves and figures are shown, and the weights stay below ``runs``.
    ships: bool = True


#: Every generator that can be trained by name.
GENERATORS: dict[str, GANSettings] = {
    "dcgan-64": GANSettings(),
    "dcgan-64-2k": GANSettings(images=2000, ships=False),
    "dcgan-64-readme": GANSettings(
        discriminator_arguments={"normalised": (True, True, False)},
    ),
    "dense-gan-256": GANSettings(
        generator="dense_generator",
        discriminator="dense_discriminator",
        image_size=256,
        epochs=200,
    ),
}


class GANModule(StepModule):
    """Generator, discriminator and the moving average of the generator.

    Args:
        settings: hyper-parameters.
        pictures: uint8 ``[N, S, S, 3]``, in memory (on a GPU they stay there).
        grids: folder for a sample grid after every epoch; none are drawn without it.
        bfloat16: autocast; by default where the machine gains from it.
    """

    pictures: Tensor

    def __init__(
        self,
        settings: GANSettings,
        pictures: np.ndarray,
        grids: Path | None = None,
        *,
        bfloat16: bool | None = None,
    ) -> None:
        super().__init__(len(pictures), settings.batch, settings.epochs, settings.seed)
        torch.manual_seed(mix(settings.seed, "weights"))
        self.settings, self.grids = settings, grids
        self.in_bfloat16 = fast_bfloat16() if bfloat16 is None else bfloat16
        generator = cast(
            "DCGANGenerator | DenseGenerator",
            build(settings.generator, **settings.generator_arguments),
        )
        discriminator = build(settings.discriminator, **settings.discriminator_arguments)
        # In float32 on a CPU transposed convolutions are faster contiguous (a step: .68 to .87 s).
        layout = torch.channels_last if self.in_bfloat16 else torch.contiguous_format
        self.generator = generator.to(memory_format=layout)
        self.discriminator = discriminator.to(memory_format=layout)
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        self.register_buffer("pictures", torch.from_numpy(np.array(pictures)), persistent=False)

    @property
    def latent_dim(self) -> int:
        """Size of the latent."""
        return self.generator.latent_dim

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """Adam for both, as in the 2020 study."""
        s, graphed = self.settings, self.device.type == "cuda"
        return [
            torch.optim.Adam(
                network.parameters(),
                lr=s.learning_rate,
                betas=s.betas,
                fused=True,
                capturable=graphed,
            )
            for network in (self.generator, self.discriminator)
        ]

    def step(self, step: int, indices: Tensor) -> dict[str, Tensor]:
        """One step of the discriminator, then one of the generator on the same fakes."""
        inputs = self.inputs(indices)
        losses = self.update(*(x.to(self.device) for x in inputs))
        self.after_update(step)
        return losses

    def inputs(self, indices: Tensor) -> tuple[Tensor, Tensor]:
        """What :meth:`update` takes, on the CPU: the images' indices, and latents from the random state."""
        return indices, torch.randn(len(indices), self.latent_dim)

    def update(self, indices: Tensor, latent: Tensor) -> dict[str, Tensor]:
        """The part of a step that is the same kernels every time, so that a GPU can replay it as one graph.

        Args:
            indices: of the real images ``[N]``, on the device.
            latent: ``[N, D]``, on the device.
        """
        for_generator, for_discriminator = self.optimisers
        real = to_signed(self.pictures[indices])
        with torch.autocast(real.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            fake = self.generator(latent)
            on_real, on_fake = self.discriminator(real), self.discriminator(fake.detach())
        loss_d = _bce(on_real, 1.0) + _bce(on_fake, 0.0)
        for_discriminator.zero_grad()
        loss_d.backward()
        for_discriminator.step()
        self.discriminator.requires_grad_(False)
        with torch.autocast(real.device.type, torch.bfloat16, enabled=self.in_bfloat16):
            on_fake = self.discriminator(fake)
        loss_g = _bce(on_fake, 1.0)
        for_generator.zero_grad()
        loss_g.backward()
        for_generator.step()
        self.discriminator.requires_grad_(True)
        return {"loss_d": loss_d.detach(), "loss_g": loss_g.detach()}

    def after_update(self, step: int) -> None:
        """Move the average on."""
        update_average(self.average, self.generator, step, self.settings.ema)

    def after_epoch(self, step: int) -> None:
        """Keep a frame of the film."""
        if self.grids is not None:
            write_picture(self.grids / f"{step:07d}.png", self.film_frame())

    def film_frame(self) -> np.ndarray:
        """The same 16 latents each time, uint8 ``[4 H, 4 W, 3]``."""
        latents = torch.randn(16, self.latent_dim, generator=torch.Generator().manual_seed(1))
        return sample_grid(self.average, latents.to(self.device), columns=4)


def _bce(logits: Tensor, target: float) -> Tensor:
    return binary_cross_entropy_with_logits(
        logits.float(), torch.full_like(logits, target, dtype=torch.float32)
    )


@torch.no_grad()
def sample_grid(generator: nn.Module, latents: Tensor, columns: int = 8) -> np.ndarray:
    """Images of ``latents [N, D]`` as one picture, uint8 ``[rows * H, columns * W, 3]``."""
    was_training = generator.training
    generator.eval()
    images = generator(latents)
    generator.train(was_training)
    return as_grid(images, columns)


def as_grid(images: Tensor, columns: int) -> np.ndarray:
    """Images ``[N, 3, H, W]`` in -1..1 as one picture, uint8 ``[rows * H, columns * W, 3]``."""
    pixels = to_pixels(images)
    count, height, width, channels = pixels.shape
    rows = pixels.reshape(count // columns, columns, height, width, channels)
    return rows.transpose(1, 2).reshape(-1, columns * width, channels).cpu().numpy()


@torch.no_grad()
def settle_batch_norm(generator: nn.Module, latent_dim: int, batches: int = 64) -> None:
    """Measure the batch-norm statistics anew for averaged weights, over ``batches`` of 64 latents."""
    norms = [m for m in generator.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    if not norms:
        return
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    generator.train()
    random = torch.Generator().manual_seed(2)
    device = next(generator.parameters()).device
    for _ in range(batches):
        generator(torch.randn(64, latent_dim, generator=random).to(device))
    generator.eval()
    for norm in norms:
        norm.momentum = 0.1
