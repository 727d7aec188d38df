"""Small forms about a whole session: who injects, whose session it is, a name for a template."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from desktop.core.patient import NobodyChosenError, Patient, Person
from desktop.core.plan import Plan, template_title
from desktop.gui.forms import Explain, Form
from desktop.gui.widgets import label
from desktop.language import _
from desktop.wording import known_words, person_name

_ROW = Qt.ItemDataRole.UserRole


class PerformerForm(Form):
    """Who injects, where somebody else charts."""

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        people: Sequence[Person],
        performer: Person,
        use: Callable[[Person], None],
    ) -> None:
        super().__init__(parent, _("Performed by"), _("Keep"), explain)
        self._use = use
        self._people = people
        words = _("Who injects. Whoever works the program stays named as who charted.")
        self.above.addWidget(label(words, "quiet", wrap=True))
        options = {str(at): person_name(each) for at, each in enumerate(people)}
        self.known = self.choice(_("Known"), {"": "", **options})
        self.known.activated.connect(self._take)
        self.name = self.line(_("Name"), performer.name)
        self.credentials = self.line(_("Credentials"), performer.credentials)

    def try_to_accept(self) -> None:
        """Hand over who injects."""
        self._use(Person(self.name.text().strip(), self.credentials.text().strip()))

    def _take(self) -> None:
        at = self.known.currentData()
        if at:
            person = self._people[int(at)]
            self.name.setText(person.name)
            self.credentials.setText(person.credentials)


class MoveToPatientForm(Form):
    """A draft that was charted on the wrong patient goes to the right one, with the reason."""

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        find: Callable[[str], Sequence[Patient]],
        present: Patient,
        use: Callable[[Patient, str], None],
    ) -> None:
        super().__init__(parent, _("Move to another patient"), _("Move this session"), explain)
        self._find = find
        self._present = present
        self._use = use
        words = _("Charted now for {patient}.").format(patient=known_words(present))
        self.above.addWidget(label(words, "", wrap=True))
        self.search: QLineEdit = self.line(_("Find"), hint=_("name, number, 1980-02-01"))
        self.found = QListWidget()
        self.found.setFixedHeight(190)
        self._add(_("Patient"), self.found)
        self.reason = self.line(_("Reason"))
        self.search.textChanged.connect(self._list)
        self._list("")

    def try_to_accept(self) -> None:
        """Hand over whose session it is, and why it was moved."""
        item = self.found.currentItem()
        if item is None:
            raise NobodyChosenError
        self._use(item.data(_ROW), self.reason.text().strip())

    def _list(self, text: str) -> None:
        self.found.clear()
        for patient in self._find(text):
            if patient.id != self._present.id:
                item = QListWidgetItem(known_words(patient))
                item.setData(_ROW, patient)
                self.found.addItem(item)


class TemplateForm(Form):
    """A name under which the present chart can be planned again."""

    def __init__(
        self,
        parent: QWidget | None,
        explain: Explain,
        known: Sequence[Plan],
        use: Callable[[str], None],
    ) -> None:
        super().__init__(parent, _("Save as a template"), _("Save"), explain)
        self._use = use
        words = _("Sites, places and doses are kept; patient, vial and reasons are not.")
        self.above.addWidget(label(words, "quiet", wrap=True))
        self.name = self.line(_("Name"))
        names = ", ".join(template_title(each.name) for each in known)
        if names:
            saved = _("Saved already: {names}. The same name replaces it.").format(names=names)
            self.above.addWidget(label(saved, "quiet", wrap=True))

    def try_to_accept(self) -> None:
        """Hand over the name."""
        self._use(self.name.text().strip())
