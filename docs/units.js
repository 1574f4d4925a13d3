// What scrolls by itself can be reached and scrolled by keyboard; what fits is no stop on the way.
function reachable() {
  for (const box of document.querySelectorAll('.md-typeset__scrollwrap, .prose table, math[display="block"]')) {
    if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0")
    else box.removeAttribute("tabindex")
  }
}
addEventListener("load", reachable)
addEventListener("resize", reachable)
// what was folded has no width until it is opened; the event does not bubble
addEventListener("toggle", reachable, true)
