"""A picture that moves: frames in one PNG, which a browser plays and paper shows still."""

import io
from collections.abc import Callable, Sequence
from typing import Any


class Animation:
    """An animated PNG, which a notebook shows where a cell ends with it.

    Args:
        png: its bytes.
    """

    def __init__(self, png: bytes) -> None:
        self.png = png

    def _repr_png_(self) -> bytes:
        return self.png


def animate(draw: Callable[[int], Any], frames: Sequence[int], *, milliseconds: int = 150) -> Animation:
    """Draw a figure for each frame, and put them into one picture.

    Args:
        draw: takes a frame's number, returns a matplotlib figure; all have the same size.
        frames: the numbers, in their order.
        milliseconds: how long a frame is shown; the last one stays for a while.
    Returns:
        The animation. Whatever cannot play it, such as paper, shows the last frame.
    Raises:
        ValueError: if there is no frame.
    """
    # Late: reading a page of helpers should cost no import of matplotlib.
    import matplotlib.pyplot as plt
    from PIL import Image

    if not len(frames):
        raise ValueError("an animation needs a frame at least, received none")
    images = []
    for frame in frames:
        figure = draw(frame)
        held = io.BytesIO()
        figure.savefig(held, format="png", dpi=72)
        plt.close(figure)
        images.append(Image.open(held).convert("RGB"))
    durations = [milliseconds] * (len(images) - 1) + [10 * milliseconds]
    png = io.BytesIO()
    # The first picture is the one for whoever cannot play the others.
    images[-1].save(
        png, "PNG", save_all=True, append_images=images, default_image=True, duration=durations, loop=0
    )
    return Animation(png.getvalue())
