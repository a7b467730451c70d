from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from demo.marks import HEAD, mask_from_url, mask_url
from fashion_core import MaskError


def url(picture: Image.Image, kind: str = "PNG") -> str:
    file = io.BytesIO()
    picture.save(file, kind)
    return HEAD + base64.b64encode(file.getvalue()).decode()


def test_a_mask_comes_back_as_it_went():
    mask = np.zeros((40, 30), np.bool_)
    mask[5:20, 8:25] = True
    assert ((mask_from_url(mask_url(mask)) == 255) == mask).all()
    assert len(mask_url(mask)) < 400


def test_marks_of_the_browser_are_read_by_what_is_opaque():
    picture = Image.new("RGBA", (30, 40), (255, 255, 255, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 10, 40))
    assert (mask_from_url(url(picture))[:, :10] == 255).all()
    assert not mask_from_url(url(picture))[:, 10:].any()


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "file:///etc/passwd",
        HEAD,
        HEAD + "not base 64!",
        HEAD + base64.b64encode(b"no picture").decode(),
        HEAD + "A" * 5_000_000,
        url(Image.new("RGBA", (30, 40)), "WEBP"),
        url(Image.new("L", (2001, 8))),
        url(Image.new("RGBA", (300, 400)))[:-60],
    ],
)
def test_what_is_no_mask_of_the_editor_is_refused(hostile):
    with pytest.raises(MaskError, match="did not arrive whole"):
        mask_from_url(hostile)
