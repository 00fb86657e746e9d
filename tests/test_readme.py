"""The Python in the README runs, and says what stands below it."""

import re
import shutil
from pathlib import Path

PROJECT = Path(__file__).parents[1]
BLOCKS = re.findall(r"^```python\n(.*?)^```$", (PROJECT / "README.md").read_text("utf-8"), re.M | re.S)


def output_in(block):
    """What a block says it prints: its comments that stand alone."""
    return [line.removeprefix("# ") for line in block.splitlines() if line.startswith("# ")]


def test_the_examples_run_one_after_another_and_print_what_they_say(tmp_path, monkeypatch, capsys):
    shutil.copytree(PROJECT / "recordings", tmp_path / "recordings", ignore=shutil.ignore_patterns("*.py"))
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in BLOCKS:
        exec(block, names)
        assert capsys.readouterr().out.splitlines() == output_in(block)
    assert len(BLOCKS) >= 2
    assert "Plotly" in (tmp_path / "first_set.html").read_text("utf-8")


def test_each_figure_is_in_the_readme():
    from tracker import plots

    readme = (PROJECT / "README.md").read_text("utf-8")
    assert [name for name in plots.__all__ if f"`{name}(" not in readme] == []
