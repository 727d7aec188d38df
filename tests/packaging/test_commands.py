import ast
from pathlib import Path

import pytest
from checks import with_workers
from python_version import refusal

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("command", ["build/run.py", "build/test.py", "build/inputs.py"])
def test_readme_names_the_command_and_it_exists(command: str) -> None:
    assert f"python3 {command}" in (PROJECT / "README.md").read_text(encoding="utf-8")
    assert (PROJECT / command).is_file()


@pytest.mark.parametrize("script", ["run.py", "test.py", "python_version.py"])
def test_old_pythons_can_read_what_comes_before_their_refusal(script: str) -> None:
    source = (PROJECT / "build" / script).read_text(encoding="utf-8")
    module = ast.parse(source, feature_version=(3, 7))
    imported = {
        name
        for node in module.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [node.names[0].name])
    }
    assert imported <= {"sys", "python_version"}


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_supported_pythons_are_not_refused(version: tuple[int, int]) -> None:
    assert refusal(*version) == ""


@pytest.mark.parametrize("version", [(3, 6), (3, 10), (3, 15), (4, 0)])
def test_other_pythons_are_refused_in_one_sentence(version: tuple[int, int]) -> None:
    assert refusal(*version) == (
        "Glabella needs Python 3.11 to 3.14, and this is {}.{}: "
        "start it again with one of those, for instance `python3.11`."
    ).format(*version)


def test_both_cores_run_tests_unless_the_caller_chose() -> None:
    assert with_workers(["tests/core"]) == ["-n", "2", "tests/core"]
    assert with_workers(["-n0", "tests/core"]) == ["-n0", "tests/core"]
    assert with_workers(["-p", "no:xdist"]) == ["-p", "no:xdist"]
