"""The one family of errors that the user is meant to see."""


class ExpectedError(Exception):
    """Something that the program foresees and explains in one sentence.

    Each subclass carries the values that its sentence needs; `desktop.wording.explain` has the
    sentence. Anything else that is raised is a bug.
    """
