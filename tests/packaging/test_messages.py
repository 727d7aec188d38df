"""The sentences for translators."""

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
