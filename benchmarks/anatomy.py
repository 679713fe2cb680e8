"""Where the time of a training step goes, call by call, and how far it is from the machine's matrix-multiply peak.

``python -m benchmarks.anatomy [--json] [--network digits] [--batch 256] [--calls]``

Times every call of the programs on one thread, alone, so that threads and the interpreter's lock play no part.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.contenders import tasks
from benchmarks.machine import describe_machine
from benchmarks.networks import make_model
from cnn_core import engine
from cnn_core.engine.program import Program
from cnn_core.engine.workspace import Workspace
from cnn_core.optimizers import make_optimizer

REPEATS = 30


def kind_of(section: str, call: Any) -> str:
    """What a call is for, from its section and its operands."""
    is_conv, is_first = section.startswith("conv"), section.startswith("conv_1 ")
    name = getattr(call.func, "__name__", str(call.func))
    if name == "matmul":
        if section.startswith("dense"):
            return "dense: products"
        left, right = (operand.shape for operand in call.args[:2])
        if is_conv and not is_first and (max(left) < 10 or (len(left) == 2 and max(left[-2:]) <= 10 < right[-1])):
            return "convolution: transforms"
        return "first convolution: products" if is_first else "convolution: products"
    if name in ("less", "maximum", "greater", "multiply", "subtract", "tanh", "square", "keep_mask", "copyto"):
        return "first layer: windows" if is_first and call.args[0].ndim > 5 else "pooling, activation, dropout, copies"
    return "sums of gradients, biases"


def multiplications(call: Any) -> int:
    """How many a matrix product does; 0 for anything else."""
    if getattr(call.func, "__name__", "") != "matmul":
        return 0
    left, right = call.args[0].shape, call.args[1].shape
    batch = int(np.prod(np.broadcast_shapes(left[:-2], right[:-2])))
    return batch * left[-2] * left[-1] * right[-1]


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def peak() -> float:
    """Multiplications a second of a well-shaped product on one thread."""
    a, b, c = (np.ones((384, 384), np.float32) for _ in range(3))
    best = min(timed(lambda: np.matmul(a, b, out=c)) for _ in range(100))
    return 384**3 / best


def anatomy(network: str, batch: int) -> dict[str, Any]:
    """Microseconds an image by kind and by section."""
    model, optimizer, rng = (
        make_model(network),
        make_optimizer("adam"),
        np.random.default_rng(0),
    )
    x, labels = tasks.images(batch, model.input_shape)
    with engine.compile(model, batch, threads=1, training=True) as plan:
        for _ in range(3):
            plan.step(x, labels, rng, optimizer, tasks.LEARNING_RATE)
        whole = float(np.median([timed(lambda: plan.step(x, labels, rng, optimizer, 1e-3)) for _ in range(REPEATS)]))
        workspace = only_workspace(plan)
        by_kind: dict[str, float] = defaultdict(float)
        calls, total, products = [], 0.0, 0
        for program in (*workspace.forward_programs, *reversed(workspace.backward_programs)):
            for (section, call), seconds in zip(program.entries(), times(program), strict=True):
                microseconds = seconds * 1e6 / workspace.n
                by_kind[kind_of(section, call)] += microseconds
                total += microseconds
                products += multiplications(call)
                shapes = [list(a.shape) for a in call.args if isinstance(a, np.ndarray)]
                calls.append((section, getattr(call.func, "__name__", "?"), shapes, microseconds))
        floor = products / workspace.n / peak() * 1e6  # here, where BLAS is held to one thread
    by_kind["optimizer, dense gradients, loss, Python"] = whole * 1e6 / batch - total
    return {
        "us_an_image": round(whole * 1e6 / batch, 1),
        "by_kind": {kind: round(t, 2) for kind, t in sorted(by_kind.items(), key=lambda item: -item[1])},
        "products_at_peak_us": round(floor, 1),
        "images_per_shard": workspace.n,
        "calls_per_shard": len(calls),
        "calls": calls,
    }


def only_workspace(plan: engine.Plan) -> Workspace:
    """The first workspace of a plan with one thread."""
    assert plan._cache is not None
    return plan._cache.gather(1)[0]


def times(program: Program) -> list[float]:
    """Median seconds of every call, the program run over and over."""
    rounds = [[timed(call) for _, call in program.entries()] for _ in range(REPEATS)]
    return [float(t) for t in np.median(np.array(rounds), axis=0)]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--network", default="digits", help="a preset, or another of benchmarks.networks")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--calls", action="store_true", help="list every single call")
    arguments = parser.parse_args()
    found = anatomy(arguments.network, arguments.batch)
    if arguments.json:
        print(json.dumps(found, indent=1))
        return
    print(f"{arguments.network}, batch {arguments.batch}, one thread, {describe_machine()}")
    if arguments.calls:
        for section, name, shapes, microseconds in found["calls"]:
            print(f"  {section:48s}{name:12s}{microseconds:8.2f} µs an image  {shapes}")
    for kind, microseconds in found["by_kind"].items():
        print(f"{kind:45s}{microseconds:8.1f} µs an image{microseconds / found['us_an_image']:8.1%}")
    print(
        f"{'all':45s}{found['us_an_image']:8.1f} µs an image, {found['calls_per_shard']} calls for a shard of "
        f"{found['images_per_shard']} images"
    )
    print(f"{'its matrix products at the peak rate':45s}{found['products_at_peak_us']:8.1f} µs an image")


if __name__ == "__main__":
    main()
