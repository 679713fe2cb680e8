"""The foot of the window: steer a run, see how far it is, and what the window says."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QToolButton, QWidget

from cnn_core.files import brief
from cnn_gui import theme
from cnn_gui.actions import Actions
from cnn_gui.session.state import State
from cnn_gui.session.training_state import Phase, TrainingStatus
from cnn_gui.shell.sparkline import Sparkline
from cnn_gui.widgets.action_button import bind
from cnn_gui.widgets.card import label
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import tr

HEIGHT_PX, PROGRESS_PX = 44, 150
ICON = QSize(14, 14)
MOST_NAME, MOST_QUESTION = 24, 60
WIDE_PX, WIDEST_PX = 1120, 1340
"""Below the first the small curve gives way, below the second the words beside it."""


class TrainingBar(QFrame):
    """Train and pause share one place: the one that can be pressed is there."""

    def __init__(self, state: State, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainingBar")
        self.setFixedHeight(HEIGHT_PX)
        self._state, self._actions = state, actions
        self.train = self._button(QPushButton(tr("Train")), "trainButton", tr("Train"))
        self.train.setProperty("primary", True)
        bind(self.train, actions.train, tr("Begin to train (Space)"))
        self.pause = self._button(QPushButton(tr("Pause")), "pauseButton", tr("Pause"))
        bind(self.pause, actions.pause, tr("Hold the training, or go on (Space)"))
        self.step = self._button(QPushButton(), "stepButton", tr("Step"))
        bind(self.step, actions.step, tr("Train on one batch and hold"))
        self.stop = self._button(QPushButton(), "stopButton", tr("Stop"))
        bind(self.stop, actions.stop, tr("End the training; what was learnt stays"))
        self.progress = QProgressBar()
        self.progress.setObjectName("trainingProgress")
        self.progress.setAccessibleName(tr("Training progress"))
        self.progress.setToolTip(tr("How much of the run is done"))
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(PROGRESS_PX)
        self.epoch, self.speed, self.left = (label(small=True, muted=bool(i)) for i in range(3))
        self.sparkline = Sparkline(state)
        self.loss, self.validation = label(small=True), label(small=True)
        self.loss.setTextFormat(Qt.TextFormat.RichText)
        self.validation.setTextFormat(Qt.TextFormat.RichText)
        self.notice = ElidedLabel()
        self.notice.setObjectName("notice")
        self.notice.setProperty("muted", True)
        self.notice.setProperty("small", True)
        self.notice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.notice.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bring_back = self._button(QPushButton(), "bringBackButton", tr("Bring back"))
        bind(self.bring_back, actions.bring_back)
        self.resume = self._button(QPushButton(tr("Go on with it")), "resumeButton", tr("Go on with the run"))
        bind(self.resume, actions.resume, tr("Go on with the run that was interrupted"))
        self.question = label(small=True)
        self.train_on = self._button(QPushButton(tr("Train on")), "trainOnButton", tr("Train on"))
        bind(self.train_on, actions.train_on, tr("Go on with the network as it is (T)"))
        self.start_anew = self._button(QPushButton(tr("Start anew")), "startAnewButton", tr("Start anew"))
        bind(self.start_anew, actions.start_anew, tr("Begin with the network of the settings and fresh weights (N)"))
        self.no_run = self._button(QPushButton(tr("Cancel")), "noRunButton", tr("Cancel"))
        bind(self.no_run, actions.no_run, tr("Do not train (Esc)"))
        self.dock = QToolButton()
        self.dock.setObjectName("dockButton")
        self.dock.setDefaultAction(actions.fold_dock)
        self.dock.setText(tr("Settings and plots"))
        self.dock.setAccessibleName(tr("Settings and plots"))
        self.dock.setToolTip(tr("Show or fold settings and plots (Ctrl+J)"))
        self.dock.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.dock.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.epoch.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._arrange()
        state.training.status_changed.connect(self._on_status_changed)
        state.training.metrics_added.connect(self._on_metrics_changed)
        state.training.metrics_cleared.connect(self._on_metrics_changed)
        state.appearance.notice_changed.connect(self._on_notice_changed)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        state.model.previous_changed.connect(self._on_previous_changed)
        state.training.question_changed.connect(self._on_question_changed)
        actions.resume.enabledChanged.connect(self.resume.setVisible)
        self.resume.setVisible(False)
        self._on_theme_changed()
        self._on_status_changed()
        self._on_previous_changed()
        self._on_question_changed()

    def _button(self, button: QPushButton, name: str, accessible: str) -> QPushButton:
        button.setObjectName(name)
        button.setAccessibleName(accessible)
        button.setIconSize(ICON)
        button.setProperty("tight", True)
        return button

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(6)
        for widget in (self.train, self.pause, self.step, self.stop):
            row.addWidget(widget)
        row.addSpacing(6)
        row.addWidget(self.progress)
        row.addSpacing(6)
        for widget in (self.epoch, self.speed, self.left, self.sparkline, self.loss, self.validation):
            row.addWidget(widget)
            row.addSpacing(6)
        row.addWidget(self.notice, 1)
        for widget in (self.question, self.train_on, self.start_anew, self.no_run):
            row.addWidget(widget)
        row.addStretch(0)
        for widget in (self.resume, self.bring_back, self.dock):
            row.addWidget(widget)

    def showEvent(self, event: QShowEvent) -> None:
        """Both buttons stand in one place, as wide as the longer one in its real font."""
        super().showEvent(event)
        width = max(self.train.sizeHint().width(), self.pause.sizeHint().width(), 84)
        for button in (self.train, self.pause):
            button.setFixedWidth(width)

    # --- What the state says

    @Slot()
    def _on_status_changed(self) -> None:
        status = self._state.training.status
        idle = status.phase is Phase.IDLE
        had_focus = self.train.hasFocus() or self.pause.hasFocus()
        self.train.setVisible(idle)
        self.pause.setVisible(not idle)
        if had_focus:
            (self.train if idle else self.pause).setFocus()
        held = status.phase is Phase.PAUSED
        self.pause.setText(tr("Resume") if held else tr("Pause"))
        self.pause.setIcon(theme.icon("play" if held else "pause", self._state.appearance.theme.text, 14))
        self.progress.setValue(round(status.progress * 1000))
        epoch, speed, left = self._words(status)
        self.epoch.setText(epoch)
        self.speed.setText(speed)
        self.left.setText(left)
        self._make_room()

    def _words(self, status: TrainingStatus) -> tuple[str, str, str]:
        """Where the run is, its speed, and the time left."""
        if status.message:
            share = f"{status.progress * 100:.0f} %" if 0 < status.progress < 1 else ""
            return status.message, share, ""
        if not status.phase.active or not status.images_per_second:
            return "", "", ""
        epoch = tr("epoch {epoch:.2f} of {epochs}").format(epoch=status.epoch, epochs=status.epochs)
        speed = tr("{n} images/s").format(n=thousands(status.images_per_second))
        held = status.phase is Phase.PAUSED
        return (
            epoch,
            speed,
            tr("held") if held else tr("{time} left").format(time=duration(status.eta_seconds)),
        )

    @Slot()
    def _on_metrics_changed(self) -> None:
        colours, epochs = self._state.appearance.theme, self._state.training.epochs
        loss = self.sparkline.value
        self.loss.setText(
            tr('<span style="color:{accent}">{loss:.3f}</span>').format(accent=colours.accent, loss=loss)
            if loss is not None
            else ""
        )
        last = f"{epochs[-1].validation_accuracy * 100:.2f} %" if epochs else ""
        words = tr("validation")
        self.validation.setText(
            tr('<span style="color:{second}">●</span> {words} {last}').format(
                second=colours.second, words=words, last=last
            )
            if last
            else ""
        )
        self._make_room()

    @Slot()
    def _on_notice_changed(self) -> None:
        self.notice.set_whole_text(self._state.appearance.notice)
        self.notice.setToolTip(plain_tip(self._state.appearance.notice))  # a narrow window cuts a long one

    @Slot()
    def _on_question_changed(self) -> None:
        """A question stands where the notice was, until it is answered."""
        question = self._state.training.question
        for widget in (self.question, self.train_on, self.start_anew, self.no_run):
            widget.setVisible(question is not None)
        self.notice.setVisible(question is None)
        self._make_room()
        if question is None:
            return
        self.question.setText(brief(question.words, MOST_QUESTION))
        self.question.setToolTip(plain_tip(question.words))
        self.train_on.setFocus()

    @Slot()
    def _on_previous_changed(self) -> None:
        """The way back to the network that was there before."""
        previous = self._state.model.previous
        self._make_room()
        self._actions.bring_back.setEnabled(previous is not None)
        if previous is not None:
            name = brief(previous.name, MOST_NAME)
            text = tr("Bring back “{name}”").format(name=name)
            self.bring_back.setText(text.replace("&", "&&"))
            self.bring_back.setAccessibleName(text)
            on_test = tr("{accuracy:.2f} % on the test set")
            accuracy = f" · {on_test.format(accuracy=previous.accuracy * 100)}" if previous.accuracy is not None else ""
            words = f"{previous.name} · {previous.origin}{accuracy}"
            tip = tr("Put back the network that was there before: {words} (Ctrl+Alt+Z)").format(words=words)
            self.bring_back.setToolTip(plain_tip(tip))

    @Slot()
    def _on_theme_changed(self) -> None:
        colours = self._state.appearance.theme
        for name, button in (("step", self.step), ("stop", self.stop)):
            button.setIcon(theme.icon(name, colours.text, 14))
        self.train.setIcon(theme.icon("play", colours.accent_text, 14, colours.text))
        self._actions.fold_dock.setIcon(theme.icon("dock", colours.text, 14))
        self._on_metrics_changed()
        self._on_status_changed()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._make_room()

    def _make_room(self) -> None:
        """In a narrow window the curve and the words beside it give way, never the buttons."""
        asks = self._state.training.question is not None  # then that is all that counts
        busy = self._state.training.batch_count > 0 and not asks
        for words in (self.epoch, self.speed, self.left):
            has_room = words is self.epoch or self.width() >= WIDE_PX
            words.setVisible(bool(words.text()) and has_room and not asks)
        self.sparkline.setVisible(busy and self.width() >= WIDE_PX)
        self.loss.setVisible(busy and self.width() >= WIDE_PX)
        self.validation.setVisible(bool(self.validation.text()) and self.width() >= WIDEST_PX and not asks)
        self.bring_back.setVisible(self._state.model.previous is not None and not asks)
        self.dock.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if self.width() >= WIDE_PX
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )


def duration(seconds: float) -> str:
    """``75`` as ``1 min 15 s``."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return tr("{minutes} min {rest:02d} s").format(minutes=seconds // 60, rest=seconds % 60)
    return tr("{hours} h {rest:02d} min").format(hours=seconds // 3600, rest=seconds % 3600 // 60)
