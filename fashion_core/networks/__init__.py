"""All architectures by name; a checkpoint's config is read with ``build(name, **arguments)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fashion_core.networks.cnn import CNN1, CNN2, SleeveCNN
from fashion_core.networks.colour_family import ColourFamily
from fashion_core.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from fashion_core.networks.dense_gan import DenseDiscriminator, DenseGenerator
from fashion_core.networks.form_generator import FormGenerator
from fashion_core.networks.inception_resnet import InceptionResNet
from fashion_core.networks.refiner import DetailedEncoder
from fashion_core.networks.resnet import ResNet
from fashion_core.networks.segmenter import GarmentSegmenter
from fashion_core.networks.stacking import Stack, WeightedPool
from fashion_core.networks.studio import Studio, StudioGenerator
from fashion_core.networks.transfer import EfficientNetLite, LinearHead, TransferClassifier
from fashion_core.networks.upsampler import Upsampler
from fashion_core.networks.vgg import VGG16

if TYPE_CHECKING:
    from torch import nn

REGISTRY: dict[str, type[nn.Module]] = {
    "cnn1": CNN1,
    "cnn2": CNN2,
    "sleeve_cnn": SleeveCNN,
    "vgg16": VGG16,
    "resnet": ResNet,
    "inception_resnet_a": InceptionResNet,
    "stack": Stack,
    "weighted_pool": WeightedPool,
    "transfer": TransferClassifier,
    "linear_head": LinearHead,
    "efficientnet_lite": EfficientNetLite,
    "garment_segmenter": GarmentSegmenter,
    "dense_generator": DenseGenerator,
    "dense_discriminator": DenseDiscriminator,
    "dcgan_generator": DCGANGenerator,
    "dcgan_discriminator": DCGANDiscriminator,
    "studio_generator": StudioGenerator,
    "upsampler": Upsampler,
    "studio": Studio,
    "form_generator": FormGenerator,
    "form_encoder": DetailedEncoder,
    "colour_family": ColourFamily,
}


def build(architecture: str, **arguments: Any) -> nn.Module:
    """Make the network that ``architecture`` names, freshly initialised.

    Raises:
        ValueError: no such architecture.
    """
    if architecture not in REGISTRY:
        raise ValueError(f"No architecture {architecture!r}; there are {', '.join(REGISTRY)}.")
    return REGISTRY[architecture](**arguments)
