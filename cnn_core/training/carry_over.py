"""What a changed network keeps of the weights of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from cnn_core.arrays import Shape
from cnn_core.layers import Layer
from cnn_core.model import Sequential

Fingerprint = tuple[str, tuple[tuple[str, Shape], ...]]


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """Layers with weights: name in the new network and in the old one of those that are kept, names of the new ones."""

    kept: tuple[tuple[str, str], ...]
    fresh: tuple[str, ...]


def carry_over(old: Sequential, new: Sequential) -> CarriedOver:
    """Put into ``new``, which is built, the weights of every layer of ``old`` whose shapes still fit.

    Layers are matched in their order, by kind and shapes, so that as many as possible keep theirs: one that was put
    between or taken out does not change which the others are.
    """
    weights = old.parameters | old.buffers
    found = match_layers(old, new)
    kept = dict(found.kept)
    for layer in new.layers:
        if (source := kept.get(layer.name)) is not None:
            for store in (layer.parameters, layer.buffers):
                for name in store:
                    store[name][...] = weights[f"{source}.{name}"]
    return found


def match_layers(old: Sequential, new: Sequential) -> CarriedOver:
    """What `carry_over` would keep; both need their shapes, not their weights."""
    before, after = _with_weights(old), _with_weights(new)
    matcher = SequenceMatcher(None, [mark for _, mark in before], [mark for _, mark in after], autojunk=False)
    kept: dict[str, str] = {}
    for a, b, size in matcher.get_matching_blocks():
        for i in range(size):
            kept[after[b + i][0].name] = before[a + i][0].name
    return CarriedOver(tuple(kept.items()), tuple(layer.name for layer, _ in after if layer.name not in kept))


def _with_weights(model: Sequential) -> list[tuple[Layer, Fingerprint]]:
    """Layers that learn, each with its kind and the shapes of its arrays."""
    found = []
    for layer, row in zip(model.layers, model.summary(), strict=True):
        shapes = layer.parameter_shapes(row.input_shape) | layer.buffer_shapes(row.input_shape)
        if shapes:
            found.append((layer, (layer.kind, tuple(sorted(shapes.items())))))
    return found
