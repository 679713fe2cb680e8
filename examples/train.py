"""Train a network on digits that the program draws itself, and see how well it reads others.

python examples/train.py
"""

from cnn_core.runs import execute
from cnn_core.sources import load_dataset
from cnn_core.training import EpochMetrics, TrainingConfig

config = TrainingConfig(dataset="synthetic", architecture="digits", epochs=2, batch_size=128)
data = load_dataset(config.dataset)


def tell(event: object) -> None:
    """Called with everything that happens in the run."""
    if isinstance(event, EpochMetrics):
        print(f"epoch {event.epoch}: loss {event.train_loss:.3f}, validation {event.validation_accuracy:.1%}")


record = execute(config, data, tell)
print(f"{record.network}, {record.parameters:,} parameters: {record.test_accuracy:.1%} of the test images")
