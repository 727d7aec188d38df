"""The scripts in `build` import each other by bare name; here they are found the same way."""

import sys
from pathlib import Path

import pytest

# Last, so that none of them hides a module of the standard library.
sys.path.append(str(Path(__file__).resolve().parents[2] / "build"))

# It is no module of tests, and its asserts are to say as much.
pytest.register_assert_rewrite("tests.journeys.course")
