"""An installed wheel holds everything that the program needs, wherever it is started."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PARTS = ("cnn_core", "cnn_gui", "assets", "pyproject.toml", "README.md", "LICENSE", "setup.py")


def test_the_wheel_is_complete_and_works_elsewhere(tmp_path):
    """Built from a copy, so that nothing of the checkout is touched; used from its unpacked content alone."""
    source = tmp_path / "source"
    source.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, source / part)
    code = "import setuptools.build_meta as b, sys; print(b.build_wheel(sys.argv[1]))"
    build = [sys.executable, "-W", "ignore", "-c", code, str(tmp_path)]
    subprocess.run(build, cwd=source, check=True, capture_output=True, text=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    packages = {path.parent.relative_to(ROOT).as_posix() for part in PARTS[:2] for path in (ROOT / part).rglob("*.py")}
    assert packages <= {Path(name).parent.as_posix() for name in names}
    assert {"cnn_core/py.typed", "cnn_assets/models/bundled.safetensors", "cnn_assets/icons/app.svg"} <= names
    use = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from cnn_core.assets import bundled_model_path as p; from cnn_core.storage import load_model;"
        "assert str(p()).startswith(sys.argv[1]), p(); print(load_model(p()).model.name)"
    )
    command = [sys.executable, "-c", use, str(tmp_path / "site")]
    found = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "accurate"
