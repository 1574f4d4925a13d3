"""What keeps people from using a page, as axe finds it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page

GRAVE = ("serious", "critical")


def grave(page: Page | Frame, within: str | None = None) -> dict[str, list[str]]:
    """The elements that shut somebody out, by axe's rule.

    Args:
        page: what is looked at, once everything is opened that is folded.
        within: a selector, where only a part of the page is ours.
    """
    page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    found = Axe().run(page, context=within).response["violations"]
    return {
        violation["id"]: [node["html"] for node in violation["nodes"]]
        for violation in found
        if violation["impact"] in GRAVE
    }
