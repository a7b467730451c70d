from fashion_core.taxonomy import ATTRIBUTES, COLOUR, MEMBER_CHECKPOINTS, SHOP_NECKLINES, WISHES


def test_classes_keep_the_order_that_every_checkpoint_relies_on():
    assert {key: attribute.classes for key, attribute in ATTRIBUTES.items()} == {
        "pattern": ("floral", "lace", "polkadots", "print", "stripes", "unicolors"),
        "sleeve_length": ("half", "long", "short", "sleeveless"),
        "length": ("3-4", "knee", "long", "normal", "short"),
        "neckline": ("round", "v", "deep", "wide", "other"),
        "fit": ("loose", "normal", "tight"),
    }
    assert SHOP_NECKLINES == ("back", "deep", "lined", "round", "v", "wide")


def test_thirteen_colour_families_and_seven_wishes():
    assert len(COLOUR.classes) == 13
    assert COLOUR.classes[-1] == "multi"
    assert list(WISHES) == [
        "pattern",
        "sleeve_length",
        "length",
        "neckline",
        "fit",
        "colour",
        "occasion",
    ]


def test_members_and_their_folders():
    assert MEMBER_CHECKPOINTS["inception_resnet_a"] == "pattern-inception-resnet-a"
    assert MEMBER_CHECKPOINTS["transfer"] == "transfer"
