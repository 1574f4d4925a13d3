"""The instructors' server: formgrader, notebooks and a terminal over the course root, as a service of the hub's.

    python -m deploy.formgrader

It runs as the course's own account. The hub lets only instructors in.
"""

import json
import os
from pathlib import Path

from deploy.place import Place


def environment(place: Place) -> dict[str, str]:
    """What the hub would tell a service that it starts itself.

    Args:
        place: the hub.
    """
    scopes = json.dumps([f"access:services!service={place.id}"])
    return {
        "JUPYTERHUB_API_TOKEN": place.token.read_text().strip(),
        "JUPYTERHUB_API_URL": f"http://127.0.0.1:{place.hub_port}/hub/api",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_CLIENT_ID": f"service-{place.id}",
        "JUPYTERHUB_HOST": "",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": scopes,
        "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{place.service_prefix}oauth_callback",
        "JUPYTERHUB_OAUTH_SCOPES": scopes,
        "JUPYTERHUB_SERVICE_NAME": place.id,
        "JUPYTERHUB_SERVICE_PREFIX": place.service_prefix,
        "JUPYTERHUB_SERVICE_URL": place.service_address,
    }


def main() -> None:
    """Become the server."""
    place = Place.read(Path(__file__).resolve().parents[2])
    # Where nbgrader looks for the course's configuration.
    os.chdir(place.course)
    command = [str(place.python), "-m", "jupyterhub.singleuser", f"--ServerApp.root_dir={place.course}"]
    os.execve(place.python, command, {**os.environ, **environment(place)})


if __name__ == "__main__":
    main()
