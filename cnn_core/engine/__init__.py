"""The fast path: a `Sequential` becomes a plan that runs whole batches on all cores."""

from cnn_core.engine.blas import BlasThreads
from cnn_core.engine.observer import Observer
from cnn_core.engine.plan import BatchResult, Plan, Rehearsal
from cnn_core.engine.shards import FEW_IMAGES
from cnn_core.engine.thread_pool import MOST_THREADS, default_threads
from cnn_core.errors import ConfigError
from cnn_core.layers.options import positive_int
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential


def compile(
    model: Sequential,
    batch_size: int,
    threads: int | None = None,
    training: bool = False,
    loss: SoftmaxCrossEntropy | None = None,
) -> Plan:
    """Prepare ``model`` for batches of about ``batch_size`` images on ``threads`` threads (None: all cores).

    The plan reads the model's own arrays, so it always runs the weights as they are. Close it after use.
    """
    threads = default_threads() if threads is None else positive_int(threads, "The number of threads")
    if threads > MOST_THREADS:
        raise ConfigError(f"The number of threads expected at most {MOST_THREADS}, received {threads}.")
    return Plan(
        model,
        positive_int(batch_size, "batch_size"),
        threads,
        training,
        SoftmaxCrossEntropy() if loss is None else loss,
    )


__all__ = [
    "FEW_IMAGES",
    "MOST_THREADS",
    "BatchResult",
    "BlasThreads",
    "Observer",
    "Plan",
    "Rehearsal",
    "compile",
    "default_threads",
]
