"""What is wrong with a layer, below its card, and what would mend it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cnn_gui.network.columns import GRIP_PX
from cnn_gui.network.state import Draft
from cnn_gui.widgets.card import label
from cnn_gui.widgets.translation import tr

ROW_PX, GAP_PX = 34, 5
FITS_PX = 70


class ProblemRow(QFrame):
    """What is wrong with the layer above, and what would mend it."""

    fix_chosen = Signal(int)

    def __init__(self, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRIP_PX, ROW_PX, 10, GAP_PX + 4)
        column.setSpacing(4)
        problem = draft.report.problem
        advice = problem.rfind(". ")
        if draft.fixes and advice > 0:  # the buttons say it better
            problem = problem[: advice + 1]
        words = label(f"⚠ {problem}", small=True)
        words.setToolTip(draft.report.problem)
        words.setWordWrap(True)
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        words.setMaximumHeight(2 * words.fontMetrics().lineSpacing() + 2)
        column.addWidget(words)
        row = QHBoxLayout()
        row.setSpacing(6)
        said = tr("Fits with") if draft.fixes else tr("No single change that is known would mend it.")
        row.addWidget(label(said, small=True, muted=True))
        self._buttons: list[QPushButton] = []
        for number, fix in enumerate(draft.fixes):
            button = QPushButton(fix.words)
            button.setObjectName(f"fix{number}")
            button.setProperty("small", True)
            button.setAccessibleName(tr("Mend it: {words}").format(words=fix.words))
            button.setToolTip(tr("This was tried, and it fits"))
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._on_clicked)
            row.addWidget(button)
            self._buttons.append(button)
        row.addStretch(1)
        column.addLayout(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many as there is room for, the best first."""
        super().resizeEvent(event)
        room = event.size().width() - GRIP_PX - FITS_PX
        for button in self._buttons:
            room -= button.sizeHint().width() + 6
            button.setVisible(room >= 0)

    @Slot()
    def _on_clicked(self) -> None:
        self.fix_chosen.emit(int(self.sender().objectName().removeprefix("fix")))
