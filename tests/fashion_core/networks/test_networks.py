"""Every architecture through the same mill, then what is peculiar to some."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import onnx
import pytest
import safetensors.torch
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper
from torch import Tensor, nn

from fashion_core.checkpoint import load_checkpoint, save_checkpoint
from fashion_core.networks import REGISTRY, build, transfer, vgg

if TYPE_CHECKING:
    from pathlib import Path

ATTRIBUTES = {"pattern": 6, "sleeve_length": 4, "length": 5, "neckline": 5, "fit": 3}
WISHES = [*ATTRIBUTES.values(), 13, 2]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """One architecture: how big it ships, and how it is tried at small size.

    Shapes are those of one sample, without the batch.
    """

    architecture: str
    parameters: int
    inputs: Shape
    outputs: Shape | dict[str, Shape]
    small: dict[str, Any] = field(default_factory=dict)
    shipped: dict[str, Any] = field(default_factory=dict)
    #: Another size: arguments, inputs, outputs. None where there is but one.
    other: tuple[dict[str, Any], Shape, Shape | dict[str, Shape]] | None = None

    def __str__(self) -> str:
        return self.architecture


SMALL_STUDIO = {
    "generator": {"wishes": [3], "latent_dim": 8, "channels": [8, 8, 4]},
    "upsampler": {"width": 4, "depth": 1},
}
SMALL_FORM = {"wishes": [3], "code": 8, "detail": 96, "width": 16, "channels": [8] * 5}
LOGITS = {name: (count,) for name, count in ATTRIBUTES.items()}
CASES = [
    Case("cnn1", 2_403_622, (3, 32, 32), (6,), {"input_size": 32},
         other=({"input_size": 45}, (3, 45, 45), (6,))),
    Case("cnn2", 2_394_374, (3, 32, 32), (6,), {"input_size": 32},
         other=({"input_size": 45, "classes": 5}, (3, 45, 45), (5,))),
    Case("sleeve_cnn", 33_564_964, (3, 16, 16), (4,), {"input_size": 16},
         other=({"input_size": 15}, (3, 15, 15), (4,))),
    Case("vgg16", 14_717_766, (3, 32, 32), (6,), other=({}, (3, 45, 33), (6,))),
    Case("resnet", 272_806, (3, 32, 32), (6,), other=({}, (3, 45, 33), (6,))),
    Case("inception_resnet_a", 7_200_902, (3, 64, 64), (6,), other=({}, (3, 75, 61), (6,))),
    Case("stack", 376, (30,), (6,), other=({"members": 6, "classes": 4}, (24,), (4,))),
    Case("weighted_pool", 11, (30,), (6,), other=({"members": 6, "classes": 4}, (24,), (4,))),
    Case("transfer", 4_284_903, (3, 64, 64), LOGITS, {"classes": ATTRIBUTES},
         {"classes": ATTRIBUTES},
         ({"classes": {"fit": 3}, "variant": "efficientnet-lite2"}, (3, 75, 61), {"fit": (3,)})),
    Case("linear_head", 47_750, (40,), (4,), {"in_features": 40, "classes": 4},
         {"in_features": 5968, "classes": 6}),
    Case("efficientnet_lite", 5_416_680, (3, 64, 64), (1280,), {"classes": 0},
         other=({"variant": "efficientnet-lite0"}, (3, 75, 61), (1000,))),
    Case("garment_segmenter", 2_477_081, (3, 64, 64), (1, 64, 64),
         other=({"variant": "efficientnet-lite1", "widths": [32, 24, 16, 12, 8]}, (3, 45, 33), (1, 45, 33))),
    Case("dense_generator", 3_637_296, (100,), (3, 8, 8), {"image_size": [8, 8]},
         other=({"latent_dim": 7, "image_size": [5, 9], "hidden": [11, 4]}, (7,), (3, 5, 9))),
    Case("dense_discriminator", 25_232_001, (3, 8, 8), (), {"image_size": [8, 8]},
         other=({"image_size": [5, 9], "hidden": [11]}, (3, 5, 9), ())),
    Case("dcgan_generator", 3_576_704, (100,), (3, 64, 64), {"width": 8},
         other=({"width": 8, "latent_dim": 12}, (12,), (3, 64, 64))),
    Case("dcgan_discriminator", 2_765_568, (3, 64, 64), (), {"width": 8},
         other=({"width": 8, "normalised": [True, True, False]}, (3, 64, 64), ())),
    Case("studio_generator", 2_367_107, (8,), (3, 24, 16),
         {"wishes": [3], "latent_dim": 8, "channels": [8, 8, 4]}, {"wishes": WISHES},
         ({"wishes": [3], "latent_dim": 5, "channels": [8, 4]}, (5,), (3, 12, 8))),
    Case("upsampler", 24_688, (3, 12, 8), (3, 48, 32), other=({"width": 4, "depth": 1}, (3, 5, 7), (3, 20, 28))),
    Case("studio", 2_391_795, (8,), (3, 96, 64), SMALL_STUDIO, {"generator": {"wishes": WISHES}, "upsampler": {}}),
    Case("form_generator", 5_859_476, (104,), (2, 192, 128), SMALL_FORM, {"wishes": WISHES},
         ({**SMALL_FORM, "code": 5, "guidance": 2.0, "directions": 3}, (101,), (2, 192, 128))),
    Case("form_encoder", 2_372_712, (2, 192, 128), {"0": (480,), "1": (480,)},
         other=({"code": 7, "detail": 96}, (2, 192, 128), {"0": (103,), "1": (103,)})),
    Case("colour_family", 11_751, (20, 3), (13,), other=({"width": 5, "members": 1, "classes": 4}, (1, 3), (4,))),
]  # fmt: skip
every_architecture = pytest.mark.parametrize("case", CASES, ids=str)


def answers(outputs: Tensor | tuple[Tensor, ...] | dict[str, Tensor]) -> dict[str, Tensor]:
    if isinstance(outputs, tuple):
        return {str(i): output for i, output in enumerate(outputs)}
    return outputs if isinstance(outputs, dict) else {"": outputs}


def assert_shapes(
    outputs: Tensor | tuple[Tensor, ...] | dict[str, Tensor],
    batch: int,
    expected: Shape | dict[str, Shape],
) -> None:
    wanted = expected if isinstance(expected, dict) else {"": expected}
    assert {k: tuple(t.shape) for k, t in answers(outputs).items()} == {
        k: (batch, *shape) for k, shape in wanted.items()
    }
    assert all(t.isfinite().all() for t in answers(outputs).values())


def test_every_registered_architecture_is_tried() -> None:
    assert [case.architecture for case in CASES] == list(REGISTRY)


@every_architecture
def test_parameter_count_is_the_documented_one(case: Case) -> None:
    with torch.device("meta"):
        network = REGISTRY[case.architecture](**case.shipped)
    assert sum(p.numel() for p in network.parameters()) == case.parameters


@every_architecture
def test_trains_saves_and_answers_alike_after_loading(case: Case, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = build(case.architecture, **case.small)

    inputs = torch.randn(3, *case.inputs)
    trained = answers(network.train()(inputs))
    loss = torch.stack([t.square().mean() for t in trained.values()]).sum()
    if penalty := getattr(network, "penalty", None):
        loss = loss + penalty()
    loss.backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
    assert any(p.grad.any() for p in network.parameters() if p.grad is not None)

    save_checkpoint(tmp_path, network, {"architecture": case.architecture, "arguments": case.small})
    loaded, _ = load_checkpoint(tmp_path)
    with torch.no_grad():
        outputs, again = network.eval()(inputs), loaded(inputs)
        assert_shapes(outputs, 3, case.outputs)
        assert_shapes(network(inputs[:1]), 1, case.outputs)
    for name, before in answers(outputs).items():
        tolerance = 0.01 * float(before.abs().max()) + 1e-3
        torch.testing.assert_close(answers(again)[name], before, rtol=0, atol=tolerance)


@pytest.mark.parametrize("case", [case for case in CASES if case.other], ids=str)
def test_takes_another_size(case: Case) -> None:
    assert case.other is not None
    arguments, inputs, outputs = case.other
    network = build(case.architecture, **arguments).eval()
    with torch.no_grad():
        assert_shapes(network(torch.randn(1, *inputs)), 1, outputs)


@every_architecture
def test_one_picture_is_read_alike_alone_and_in_a_batch(case: Case) -> None:
    torch.manual_seed(0)
    network = build(case.architecture, **case.small).eval()
    inputs = torch.randn(3, *case.inputs)
    with torch.no_grad():
        together, alone = answers(network(inputs)), answers(network(inputs[1:2]))
    for name, outputs in together.items():
        torch.testing.assert_close(outputs[1:2], alone[name], rtol=1e-3, atol=1e-4)


def test_unknown_architecture_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'vgg19'.*vgg16"):
        build("vgg19")


@pytest.mark.parametrize("architecture", ["dense_generator", "dcgan_generator"])
def test_generators_paint_between_minus_one_and_one(architecture: str) -> None:
    network = build(architecture)
    images = network(10 * torch.randn(2, network.latent_dim))
    assert images.shape == (2, 3, *network.image_size)
    assert -1 <= images.min() < 0 < images.max() <= 1


@pytest.mark.parametrize(
    ("architecture", "expected"),
    [
        ("cnn1", lambda w: 1e-3 * sum(t.square().sum() for t in w[-2:])),
        ("cnn2", lambda w: 3e-5 * sum(t.abs().sum() for t in w[-2:])),
        ("resnet", lambda w: 1e-4 * sum(t.square().sum() for t in w)),
    ],
)
def test_penalty_is_the_printed_one(architecture: str, expected: Any) -> None:
    network = build(architecture)
    weights = [m.weight for m in network.modules() if isinstance(m, nn.Conv2d)]
    torch.testing.assert_close(network.penalty(), expected(weights))


def test_too_small_an_input_for_the_poolings_is_refused() -> None:
    with pytest.raises(ValueError, match="16 at least, not 15"):
        build("cnn1", input_size=15)


def test_vgg_without_its_last_pooling_answers_as_with_it() -> None:
    network = build("vgg16").eval()
    with torch.no_grad():
        maps = network.features(torch.randn(2, 3, 64, 64))
    assert maps.shape[1:] == (512, 4, 4)
    assert torch.equal(maps.amax((2, 3)), F.max_pool2d(maps, 2).amax((2, 3)))


def test_vgg_computes_what_keras_computes_from_the_same_weights(tmp_path: Path) -> None:
    torch.manual_seed(0)
    keras = vgg.VGG16()
    convolutions = [m for m in keras.features if isinstance(m, nn.Conv2d)]
    layers = [f"block{i + 1}_conv{j + 1}" for i, s in enumerate(vgg.STAGES) for j in range(len(s))]
    stored = []
    for name, convolution in zip(layers, convolutions, strict=True):
        nn.init.uniform_(convolution.bias, -20, 20)
        for kind, tensor in (("convolution/ReadVariableOp", "weight"), ("Squeeze", "bias")):
            array = getattr(convolution, tensor).detach().numpy()
            stored.append(numpy_helper.from_array(array, f"model/{name}_1/{kind}:0"))
    graph = helper.make_graph([], "keras", [], [], initializer=stored)
    onnx.save(helper.make_model(graph), tmp_path / "keras.onnx")

    network = vgg.VGG16()
    vgg.load_imagenet_trunk(network, tmp_path / "keras.onnx")

    images = torch.rand(1, 3, 32, 32)
    mean, std = (torch.tensor(t)[:, None, None] for t in (vgg.MEAN, vgg.STD))
    with torch.no_grad():
        theirs = keras.features(255 * (images - mean).flip(1))
        ours = network.features((images - mean) / std)
    torch.testing.assert_close(ours * 255 * sum(vgg.STD) / 3, theirs, rtol=1e-3, atol=0.1)


def test_vgg_refuses_a_file_of_another_network(tmp_path: Path) -> None:
    onnx.save(helper.make_model(helper.make_graph([], "empty", [], [])), tmp_path / "empty.onnx")
    with pytest.raises(RuntimeError, match="holds 0 convolutions"):
        vgg.load_imagenet_trunk(vgg.VGG16(), tmp_path / "empty.onnx")


def test_vgg_trunk_is_read_from_half_precision_and_leaves_the_head(tmp_path: Path) -> None:
    source, network = vgg.VGG16(), vgg.VGG16()
    head = network.head.weight.detach().clone()
    state = {k: t.half() for k, t in source.state_dict().items() if k.startswith("features.")}
    safetensors.torch.save_file(state, tmp_path / "trunk.safetensors")
    vgg.load_imagenet(network, tmp_path / "trunk.safetensors")
    assert network.features[28].weight.dtype == torch.float32
    torch.testing.assert_close(
        network.features[28].weight, source.features[28].weight, rtol=1e-3, atol=1e-6
    )
    assert torch.equal(network.head.weight, head)


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_backbone_weights_load_with_and_without_imagenets_classifier(
    tmp_path: Path, suffix: str
) -> None:
    source = transfer.EfficientNetLite()
    path = tmp_path / f"weights{suffix}"
    if suffix == ".pth":
        torch.save(source.state_dict(), path)
    else:
        safetensors.torch.save_file(source.state_dict(), path)
    whole, classifier = transfer.EfficientNetLite(), transfer.TransferClassifier({"fit": 3})
    transfer.load_imagenet(whole, path)
    transfer.load_imagenet(classifier, path)
    images = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(whole.eval()(images), source.eval()(images))
        maps = classifier.eval().backbone.maps(images)
        assert torch.equal(maps[-1], source.maps(images)[-1])


def test_weights_of_another_variant_are_refused(tmp_path: Path) -> None:
    source = transfer.EfficientNetLite("efficientnet-lite2", classes=0)
    safetensors.torch.save_file(source.state_dict(), tmp_path / "lite2.safetensors")
    with pytest.raises(RuntimeError, match="size mismatch"):
        transfer.load_imagenet(transfer.EfficientNetLite(), tmp_path / "lite2.safetensors")


@pytest.mark.parametrize("variant", transfer.VARIANTS)
def test_state_names_are_those_of_the_public_weights(variant: str) -> None:
    names = transfer.EfficientNetLite(variant).state_dict()
    for name in (
        "_conv_stem.weight",
        "_bn0.running_var",
        "_blocks.0._depthwise_conv.weight",
        "_blocks.5._expand_conv.weight",
        "_blocks.5._bn0.num_batches_tracked",
        "_blocks.15._project_conv.weight",
        "_blocks.15._bn2.bias",
        "_conv_head.weight",
        "_bn1.weight",
        "_fc.bias",
    ):
        assert name in names
    assert "_blocks.0._expand_conv.weight" not in names


@pytest.mark.parametrize(
    ("size", "kernel", "expected"),
    [
        # Even sizes lack an odd number of pixels: one more is added behind than in front.
        (6, 3, [1 + 2 + 3, 3 + 4 + 5, 5 + 6]),
        (6, 5, [1 + 2 + 3 + 4, 2 + 3 + 4 + 5 + 6, 4 + 5 + 6]),
        (7, 3, [1 + 2, 2 + 3 + 4, 4 + 5 + 6, 6 + 7]),
        (7, 5, [1 + 2 + 3, 1 + 2 + 3 + 4 + 5, 3 + 4 + 5 + 6 + 7, 5 + 6 + 7]),
        (1, 5, [1]),
    ],
)
def test_same_padding_puts_the_odd_pixel_last(
    size: int, kernel: int, expected: list[float]
) -> None:
    convolution = transfer.SameConv2d(1, 1, kernel, 2, bias=False)
    with torch.no_grad():
        places = torch.arange(1.0, size + 1).expand(1, 1, size, size)
        convolution.weight.zero_()[..., kernel // 2, :] = 1
        across = convolution(places)[0, 0, 0]
        convolution.weight.zero_()[..., :, kernel // 2] = 1
        down = convolution(places.mT)[0, 0, :, 0]
    assert across.tolist() == down.tolist() == expected


def test_transfer_features_are_pools_of_several_depths() -> None:
    network = transfer.TransferClassifier({"fit": 3}).eval()
    with torch.no_grad():
        features = network.features(torch.randn(2, 3, 64, 64))
        maps = network.backbone.maps(torch.zeros(1, 3, 64, 64), network.pool_blocks)
    assert features.shape == (2, network.out_features) == (2, 5968)
    assert [tuple(t.shape[1:]) for t in maps] == [
        (40, 8, 8), (80, 4, 4), (112, 4, 4), (192, 2, 2), (1280, 2, 2)]  # fmt: skip


def test_transfer_tells_the_upper_half_of_a_garment_from_the_lower() -> None:
    torch.manual_seed(0)
    network = transfer.TransferClassifier({"fit": 3}).eval()
    images = torch.randn(1, 3, 96, 96)
    with torch.no_grad():
        last = network.backbone.maps(images)[-1]
        halves = network.features(images)[:, -2560:].unflatten(1, (2, 1280))
    torch.testing.assert_close(halves[:, 0], last[:, :, :2].mean((2, 3)))
    torch.testing.assert_close(halves[:, 1], last[:, :, 1:].mean((2, 3)))


def test_transfer_classifies_precomputed_features_as_it_does_images() -> None:
    network = transfer.TransferClassifier(ATTRIBUTES).eval()
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        whole, parts = network(images), network.classify(network.features(images))
    assert all(torch.equal(whole[name], parts[name]) for name in ATTRIBUTES)


def test_blocks_that_the_variant_lacks_are_refused() -> None:
    with pytest.raises(ValueError, match="has blocks 0 to 15"):
        transfer.TransferClassifier({"fit": 3}, "efficientnet-lite0")


def test_unknown_backbone_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="efficientnet-lite1"):
        transfer.EfficientNetLite("efficientnet-b0")


def test_stochastic_depth_is_for_training_alone() -> None:
    torch.manual_seed(0)
    block = transfer.MBConv(8, 8, 3, 1, 6)
    inputs = torch.randn(64, 8, 6, 6)
    with torch.no_grad():
        dropped = (block.train()(inputs, 0.5) == inputs).all(dim=(1, 2, 3))
        kept = (block.eval()(inputs, 0.5) == inputs).all(dim=(1, 2, 3))
    assert 10 < dropped.sum() < 54
    assert not kept.any()


def test_mirrored_features_are_those_of_both_views():
    network = build("transfer", classes={"fit": 3}).eval()
    images = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        both = network.mirrored_features(images)
        torch.testing.assert_close(both, network.mirrored_features(images.flip(3)))
        apart = [network.classify(network.features(x))["fit"] for x in (images, images.flip(3))]
        together = network.classify(both)["fit"]
    torch.testing.assert_close(together, sum(apart) / 2, rtol=1e-4, atol=1e-5)


def test_the_members_of_an_ensemble_of_colour_families_do_not_meet() -> None:
    torch.manual_seed(0)
    network, alone = build("colour_family").eval(), build("colour_family", members=1).eval()
    pixels, light = 50 * torch.randn(2, 30, 3), torch.randn(2, 4)
    together = network.logits(pixels, light)
    for i, logits in enumerate(together):
        alone.load_state_dict({k: v[i : i + 1] for k, v in network.state_dict().items()})
        torch.testing.assert_close(alone.logits(pixels, light)[0], logits)
    torch.testing.assert_close(network(pixels, light), together.softmax(2).mean(0))


def test_a_colour_family_without_light_is_that_on_a_white_background() -> None:
    network, pixels = build("colour_family").eval(), 50 * torch.randn(2, 30, 3)
    torch.testing.assert_close(network(pixels), network(pixels, torch.zeros(2, 4)))


def test_gray_pixels_give_colour_families_a_finite_slope() -> None:
    pixels = torch.tensor([50.0, 0.0, 0.0]).expand(1, 9, 3).clone().requires_grad_()
    build("colour_family").eval()(pixels)[0, 0].backward()
    assert pixels.grad is not None
    assert pixels.grad.isfinite().all()
