"""Measures how fast the program is, each figure beside a floor from the same run.

`python3 build/bench.py [SESSIONS]`; without a number the record that is opened has 20,000 sessions.
"""

from python_version import require_supported_python


def main() -> None:
    """Run the measurements in an environment that has typst beside the program."""
    require_supported_python()
    import environment

    environment.run_script("measurements.py", environment.BENCH)


if __name__ == "__main__":
    main()
