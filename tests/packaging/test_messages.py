"""The sentences for translators."""

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

COLLECT = """
import sys
sys.path.insert(0, sys.argv[1])
import catalogues
sys.stdout.buffer.write(catalogues.written(catalogues.collected()))
"""


def test_template_for_translators_has_every_sentence_of_the_program() -> None:
    command = [sys.executable, "-c", COLLECT, str(PROJECT / "build")]
    collected = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
    template = PROJECT / "resources" / "translations" / "glabella.pot"
    assert b"Start from the protocol" in collected
    assert template.read_bytes() == collected, "run python3 build/messages.py"


def test_no_sentence_hides_in_a_formatted_string() -> None:
    # Before Python 3.12 the collector does not look into one, and no translator would see it.
    hidden = re.compile(r"""f(?:"[^"\n]*\{_\(|'[^'\n]*\{_\()""")
    files = sorted((PROJECT / "desktop").rglob("*.py"))
    assert files
    assert [file.name for file in files if hidden.search(file.read_text("utf-8"))] == []
