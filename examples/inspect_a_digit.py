"""What every layer of the bundled network makes of a digit, and which pixels speak for the answer.

python examples/inspect_a_digit.py
"""

import numpy as np

from cnn_core.assets import bundled_model_path
from cnn_core.drawing import Stroke
from cnn_core.engine import Observer
from cnn_core.inspection import explain, look_inside, saliency
from cnn_core.preprocessing import image_of
from cnn_core.storage import load_model

file = load_model(bundled_model_path())
seven = Stroke(np.array([(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)]), width=0.06)
image = image_of([seven], file.image_spec())

activations = look_inside(Observer(file.model), image)
for layer in activations:
    print(f"{layer.name:<14} {layer.shape!s:<14} from {layer.values.min():8.3f} to {layer.values.max():8.3f}")

answer = int(activations[-1].values.argmax())
print(f"it looks like a {file.class_names[answer]}, {activations[-1].values[answer]:.1%} sure")

working = explain(file.model, [layer.values for layer in activations], image, 0, (12, 12, 3))
print(f"conv_1, row 12, column 12, map 3: {working.sum:.4f} + {working.bias:.4f} = {working.output:.4f}")

row, column, _ = np.unravel_index(np.abs(saliency(file.model, image, answer)).argmax(), image.shape)
print(f"the answer hangs most on the pixel in row {row}, column {column}")
