"""Only what pyproject.toml cannot say: packages are found, and ``assets`` is shipped as the package ``cnn_assets``."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["cnn_core*", "cnn_gui*"]), "cnn_assets"], package_dir={"cnn_assets": "assets"})
