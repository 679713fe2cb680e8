"""A network that is being built: what each layer makes of the image, what does not fit, and what would mend it."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.architecture import Architecture, LayerSpec
from cnn_core.errors import StoppedError
from cnn_core.inspection.network_fixes import find_fixes
from cnn_core.inspection.network_report import report_network
from cnn_core.inspection.receptive_field import receptive_fields
from cnn_core.layers import LAYER_KINDS
from cnn_core.presets import PRESETS, make_preset
from cnn_core.training import TrainingConfig
from cnn_core.training.carry_over import carry_over
from cnn_core.training.speed import measure_speed

CONV, POOL = LayerSpec("Conv2D", (("filters", 4),)), LayerSpec("MaxPool2D")
FLAT, HEAD = LayerSpec("Flatten"), LayerSpec("Dense", (("units", "classes"),))
IMAGE = (28, 28, 1)


def net(*layers: LayerSpec) -> Architecture:
    return Architecture("mine", layers)


@pytest.mark.parametrize("name", PRESETS)
def test_the_report_of_a_preset_says_what_its_model_says(name):
    model = make_preset(name, np.random.default_rng(0))
    report = report_network(Architecture.of_model(model), IMAGE, 10)
    assert report.fits
    assert report.broken is None
    assert report.parameters == model.parameter_count
    assert [row.output_shape for row in report.layers] == [row.output_shape for row in model.summary()]
    assert [row.layer.name for row in report.layers] == [layer.name for layer in model.layers]
    assert sum(row.bytes_an_image for row in report.layers) == 4 * sum(np.prod(r.output_shape) for r in model.summary())
    for number, row in enumerate(report.layers):
        middle = tuple(side // 2 for side in row.output_shape)
        box = receptive_fields(model, number, middle)[0].box
        height, width = (side.stop - side.start for side in box[:2])
        # at the edge a field is cut off; in the middle it is whole
        assert row.sees[0] >= height, row.layer.name
        assert row.sees[1] >= width, row.layer.name


def test_the_first_layer_that_does_not_fit_is_told_and_what_is_behind_it_has_no_figures():
    small = CONV.with_options(kernel_size=5)
    network = net(CONV, POOL, CONV, POOL, small, small, FLAT, HEAD)
    report = report_network(network, IMAGE, 10)
    assert (report.broken, report.fits) == (5, False)
    assert "at least 5×5" in report.problem
    assert report.layers[5].problem == report.problem
    assert [row.output_shape is None for row in report.layers] == [False] * 5 + [True] * 3
    assert report.parameters == sum(row.parameters for row in report.layers[:5])


def test_options_that_make_no_sense_are_told_as_well():
    report = report_network(net(CONV, LayerSpec("Dropout", (("rate", 1.5),)), FLAT, HEAD), IMAGE, 10)
    assert report.broken == 1
    assert report.layers[1].layer is None
    assert "rate of Dropout" in report.layers[1].problem
    assert report_network(net(), IMAGE, 10).problem


BROKEN = {
    "a kernel that is too large": net(CONV, POOL, CONV, POOL, *[CONV.with_options(kernel_size=5)] * 2, FLAT, HEAD),
    "a pool on nothing": net(CONV, *[POOL] * 5, FLAT, HEAD),
    "dense on an image": net(CONV, HEAD),
    "a convolution on numbers": net(FLAT, CONV, HEAD),
    "no end": net(CONV, FLAT),
    "an end on images": net(CONV, POOL),
    "another number of classes": net(FLAT, LayerSpec("Dense", (("units", 7),)), LayerSpec("Softmax")),
    "far too large": net(FLAT, LayerSpec("Dense", (("units", 900_000),)), HEAD),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_fix_that_is_offered_mends_what_was_wrong(name):
    report = report_network(BROKEN[name], IMAGE, 10)
    assert not report.fits
    fixes = find_fixes(BROKEN[name], report)
    assert len(fixes) <= 4
    assert fixes or name == "far too large"
    for fix in fixes:
        after = report_network(fix.architecture, IMAGE, 10)
        shift = len(after.layers) - len(report.layers)
        assert after.fits or after.broken is None or after.broken > report.broken + shift, fix.words
        assert after.problem != report.problem
    assert len({fix.words for fix in fixes}) == len(fixes)


def test_two_layers_of_one_name_are_told_at_the_later_one():
    twice = net(CONV, LayerSpec("ReLU", name="conv_1"), LayerSpec("ReLU", name="mine"), LayerSpec("ReLU", name="mine"))
    report = report_network(twice, IMAGE, 10)
    assert report.broken == 1
    assert "different names" in report.problem
    assert report_network(twice.without(1), IMAGE, 10).broken == 2


def test_changes_make_new_networks():
    network = net(CONV, POOL, FLAT)
    assert network.moved(0, 2).layers == (POOL, FLAT, CONV)
    assert network.moved(2, 0).layers == (FLAT, CONV, POOL)
    assert network.without(1).layers == (CONV, FLAT)
    assert network.with_inserted(3, HEAD).layers == (CONV, POOL, FLAT, HEAD)
    assert network.layers == (CONV, POOL, FLAT)
    assert Architecture.from_toml(network.to_toml()) == network


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_every_kind_can_be_reported(kind):
    required = {option.name: 3 if option.type == "whole number" else 0.5 for option in LAYER_KINDS[kind].OPTIONS
                if option.is_required}  # fmt: skip
    report = report_network(
        net(FLAT, HEAD) if kind == "Flatten" else net(LayerSpec(kind, tuple(required.items()))), IMAGE, 10
    )
    assert report.layers[0].layer is not None


def test_a_changed_network_keeps_the_weights_of_layers_that_still_fit(rng):
    old = make_preset("article", rng)
    changed = Architecture.of_model(old).with_inserted(2, LayerSpec("BatchNorm"))
    changed = changed.with_layer(len(changed.layers) - 4, LayerSpec("Dense", (("units", 40),)))
    from cnn_core.model import Sequential

    new = Sequential(changed.build_layers(10), "mine").build(IMAGE, np.random.default_rng(5))
    before = {name: array.copy() for name, array in new.parameters.items()}
    carried = carry_over(old, new)
    kept = dict(carried.kept)
    assert set(carried.fresh) == {"batch_norm_1", "dense_2", "dense_3"}
    for name, array in new.parameters.items():
        layer, _, part = name.partition(".")
        wanted = old.parameters[f"{kept[layer]}.{part}"] if layer in kept else before[name]
        assert np.array_equal(array, wanted), name
    same = Sequential(Architecture.of_model(old).build_layers(10), "same").build(IMAGE, np.random.default_rng(5))
    assert not carry_over(old, same).fresh
    x = rng.random((3, *IMAGE), np.float32)
    assert np.array_equal(same.predict(x), old.predict(x))


def test_speed_is_measured_and_leaves_the_network_as_it_is(rng):
    model = make_preset("mlp", rng)
    before = model.snapshot()
    assert measure_speed(model, TrainingConfig(batch_size=16, threads=1), 0.05) > 100
    assert all(np.array_equal(before.arrays[name], array) for name, array in model.snapshot().arrays.items())
    with pytest.raises(StoppedError):
        measure_speed(model, TrainingConfig(batch_size=16, threads=1), 60, lambda: True)
