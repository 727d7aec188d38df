"""Counts the inputs that a session takes, beside what the project allows itself.

`python3 build/inputs.py` charts one session in five ways, by real events on the real window without
a screen, and ends with 1 if one of them takes too many.
"""

from python_version import require_supported_python


def main() -> None:
    """Count them in an environment that has the program."""
    require_supported_python()
    import environment

    environment.run_script("budget.py", environment.RUN)


if __name__ == "__main__":
    main()
