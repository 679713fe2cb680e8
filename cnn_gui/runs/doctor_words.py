"""What `cnn_core.runs.doctor` says, for translators."""

from __future__ import annotations

from cnn_gui.widgets.translation import QT_TR_NOOP

FINDINGS = (
    QT_TR_NOOP("Too short to judge: {steps} steps, and no whole epoch"),
    QT_TR_NOOP("Most findings need a validation, which comes at the end of an epoch."),
    QT_TR_NOOP("The loss was no number any more after step {step}"),
    QT_TR_NOOP("The steps were too large: the weights ran away. A smaller rate holds them."),
    QT_TR_NOOP("Each step changes the weights by {share} % of their size"),
    QT_TR_NOOP("One thousandth is usual. So large a step throws away what the last one has found."),
    QT_TR_NOOP("Each step changes the weights by only {ratio} of their size"),
    QT_TR_NOOP("One thousandth is usual. At this pace the network hardly moves."),
    QT_TR_NOOP("{share} % of the units of {layer} never fire"),
    QT_TR_NOOP(
        "{silent} of {units} are zero on all images that were looked at, so they learn nothing. A "
        "lower rate, or LeakyReLU, keeps them alive."
    ),
    QT_TR_NOOP("Only {ratio} of the gradient of {last} reaches {first}"),
    QT_TR_NOOP(
        "The first layers stand still. ReLU in place of tanh or sigmoid, or batch normalisation, lets it through."
    ),
    QT_TR_NOOP("The gradient of {layer} is {times} times as large as its weights"),
    QT_TR_NOOP(
        "It grows from layer to layer on its way back. Batch normalisation or a smaller start of "
        "the weights stops that."
    ),
    QT_TR_NOOP("{train} % of the training images are right, {validation} % of the others"),
    QT_TR_NOOP("Since epoch {epoch} the network learns its images by heart. More varied images, or dropout, help."),
    QT_TR_NOOP("The loss has stood at {loss} for {epochs} epochs"),
    QT_TR_NOOP("The network learns no more at this rate. A higher or a falling one may take it further."),
    QT_TR_NOOP("All {count} training images are labelled {name}"),
    QT_TR_NOOP("There is nothing to tell apart: the network says this whatever it sees. Look at the data."),
    QT_TR_NOOP("Validation ({validation} %) is better than training ({train} %)"),
    QT_TR_NOOP(
        "That is no fault: dropout is off when the network is judged, and the training figure is "
        "the mean of a whole epoch, also of its weak beginning."
    ),
    QT_TR_NOOP("The loss jumped at step {step}, from {before} to {after}"),
    QT_TR_NOOP("A step was too large there. A warm-up, or a lower rate, makes the first ones small."),
    QT_TR_NOOP("{most} has {many} training images, {least} only {few}"),
    QT_TR_NOOP("The network leans towards what it has seen more of. More images of the rare classes help most."),
)
