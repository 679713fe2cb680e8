"""Files: models to keep, models for other programs."""

from cnn_core.storage.model_file import ModelFile, load_model, open_model, save_model
from cnn_core.storage.onnx_file import export_onnx

__all__ = ["ModelFile", "export_onnx", "load_model", "open_model", "save_model"]
