from types import SimpleNamespace

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers import plots


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_any_two_of_six_lines_differ_in_more_than_colour():
    looks = [(str(s["linestyle"]), s["marker"]) for s in (plots.style(i, marker=True) for i in range(6))]
    assert len({dashes for dashes, _ in looks}) == 6
    assert len({marker for _, marker in looks}) == 6


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (2, 1), (3, 2), (4, 4)])
def test_no_figure_is_larger_than_a_notebook_shows(columns, rows):
    figure = np.ravel(plots.panels(columns, rows))[0].figure
    width, height = figure.get_size_inches()
    assert width <= 8
    assert height <= 4


def test_lines_draw_each_entry_over_x_and_name_it():
    x = np.linspace(0, 1, 7)
    ax = plots.lines(x, {"h": x**2, "slope": 2 * x}, xlabel="a", ylabel="h", logy=True)
    h, slope = ax.lines
    np.testing.assert_array_equal(h.get_xydata(), np.stack([x, x**2], 1))
    np.testing.assert_array_equal(slope.get_ydata(), 2 * x)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["h", "slope"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("a", "h", "log")


def test_lines_number_steps_from_1_where_no_x_is_given():
    ax = plots.lines(None, {"loss": [3.0, 2.0, 1.0]})
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [1, 2, 3])
    assert ax.get_legend() is None


def test_history_draws_training_dashed_and_validation_solid():
    run = SimpleNamespace(history={"loss": [2.0, 1.0], "val_loss": [2.5, 1.5]})
    ax = plots.history({"tanh": run, "relu": run})
    assert [line.get_linestyle() for line in ax.lines] == ["--", "-", "--", "-"]
    assert [line.get_label() for line in ax.lines][:2] == ["tanh training", "tanh validation"]
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [2.5, 1.5])


def test_history_of_a_run_without_validation_draws_what_there_is():
    ax = plots.history(SimpleNamespace(history={"accuracy": [0.5, 0.7]}), what="accuracy")
    assert [line.get_label() for line in ax.lines] == ["training"]


def test_images_are_drawn_in_their_shape_and_with_their_titles():
    x = np.arange(3 * 6.0).reshape(3, 6)
    axes = plots.images(x, titles=[7, 8, 9], shape=(2, 3), columns=2)
    assert len(axes) == 4
    np.testing.assert_array_equal(axes[1].images[0].get_array(), x[1].reshape(2, 3))
    assert axes[2].get_title() == "9"
    assert not axes[3].images


def test_regions_show_the_class_with_the_highest_output_and_name_it_inside():
    def f(points):
        assert points.dtype == "float32"
        return np.stack([-points[:, 0], points[:, 0]], 1)  # class 1 on the right

    ax = plots.regions(f, span=2, n=40)
    names = {text.get_text(): text.get_position() for text in ax.texts}
    assert names["0"][0] < 0 < names["1"][0]


def test_bars_write_the_value_behind_each_bar():
    ax = plots.bars({"sigmoid": 0.25, "tanh": 1.0}, form="{:.2f}")
    assert [bar.get_width() for bar in ax.patches] == [0.25, 1.0]
    assert {text.get_text() for text in ax.texts} >= {"0.25", "1.00"}
