"""The form on the page of a run by which a reader reviews its paper: once that is done and the run has ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...data.errors import InputError
from ...reviewer.forms.field import FormField
from ...reviewer.forms.form import Form
from ..human_reviews.blank import file_of, handing_in
from ..human_reviews.hand_in import form_for
from ..human_reviews.version import PaperVersion, version_of

MOST_CHOICES = 12


@dataclass(frozen=True)
class AskedForm:
    """The form and the version that it is of; `file` is what the filled form is called."""

    form: Form
    version: PaperVersion
    file: str
    command: str

    def choices(self, field: FormField) -> list[tuple[str, str]]:
        """Values with their words, for a field with few; none for the others."""
        if field.kind == "decision":
            return [("accept", "accept"), ("reject", "reject")]
        if field.kind == "flag":
            return [("yes", "yes"), ("no", "no")]
        if field.low is None or field.high is None or field.unit:
            return []
        whole = [float(n) for n in range(int(field.low), int(field.high) + 1)]
        values = field.values or (whole if len(whole) <= MOST_CHOICES and field.low.is_integer() else ())
        return [(f"{v:g}", f"{v:g}" + (f": {field.labels[v]}" if v in field.labels else "")) for v in values]


def asked_form(folder: Path) -> AskedForm | None:
    """The form for the paper of an idea's folder; None where there is no finished one."""
    try:
        version = version_of(folder)
    except InputError:
        return None
    file = file_of(folder)
    return AskedForm(form_for(folder.resolve().parent, None), version, file, handing_in(folder, Path(file)))
