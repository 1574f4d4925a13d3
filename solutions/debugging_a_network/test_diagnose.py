"""Against runs written down by hand, each with the causes that a person would name."""

import numpy as np
import pytest

from solutions.debugging_a_network.diagnose import diagnose


def run(**changed):
    healthy = {
        "means": [0.1, -0.4, 0.0],
        "deviations": [1.0, 0.9, 0.0],
        "saturated": [0.1, 0.0],
        "errors": [1e-9, 1e-8, 1e-9, 1e-8],
        "norms": [0.5, 0.1, 0.2, 0.05],
        "losses": [2.3, 2.0, 1.6, 1.7, 1.2, 1.0],
    }
    return {name: np.array(values) for name, values in (healthy | changed).items()}


NAN = np.nan
UPS = [2.3, 2.9, 1.6, 2.4, 1.2, 1.8]
CASES = {
    "healthy": ({}, "nothing"),
    "pixels from 0 to 255": ({"means": [80.0, 120, 3], "deviations": [90.0, 70, 5]}, "inputs"),
    "volts for microvolts": ({"means": [0.0, 0, 0], "deviations": [1e-6, 2e-6, 1e-6]}, "inputs"),
    "the upper layer at ±1": ({"saturated": [0.2, 0.9]}, "saturated"),
    "the lower layer at ±1": ({"saturated": [0.9, 0.2]}, "saturated"),
    "wide inputs that push the lower layer": ({"deviations": [9.0, 1, 1], "saturated": [0.9, 0.2]}, "inputs"),
    "a factor of two": ({"errors": [1e-9, 1 / 3, NAN, 1e-9]}, "gradient"),
    "a dead unit": ({"errors": [NAN, NAN, 1e-9, 1e-9]}, "nothing"),
    "nearly no gradient": ({"errors": [0.3, 1e-9, 1e-9, 1e-9], "norms": [1e-10, 0.1, 0.1, 0.1]}, "nothing"),
    "a loss that explodes": ({"losses": [2.3, 50.0, np.inf, NAN]}, "rate"),
    "a loss that jumps": ({"losses": UPS}, "rate"),
    "saturated and jumping": ({"losses": UPS, "saturated": [0.9, 0.2]}, "rate saturated"),
    "jumping for a wrong gradient": ({"losses": UPS, "errors": [1.0, 1, 1, 1]}, "gradient"),
    "jumping for wide inputs": ({"losses": UPS, "means": [0.0, -9, 0]}, "inputs"),
    "everything but the rate": (
        {"means": [9.0, 0, 0], "saturated": [0.9, 0.9], "errors": [1.0, 1, 1, 1], "losses": UPS},
        "gradient inputs saturated",
    ),
}


@pytest.mark.parametrize(("changed", "expected"), CASES.values(), ids=CASES)
def test_a_run_has_the_causes_that_a_person_would_name(changed, expected):
    assert diagnose(run(**changed)) == set(expected.split())
