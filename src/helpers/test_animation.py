"""An animation holds every frame, and shows the last one where nothing moves."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image, ImageSequence

from helpers.animation import animate


def grey(frame):
    """A figure that is filled with a shade of its own."""
    shade = frame / 10
    return plt.figure(figsize=(1, 1), facecolor=(shade, shade, shade))


def shades(png):
    pictures = ImageSequence.Iterator(Image.open(io.BytesIO(png)))
    return [round(np.asarray(picture.convert("L")).mean() / 25.5) for picture in pictures]


def test_the_still_is_the_last_frame_and_all_follow_in_their_order():
    animation = animate(grey, [0, 3, 6, 9])
    assert shades(animation._repr_png_()) == [9, 0, 3, 6, 9]


def test_no_figure_stays_open():
    before = plt.get_fignums()
    animate(grey, [1, 2])
    assert plt.get_fignums() == before


def test_without_a_frame_there_is_no_animation():
    with pytest.raises(ValueError, match="needs a frame at least, received none"):
        animate(grey, [])
