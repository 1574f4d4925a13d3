"""JupyterHub on one machine with unix users: students, instructors, and formgrader as an external service.

`deploy.set_up` copies it beside the answers; jupyterhub is started there, so that this package is found.
Settings of your own stand in the file that `place.own_settings` names: they count over these, and stay.
"""

import grp
import os
import pwd
from pathlib import Path

from jupyterhub.auth import PAMAuthenticator

from deploy.place import Place

GIB = 2**30
HOUR = 3600
# TensorFlow in one kernel, and the server beside it, while a student works.
MEMORY_OF_A_STUDENT = 1 * GIB
# More than this no process of a student's gets.
MOST_MEMORY = 4 * GIB
# For the system, the hub, and a grader.
MEMORY_OF_OTHERS = 4 * GIB

c = get_config()  # noqa: F821  (jupyterhub defines it)
place = Place.read(Path(__file__).resolve().parents[2])


class UnixGroups(PAMAuthenticator):
    """Who is in the unix group of students or of instructors is in the hub's group of the same name."""

    async def authenticate(self, handler, data):
        name = await super().authenticate(handler, data)
        if name is None:
            return None
        return {"name": name, "groups": _groups(name)}

    async def refresh_user(self, user, handler=None):
        # Who was taken out of a group loses what it may do, without signing out.
        return {"name": user.name, "groups": _groups(user.name)}


def _groups(name: str) -> list[str]:
    """The groups of this course that a unix user is in."""
    ours = (place.learners, place.instructors)
    ids = os.getgrouplist(name, pwd.getpwnam(name).pw_gid)
    return [group for group in ours if grp.getgrnam(group).gr_gid in ids]


def _how_many_students() -> int:
    """How many can work at once in this machine's memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, (memory - MEMORY_OF_OTHERS) // MEMORY_OF_A_STUDENT)


c.JupyterHub.bind_url = place.address
c.JupyterHub.hub_port = place.hub_port
c.JupyterHub.db_url = f"sqlite:///{place.state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(place.state / "cookie_secret")
c.ConfigurableHTTPProxy.api_url = place.proxy_api
c.ConfigurableHTTPProxy.pid_file = str(place.state / "proxy.pid")
c.ConfigurableHTTPProxy.command = [
    str(place.python.with_name("configurable-http-proxy")),
    # By itself it gives up after 20 seconds, and Validate or a class in formgrader may take longer.
    f"--proxy-timeout={1000 * HOUR}",
]

c.JupyterHub.authenticator_class = UnixGroups
c.Authenticator.manage_groups = True
c.LocalAuthenticator.allowed_groups = {place.learners, place.instructors}

# As the unix user who signed in, in their home directory.
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [
    "prlimit",
    f"--data={MOST_MEMORY}",
    str(place.students_python),
    "-m",
    "jupyterhub.singleuser",
]
c.Spawner.environment = {"PATH": f"{place.students / 'bin'}:/usr/local/bin:/usr/bin:/bin"}
c.Spawner.default_url = "/lab"
# On a machine where many start at once.
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180
c.JupyterHub.active_server_limit = _how_many_students()

CULLER = "cull-idle"
c.JupyterHub.services = [
    # Started by itself: the hub ends with a service of its own that is not up within seconds.
    {
        "name": place.id,
        "url": place.service_address,
        "api_token": place.token.read_text().strip(),
        "oauth_no_confirm": True,
    },
    {
        "name": CULLER,
        "command": [str(place.python), "-m", "jupyterhub_idle_culler", f"--timeout={HOUR}"],
    },
]
c.JupyterHub.load_roles = [
    {
        "name": "instructors",
        "scopes": [f"access:services!service={place.id}"],
        "groups": [place.instructors],
    },
    {
        "name": CULLER,
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": [CULLER],
    },
]

if place.own_settings.exists():
    load_subconfig(place.own_settings.name, path=str(place.root))  # noqa: F821
