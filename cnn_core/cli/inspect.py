"""``cnn-core inspect``: what the window's inspector shows, as figures and as files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from rich.table import Table

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.assets import BUNDLED
from cnn_core.cli.inspect_files import (
    Files,
    embedding_files,
    exemplar_files,
    expect_folder,
    kernel_files,
    layer_files,
    reason_files,
    write_files,
)
from cnn_core.cli.options import DataDir, Json, Model
from cnn_core.cli.output import console, messages, print_json
from cnn_core.cli.outputs import Overwrite
from cnn_core.digits.reading import are_digits, reading
from cnn_core.drawing import read_picture
from cnn_core.errors import CnnError, ConfigError, DataUnavailableError
from cnn_core.inspection import Place, Working, adding_up, explain, look_inside, receptive_fields
from cnn_core.inspection.kinds import traits_of
from cnn_core.model import Sequential
from cnn_core.preprocessing import WHOLE
from cnn_core.runs import trained_on
from cnn_core.sources import reference_images
from cnn_core.storage import ModelFile, open_model

MOST_SUMS = 6
Numbers = NDArray[np.float64]


def inspect(
    image: Annotated[Path | None, typer.Argument(help="A picture of a digit; without one, only the layers.")] = None,
    model: Model = BUNDLED,
    digit: Annotated[
        int | None, typer.Option("--digit", min=1, help="Which digit of a number, from the left; default: the first.")
    ] = None,
    chosen: Annotated[int | None, typer.Option("--class", min=0, help="Ask about this class, not its answer.")] = None,
    pin: Annotated[
        str | None, typer.Option("--pin", help="Show how one number comes about: conv_2:5,6,9 (row, column, map).")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for pictures of layers, kernels, reasons, the drawing among others, and their numbers.",
        ),
    ] = None,
    data_dir: DataDir = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Show a network's layers and, given a picture, what every layer makes of it and why it reads what it reads."""
    file = open_model(model)
    network = file.model
    rows: list[dict[str, Any]] = [
        {"name": r.name, "kind": r.kind, "shape": list(r.output_shape), "parameters": r.parameters}
        for r in network.summary()
    ]
    told: dict[str, Any] = {}
    if image is None:
        for value, option in ((out, "--out"), (pin, "--pin"), (chosen, "--class"), (digit, "--digit")):
            if value is not None:
                raise CnnError(
                    f"{option} expected a picture to look at, received none. Name one: cnn-core inspect digit.png "
                    f"{option} …"
                )
    else:
        if chosen is not None and out is None:
            raise CnnError(f"--class {chosen} expected a folder for the reasons, received none. Name one with --out.")
        file.image_spec()
        if out is not None:
            expect_folder(out, overwrite)
        received = _digit_in(file, image, digit or 1)
        values = [activation.values for activation in look_inside(engine.Observer(network), received)]
        for row, layer in zip(rows, values, strict=True):
            row |= _figures(layer)
        told["reading"] = _reading(file, received)
        if pin is not None:
            told["working"] = _tell_working(network, values, received, pin)
        if out is not None:
            files, told["why"] = reason_files(network, received, chosen, file.calibration.threshold)
            files |= layer_files(network, received, values) | kernel_files(network)
            write_files(out, files | _reference_files(file, values, pin, data_dir))
    if as_json:
        training = dict(file.training)
        print_json({
            "model": network.name, "parameters": network.parameter_count, "training": training, "layers": rows
        } | told)  # fmt: skip
        return
    _print_layers(rows, image is not None)
    console.print(f"{network.name}: {network.parameter_count:,} parameters")
    if "reading" in told:
        console.print(_in_words(told["reading"]))
    if "working" in told:
        _print_working(told["working"])
    if out is not None:
        console.print(_attribution_in_words(told["why"]))
        console.print(f"Wrote pictures and numbers into {out}", soft_wrap=True)


def _reference_files(file: ModelFile, values: list[Array], pin: str | None, data_dir: Path | None) -> Files:
    """The drawing among the test images, and what the pinned map likes of them; without them a word that it is so."""
    network = file.model
    files: Files = {}
    try:
        data, words = reference_images(trained_on(file.training), network.input_shape, data_dir)
    except DataUnavailableError as error:
        messages.print(str(error))
        return files
    messages.print(f"compared with {len(data):,} {words}")
    with suppress(ConfigError):  # a network without a hidden layer has no map of the images
        files |= embedding_files(network, data, values)
    if pin is not None:
        files |= exemplar_files(network, data, *_parse_pin(network, pin))
    return files


def _figures(values: Array) -> dict[str, float]:
    return {
        "min": float(values.min()),
        "max": float(values.max()),
        "mean": float(values.mean()),
        "silent": round(float((values == 0).mean()), 4),
    }


def _digit_in(file: ModelFile, image: Path, number: int) -> Array:
    """What the network receives of a picture, or of one digit of the number in it."""
    judge = open_model(BUNDLED).model if are_digits(file.class_names) else None
    spec = file.image_spec()
    with reading(file.model, file.calibration, judge, spec) as reader:
        digits = reader.read([read_picture(image, spec.geometry == WHOLE)])
    if number > len(digits):
        raise CnnError(f"--digit expected at most {len(digits)}, as {image.name} holds no more, received {number}.")
    if len(digits) > 1:
        messages.print(f"digit {number} of {len(digits)}")
    return digits[number - 1].image


def _reading(file: ModelFile, image: Array) -> dict[str, Any]:
    """What the network takes the image for."""
    probabilities = file.model.predict(image[None])[0]
    best = int(probabilities.argmax())
    return {
        "class": best,
        "name": file.class_names[best],
        "probability": float(probabilities[best]),
        "known": bool(file.calibration.knows(probabilities[None])[0]),
    }


def _in_words(reading: dict[str, Any]) -> str:
    said = f"{reading['name']} ({reading['probability']:.1%})"
    return f"reads {said}" if reading["known"] else f"reads none of the classes; nearest {said}"


# --- One number


def _tell_working(model: Sequential, values: list[Array], image: Array, pin: str) -> dict[str, Any]:
    """The working of the number that ``--pin`` names, JSON-ready."""
    number, place = _parse_pin(model, pin)
    working: Working = explain(model, values, image, number, place)
    field = receptive_fields(model, number, place)[0]
    return {
        "layer": working.layer,
        "place": list(place),
        "function": working.function,
        "kind": working.kind,
        "pools": traits_of(working.kind).pools,
        "inputs": working.inputs.tolist(),
        "weights": None if working.weights is None else working.weights.tolist(),
        "sum": working.sum,
        "bias": working.bias,
        "ingredients": dict(working.ingredients),
        "output": working.output,
        "sees": [[axis.start, axis.stop] for axis in field.box],
    }


def _parse_pin(model: Sequential, pin: str) -> tuple[int, Place]:
    name, _, rest = pin.partition(":")
    names = [layer.name for layer in model]
    if name not in names:
        raise ConfigError(f"--pin expected a layer of {model.name} ({', '.join(names)}), received {name!r}.")
    try:
        place = tuple(int(part) for part in rest.split(","))
    except ValueError:
        raise ConfigError(
            f"--pin expected a layer and a place, such as conv_2:5,6,9 (row, column, map) or dense_1:12, received "
            f"{pin!r}."
        ) from None
    return names.index(name), place


def _print_working(working: dict[str, Any]) -> None:
    where = ", ".join(map(str, working["place"]))
    console.print(f"{working['layer']} at {where}: {working['function']}")
    inputs = np.array(working["inputs"])
    weights = None if working["weights"] is None else np.array(working["weights"])
    if inputs.ndim == 3 and weights is not None:
        _print_patch(inputs, weights, pools=working["pools"])
    elif traits_of(working["kind"]).shares:
        for number, logit in enumerate(inputs):
            console.print(f"  {number}: e^{logit:.4f} = {np.exp(logit):.6g}")
        console.print(f"  Σ = {np.exp(inputs).sum():.6g}")
    if made_of := working["ingredients"]:
        console.print(f"  x = {inputs.flat[0]:.6f}")
        console.print("  " + ", ".join(f"{name} {value:.6f}" for name, value in made_of.items()))
    elif weights is not None and not working["pools"]:
        total, bias = adding_up([working["sum"], working["bias"]], working["output"], 4)
        console.print(f"  sum of {inputs.size:,} products {total:.4f} + bias {bias:.4f}")
    console.print(f"  {working['layer']} = {working['output']:.4f}")
    rows, columns = working["sees"][:2]
    console.print(f"  sees rows {rows[0]} to {rows[1] - 1}, columns {columns[0]} to {columns[1] - 1} of the image")


def _print_patch(inputs: Numbers, weights: Numbers, pools: bool) -> None:
    """The window of a pooling; of a convolution the patch and kernel of the input map that adds most, and all sums."""
    sums = (inputs * weights).sum(axis=(0, 1))
    most = int(np.abs(sums).argmax())
    for row in range(inputs.shape[0]):
        line = _numbers(inputs[row, :, most])
        if not pools:
            line += f"   ×   {_numbers(weights[row, :, most])}"
        console.print(f"    {line}")
    if not pools:
        order = np.argsort(-np.abs(sums), kind="stable")[:MOST_SUMS]
        others = [float(sums.sum() - sums[order].sum())] if len(sums) > len(order) else []
        terms = adding_up([*map(float, sums[order]), *others], float(sums.sum()), 4)
        adds = ", ".join(f"map {i} {term:+.4f}" for i, term in zip(order, terms, strict=False))
        rest = f", {len(sums) - len(order)} others {terms[-1]:+.4f}" if others else ""
        console.print(f"  above: map {most}. What the input maps add: {adds}{rest}")


def _numbers(row: Numbers) -> str:
    return " ".join(f"{x:8.4f}" for x in row)


def _attribution_in_words(why: dict[str, Any]) -> str:
    words = (
        f"class {why['class']} ({why['probability']:.1%}): the pixels add {why['contributions']['sum']:+.2f} to its "
    )
    words += f"logit; a covered square costs up to {why['occlusion_most']:.1%}"
    if "smallest_edit" in why:
        edit = why["smallest_edit"]
        reads = f"make it read {edit['after']} ({edit['probability']:.1%})" if edit["known"] else "make it no digit"
        words += f"; {edit['pixels']} changed pixels {reads}"
    return words


def _print_layers(rows: list[dict[str, Any]], with_values: bool) -> None:
    columns = ["layer", "kind", "output", "parameters"] + (["min", "max", "mean", "zeros"] if with_values else [])
    table = Table(*columns, box=None)
    for row in rows:
        shape = "×".join(map(str, row["shape"]))
        cells = [row["name"], row["kind"], shape, f"{row['parameters']:,}"]
        if with_values:
            cells += [f"{row['min']:.3f}", f"{row['max']:.3f}", f"{row['mean']:.3f}", f"{row['silent']:.0%}"]
        table.add_row(*cells)
    console.print(table)
