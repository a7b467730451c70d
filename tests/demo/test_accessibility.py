"""What axe-core, the field's checker, finds in the states that a visitor meets."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

#: Also that whoever speaks to the page can say what stands on a control.
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"label-content-name-mismatch": {"enabled": True}},
}


def serious(page, state: str) -> list[str]:
    """What hinders somebody in the state that the page is in, a line each."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{state}: {each['id']} ({each['impact']}): {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


#: An element is there and neither it nor what it lies in is still fading in.
FADED_IN = """what => {
  const there = document.querySelector(what);
  for (let e = there; e; e = e.parentElement) if (getComputedStyle(e).opacity !== '1') return false;
  return there !== null;
}"""


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_nobody_is_shut_out_of_a_state(visit, drawn_url, scheme, width, tmp_path):
    tour = visit(drawn_url, width=width, path=f"?__theme={scheme}")
    page, found = tour.page, []

    def check(state: str) -> None:
        found.extend(serious(page, state))

    check("empty")
    text = tmp_path / "notes.jpg"
    text.write_text("no picture")
    page.set_input_files("#drop input[type=file]", str(text))
    page.wait_for_function(FADED_IN, arg=".toast-message-text")
    check("refused")
    tour.read_example()
    check("read")
    page.locator("#verdict details:not([open]) summary").evaluate_all(
        "all => all.forEach(e => e.click())"
    )
    page.click(".values summary")
    page.click("button[data-look=pattern]")
    page.wait_for_selector(".looked img")
    check("unfolded")
    page.click("#correct")
    page.wait_for_selector(".boxer img")
    check("box")
    page.click("label:has(input[name=mend][value=add])")
    check("brush")
    tour.open_tab("Generate designs")
    page.wait_for_selector("#reading h2")
    check("designs")
    page.click("#count input")
    page.wait_for_function(FADED_IN, arg="[role=listbox] [role=option]")
    check("list")
    assert not found, "\n".join(found)
