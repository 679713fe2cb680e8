"""Files: models to keep, models for other programs."""

from cnn_core.storage.model_file import ModelFile, is_model_file, load_model, open_model, save_model
from cnn_core.storage.onnx_file import export_onnx

__all__ = ["ModelFile", "export_onnx", "is_model_file", "load_model", "open_model", "save_model"]
