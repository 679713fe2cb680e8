"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cnn_core.datasets import AUGMENTATIONS
from cnn_core.optimizers import OPTIMIZERS
from cnn_core.presets import PRESETS
from cnn_core.sources import SOURCES

Model = Annotated[
    str, typer.Option("--model", "-m", help="A model file, or [bold]bundled[/bold]: the network that ships with this.")
]
DatasetName = Annotated[
    str,
    typer.Option(
        "--dataset",
        "-d",
        help=f"{', '.join(SOURCES)} (needs no files), or a path: an .npz or .csv file, a folder of IDX files, "
        "a folder of pictures by class.",
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", help="Folder that holds mnist/, fashion-mnist/, …; else $CNN_DATA_DIR, the cache, a download."
    ),
]
Preset = Annotated[str, typer.Option("--preset", "-p", help=f"The network: {', '.join(PRESETS)}.")]
ArchitectureFile = Annotated[
    Path | None, typer.Option("--architecture", help="A network of your own instead of a preset, as a TOML file.")
]
OptimizerName = Annotated[str, typer.Option("--optimizer", "-o", help=f"{', '.join(OPTIMIZERS)}.")]
BatchSize = Annotated[int, typer.Option("--batch-size", "-b", help="Images a step.")]
AugmentationName = Annotated[
    str, typer.Option("--augmentation", "-a", help=f"Random changes to images: {', '.join(AUGMENTATIONS)}.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Threads = Annotated[int, typer.Option("--threads", min=0, help="Threads for the work; 0 takes all cores.")]
RunsDir = Annotated[
    Path | None, typer.Option("--runs", help="Folder that the runs are kept in; default: the user's own.")
]
