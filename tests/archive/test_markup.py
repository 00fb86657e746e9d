"""HTML that no text can break out of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive.read_report import Report
from tracker.archive.export.report.markup import Markup, element, listing, raw, together

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(TEXT, TEXT)
def test_what_goes_in_as_text_comes_out_as_the_same_text(inside, value):
    report = Report(element("p", inside, title=value).encode())
    assert report.elements == ["p"]
    assert report.text == inside
    assert report.attributes == [("title", value)]


def test_markup_stays_markup_and_only_that():
    assert element("p", element("b", "<")) == "<p><b>&lt;</b></p>"
    assert together("<", Markup("<br>")) == "&lt;<br>"
    assert element("meta", charset="utf-8") == '<meta charset="utf-8">'


def test_a_list_of_nothing_is_nothing():
    assert listing([]) == ""
    assert listing(["a", "<"]) == "<ul><li>a</li><li>&lt;</li></ul>"


@pytest.mark.parametrize("text", ["a</script>b", "a</SCRIPT >", "<!-- a"])
def test_a_script_cannot_be_ended_by_what_stands_in_it(text):
    with pytest.raises(ValueError, match="would end its <script>"):
        raw("script", text)
