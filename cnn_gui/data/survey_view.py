"""What a file or folder holds, before it is used."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QWidget

from cnn_gui.data.state import DataState
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.image_grid import Caption, GridImages, ImageGrid
from cnn_gui.widgets.translation import tr

MOST_LINES = 500


class SurveyView(Card):
    """How many, which sizes and classes, ten samples as the network will see them, and what was refused and why."""

    taken = Signal()
    refused = Signal()

    def __init__(self, state: State, data: DataState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("surveyView")
        self._state, self._data = state, data
        self.title = label(title=True)
        self.words = label()
        self.words.setWordWrap(True)
        self.grid = ImageGrid("surveySamples", 44)
        self.grid.setFixedHeight(76)
        self.grid.setAccessibleName(tr("Samples as the network will see them"))
        self.text = QPlainTextEdit()
        self.text.setObjectName("surveyText")
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Classes, and what was refused"))
        self.text.setTabChangesFocus(True)
        row = QHBoxLayout()
        self.use = QPushButton(tr("Use these"))
        self.use.setObjectName("takeIn")
        self.use.setProperty("primary", True)
        self.use.setToolTip(tr("Show them, and let the next run learn from them"))
        self.use.clicked.connect(self.taken)
        self.no = QPushButton(tr("Do not use them"))
        self.no.setObjectName("refuseData")
        self.no.setToolTip(tr("Nothing is changed"))
        self.no.clicked.connect(self.refused)
        row.addWidget(self.use)
        row.addWidget(self.no)
        row.addStretch(1)
        for widget in (self.title, self.words, label(tr("As the network will see them"), small=True, muted=True),
                       self.grid, self.text):  # fmt: skip
            self.body.addWidget(widget)
        self.body.addLayout(row)
        data.survey_changed.connect(self._on_changed)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @Slot()
    def _on_changed(self) -> None:
        found = self._data.survey
        if found is None:
            return
        parts = ", ".join(f"{thousands(count)} {tr(name)}" for name, count in found.parts)
        size = "×".join(map(str, found.shape))
        self.title.setText(tr("What is in {name}").format(name=found.title))
        self.words.setText(
            tr("{parts} · images of {size} · {k} classes{note}").format(
                parts=parts, size=size, k=len(found.classes), note=f" · {found.note}" if found.note else ""
            )
        )
        names = found.samples.class_names
        labels = found.samples.labels
        self.grid.show_images(
            GridImages(
                found.samples.images, np.arange(len(found.samples)), lambda number: Caption(names[labels[number]])
            )
        )
        lines = [tr("{name}: {count} images").format(name=name, count=thousands(n)) for name, n in found.classes]
        if found.refused:
            lines = [tr("Refused: {n} files").format(n=thousands(len(found.refused)))]
            lines += [f"  {name}: {why}" for name, why in found.refused]
            lines += ["", *(f"{name}: {thousands(n)}" for name, n in found.classes)]
        self.text.setPlainText("\n".join(lines[:MOST_LINES]))
        self.use.setFocus()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.grid.set_theme(self._state.appearance.theme)
