"""Sentences about the drug, the checks before the needle, and what came after: one module each."""

from desktop.core.errors import ExpectedError


def explain(error: ExpectedError) -> str | None:
    """The sentence of an error of any of them; none for an error of another layer."""
    from desktop.words import drug, followup, safety, stock, vials

    return (
        vials.explain(error)
        or safety.explain(error)
        or followup.explain(error)
        or drug.explain(error)
        or stock.explain(error)
    )
