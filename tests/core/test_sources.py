"""Data of any classes and sizes: IDX folders, tables, pictures by class, and the list of all sources."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from PIL import Image

from cnn_core.datasets import write_idx
from cnn_core.datasets.csv_file import _Table
from cnn_core.datasets.source import DATA_DIR_VARIABLE
from cnn_core.errors import ConfigError, DataError, StoppedError
from cnn_core.preprocessing import CENTRED, DARK_ON_LIGHT, LIGHT_ON_DARK, WHOLE
from cnn_core.sources import SOURCES, about, absolute, load_dataset, reference_images, sample_images, source_of

COLOURS = {"red": (250, 20, 20), "blue": (20, 20, 250)}


def put_pictures(folder, side=(24, 24), suffix=".png", mode="RGB", count=10):
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            picture = Image.new("RGB", side, (255, 255, 255))
            picture.paste(colour, (4, 4 + number % 5, side[0] - 4, side[1] - 4))
            picture.convert(mode).save(folder / name / f"{number}{suffix}")
    return folder


def test_every_source_says_what_it_is():
    for name, source in SOURCES.items():
        assert source.name == name
        assert source.title
        assert about(name).class_names, name
    assert SOURCES["fashion-mnist"].about().downloads
    assert not SOURCES["synthetic"].about().downloads


def test_a_folder_of_pictures_by_class(tmp_path):
    folder = put_pictures(tmp_path / "shapes")
    found = load_dataset(str(folder))
    assert found.train.class_names == ("blue", "red")
    assert (found.train.image_shape, len(found.train), len(found.test)) == ((24, 24, 3), 16, 4)
    assert found.geometry == WHOLE
    assert found.input_spec.polarity == DARK_ON_LIGHT
    assert "4 images kept as test" in found.note
    assert found.place == str(folder)
    red = found.train.images[found.train.labels == 1]
    np.testing.assert_array_equal(red[:, 15, 12], np.tile(COLOURS["red"], (len(red), 1)))
    again = load_dataset(str(folder))
    np.testing.assert_array_equal(again.test.images, found.test.images)


def test_pictures_with_parts_and_without_colour(tmp_path):
    put_pictures(tmp_path / "set" / "train", (300, 200), ".jpg", "L")
    put_pictures(tmp_path / "set" / "test", (300, 200), ".jpg", "L", 3)
    put_pictures(tmp_path / "set" / "val", (300, 200), ".jpg", "L", 2)
    (tmp_path / "set" / "train" / "red" / "broken.png").write_bytes(b"nothing")
    (tmp_path / "set" / "train" / "red" / "notes.txt").write_text("no picture")
    found = load_dataset(str(tmp_path / "set"))
    assert found.train.image_shape == (64, 64, 1), "larger ones are made smaller, grey ones stay grey"
    assert found.validation is not None
    assert (len(found.train), len(found.test), len(found.validation)) == (20, 6, 4)
    assert found.note == (
        "1 of 31 files could not be read, such as red/broken.png; 30 pictures of 300×200 were brought to 64×64"
    )
    assert (found.train.images[0, :8] > 240).all(), "what the proportions leave over is paper"


@pytest.mark.parametrize("kind", ["one class", "none", "strange test"])
def test_folders_that_are_none(tmp_path, kind):
    folder = tmp_path / "set"
    if kind == "one class":
        put_pictures(folder)
        for file in (folder / "red").iterdir():
            file.unlink()
        (folder / "red").rmdir()
        with pytest.raises(DataError, match="a folder for each of 2 to"):
            load_dataset(str(folder))
    elif kind == "none":
        (folder / "empty").mkdir(parents=True)
        with pytest.raises(ConfigError, match="found neither"):
            load_dataset(str(folder))
    else:
        put_pictures(folder / "train")
        put_pictures(folder / "test")
        (folder / "test" / "green").mkdir()
        with pytest.raises(DataError, match="found also green"):
            load_dataset(str(folder))


def test_reading_pictures_can_be_stopped(tmp_path):
    folder = put_pictures(tmp_path / "set")
    with pytest.raises(StoppedError):
        load_dataset(str(folder), stopped=lambda: True)


def test_folders_with_numbers_are_in_their_order(tmp_path):
    for name in ("10", "9", "2"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(4):
            Image.new("L", (8, 8), 30 * number).save(tmp_path / "set" / name / f"{number}.png")
    assert load_dataset(str(tmp_path / "set")).train.class_names == ("2", "9", "10")


def test_a_table_with_the_label_first(tmp_path, rng):
    images, labels = rng.integers(0, 256, (40, 16)), np.arange(40) % 10
    rows = "\n".join(",".join(map(str, [label, *pixels])) for label, pixels in zip(labels, images, strict=True))
    (tmp_path / "a.csv").write_text("label," + ",".join(f"pixel{i}" for i in range(16)) + "\n" + rows + "\n")
    (tmp_path / "b.csv").write_text("\ufeff" + rows.replace("\n", "\r\n"))
    one, two = (load_dataset(str(tmp_path / f"{name}.csv")) for name in "ab")
    assert one.train.image_shape == (4, 4, 1)
    assert one.train.class_names == tuple("0123456789")
    assert (len(one.train), len(one.test)) == (32, 8)
    assert one.geometry == CENTRED
    np.testing.assert_array_equal(one.train.images, two.train.images)
    together = {bytes(image) for image in np.concatenate([one.train.images, one.test.images])}
    assert together == {bytes(image.astype(np.uint8)) for image in images}


def test_tables_with_names_colours_and_fractions(tmp_path):
    rows = [["cat", *[0.5] * 12], ["dog", *[1.0] * 12]] * 5
    (tmp_path / "pets.csv").write_text("\n".join(",".join(map(str, row)) for row in rows))
    found = load_dataset(str(tmp_path / "pets.csv"))
    assert found.train.class_names == ("cat", "dog")
    assert found.train.image_shape == (2, 2, 3)
    assert set(np.unique(found.train.images)) == {128, 255}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "received none"), ("label,a\n", "received none"), ("1,2,3\n", "square image"),
        ("1,1,1,1,1\n2,1,1,1\n", "expected 5 columns in every row, received 4 in row 2"),
        ("1,1,1,1,1\n2,1,x,1,1\n", "received something else in row 2"), ("1,1,1,1,nan\n" * 9, "finite"),
        ("1,0,0,0,-4\n" * 9, "down to -4"),
    ],
)  # fmt: skip
def test_tables_that_are_none(tmp_path, text, said):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match=said):
        load_dataset(str(tmp_path / "t.csv"))


def test_emnist_is_put_upright_and_named_by_its_mapping(tmp_path, rng):
    images = rng.integers(0, 256, (30, 6, 5), dtype=np.uint8)
    labels = (np.arange(30) % 3 + 1).astype(np.uint8)
    for part, stop in (("train", 30), ("test", 9)):
        write_idx(tmp_path / f"emnist-letters-{part}-images-idx3-ubyte", images[:stop])
        write_idx(tmp_path / f"emnist-letters-{part}-labels-idx1-ubyte", labels[:stop])
    plain = tmp_path / "emnist-letters-train-images-idx3-ubyte"
    plain.with_name(plain.name + ".gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "emnist-letters-mapping.txt").write_text("1 65 97\n2 66 98\n3 67 99\n")
    found = load_dataset(str(tmp_path))
    assert found.train.class_names == ("Aa", "Bb", "Cc")
    assert (len(found.train), len(found.test)) == (30, 9)
    np.testing.assert_array_equal(found.train.images[..., 0], images.swapaxes(1, 2))
    np.testing.assert_array_equal(found.train.labels, labels - 1)
    (tmp_path / "emnist-letters-mapping.txt").write_text("1 65\n2 66\n")
    with pytest.raises(DataError, match="labels that its mapping names"):
        load_dataset(str(tmp_path))


def test_an_idx_folder_without_a_test_part_or_labels(tmp_path, rng):
    write_idx(tmp_path / "my-images-idx3-ubyte", rng.integers(0, 256, (20, 7, 7), dtype=np.uint8))
    with pytest.raises(DataError, match="expected its labels beside it"):
        load_dataset(str(tmp_path))
    write_idx(tmp_path / "my-labels-idx1-ubyte", (np.arange(20) % 2).astype(np.uint8))
    found = load_dataset(str(tmp_path))
    assert (len(found.train), len(found.test), found.train.class_names) == (16, 4, ("0", "1"))


def test_an_npz_gives_its_classes_names(tmp_path, rng):
    arrays = {"x_train": rng.integers(0, 256, (30, 8, 8), dtype=np.uint8), "y_train": np.arange(30) % 3}
    np.savez(tmp_path / "s.npz", **arrays, class_names=np.array(["square", "circle", "triangle\nx"]))
    found = load_dataset(str(tmp_path / "s.npz"))
    assert found.train.class_names == ("square", "circle", "triangle x")
    assert len(found.test) == 6
    for names, said in ((np.array(["a"]), "a name for each label"), (np.arange(3), "a row of texts")):
        np.savez(tmp_path / "t.npz", **arrays, class_names=names)
        with pytest.raises(DataError, match=said):
            load_dataset(str(tmp_path / "t.npz"))
    np.savez(tmp_path / "u.npz", **arrays, class_names=np.array([{}, {}, {}]))
    with pytest.raises(DataError, match="Python objects"):
        load_dataset(str(tmp_path / "u.npz"))


def test_a_thousand_classes(tmp_path, rng):
    np.savez(tmp_path / "many.npz", x_train=rng.integers(0, 256, (2000, 4, 4), dtype=np.uint8),
             y_train=np.arange(2000) % 1000)  # fmt: skip
    assert len(load_dataset(str(tmp_path / "many.npz")).train.class_names) == 1000
    np.savez(tmp_path / "more.npz", x_train=np.full((2, 4, 4), 255, np.uint8), y_train=np.array([0, 1000]))
    with pytest.raises(DataError, match="labels from 0 to 999"):
        load_dataset(str(tmp_path / "more.npz"))


def test_paths_are_remembered_absolutely(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("x")
    monkeypatch.chdir(tmp_path)
    assert absolute("a.csv") == str(tmp_path / "a.csv")
    assert absolute("mnist") == "mnist"
    assert absolute("nowhere.csv") == "nowhere.csv"
    for name in ("a\0b", "x" * 5000, "nowhere"):
        assert absolute(name) == name
        with pytest.raises(ConfigError, match="A data set expected one of"):
            source_of(name)


def test_reference_images_are_those_that_the_model_learnt_from(tmp_path):
    folder = put_pictures(tmp_path / "set")
    images, words = reference_images(str(folder), (24, 24, 3))
    assert (images.class_names, words) == (("blue", "red"), "test images of set")
    assert reference_images("", (28, 28, 1))[1] == "synthetic digits"
    assert reference_images(str(tmp_path / "gone"), (28, 28, 1))[1] == "synthetic digits"


def test_samples_of_ones_own_data(tmp_path):
    folder = put_pictures(tmp_path / "set")
    found = sample_images(str(folder), 4)
    assert found.labels.tolist() == [0, 1, 0, 1]


def test_light_and_dark_grounds_are_told_apart(tmp_path, rng):
    for name, ground in (("dark", 0), ("light", 255)):
        images = np.full((20, 10, 10), ground, np.uint8)
        images[:, 3:7, 3:7] = 255 - ground
        np.savez(tmp_path / f"{name}.npz", x_train=images, y_train=np.arange(20) % 2)
    assert load_dataset(str(tmp_path / "dark.npz")).input_spec.polarity == LIGHT_ON_DARK
    assert load_dataset(str(tmp_path / "light.npz")).input_spec.polarity == DARK_ON_LIGHT


def test_the_variable_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
    assert not about("mnist").available


def test_colours_of_photographs_and_of_small_things_are_kept(tmp_path):
    folder = put_pictures(tmp_path / "set", suffix=".jpg")
    assert load_dataset(str(folder)).train.image_shape == (24, 24, 3)
    for name in COLOURS:
        for number in range(10):
            picture = Image.new("RGB", (24, 24), (255, 255, 255))
            picture.putpixel((12, 12), (255, 40 * (name == "red"), 0))
            picture.save(folder / name / f"{number}.png")
            (folder / name / f"{number}.jpg").unlink()
    assert load_dataset(str(folder)).train.image_shape == (24, 24, 3)


def test_deep_pictures_share_one_scale(tmp_path):
    for name, top in (("dark", 900), ("bright", 60_000)):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(10):
            deep = np.full((12, 12), top // 2, np.uint16)
            deep[3:9, 3:9] = top
            Image.fromarray(deep).save(tmp_path / "set" / name / f"{number}.png")
    train = load_dataset(str(tmp_path / "set")).train
    assert train.image_shape == (12, 12, 1)
    means = [train.images[train.labels == label].mean() for label in (0, 1)]
    assert means[0] / means[1] > 30, "what is dark beside the others stays dark"


def test_parts_and_classes_called_train(tmp_path):
    put_pictures(tmp_path / "a" / "test")
    with pytest.raises(DataError, match="a folder train beside test"):
        load_dataset(str(tmp_path / "a"))
    put_pictures(tmp_path / "b" / "Train")
    put_pictures(tmp_path / "b" / "TEST", count=3)
    assert len(load_dataset(str(tmp_path / "b")).test) == 6
    put_pictures(tmp_path / "c")
    (tmp_path / "c" / "red").rename(tmp_path / "c" / "train")
    (tmp_path / "c" / "plane").mkdir()
    found = load_dataset(str(tmp_path / "c"))
    assert found.train.class_names == ("blue", "plane", "train")
    assert "no image is labelled plane" in found.note


def put_idx(folder, start, rng, count=20, side=6):
    folder.mkdir(exist_ok=True)
    write_idx(folder / f"{start}images-idx3-ubyte", rng.integers(0, 256, (count, side, side), dtype=np.uint8))
    write_idx(folder / f"{start}labels-idx1-ubyte", (np.arange(count) % 2).astype(np.uint8))


def test_idx_files_belong_together_by_their_names(tmp_path, rng):
    put_idx(tmp_path / "a", "latest-train-", rng)
    found = load_dataset(str(tmp_path / "a"))
    assert (len(found.train), len(found.test)) == (16, 4), "latest is no test"
    for start in ("emnist-letters-train-", "emnist-letters-test-", "emnist-digits-train-"):
        put_idx(tmp_path / "b", start, rng)
    with pytest.raises(DataError, match="found 2: emnist-digits, emnist-letters"):
        load_dataset(str(tmp_path / "b"))
    name = str(tmp_path / "b" / "emnist-letters")
    assert absolute(name) == name
    assert about(name).available
    assert len(load_dataset(name).test) == 20
    (tmp_path / "b" / "emnist-balanced-mapping.txt").write_text("0 65\n1 66\n")
    with pytest.raises(DataError, match=r"its own mapping, emnist-letters-mapping\.txt"):
        load_dataset(name)
    for text, said in (("0 65\n99999999999999999999999 66\n", "labels from 0 to 255"), ("0 9999999999\n", "others")):
        (tmp_path / "b" / "emnist-letters-mapping.txt").write_text(text)
        with pytest.raises(DataError, match=said):
            load_dataset(name)


def test_tables_whose_columns_are_counted_or_whose_labels_are_fractions(tmp_path, rng):
    pixels = rng.integers(0, 256, (40, 9))
    for start in (0, 1):
        lines = [["label", *range(start, start + 9)], *([f"{i % 2}.0", *row] for i, row in enumerate(pixels))]
        (tmp_path / "t.csv").write_text("\n".join(",".join(map(str, line)) for line in lines))
        found = load_dataset(str(tmp_path / "t.csv"))
        assert found.train.class_names == ("0", "1")
        assert len(found.train) + len(found.test) == 40
    for text, said in (
        ("\n".join(",".join(map(str, [i, *row])) for i, row in enumerate(pixels)), "40 different values in 40 rows"),
        ('1,"2\n3,4\n5,6', "one that does not end"),
        ("1,2\n" * 9, "received 1 values|square"),
    ):
        (tmp_path / "wrong.csv").write_text(text)
        with pytest.raises(DataError, match=said) as told:
            load_dataset(str(tmp_path / "wrong.csv"))
        if "values in" in said:
            assert str(told.value).startswith("wrong.csv")


def test_a_large_table_is_kept_as_bytes(tmp_path, rng):
    rows = rng.integers(0, 256, (2500, 16))
    (tmp_path / "t.csv").write_text("\n".join(",".join(map(str, [i % 3, *row])) for i, row in enumerate(rows)))
    labels, values = _Table("t").read(tmp_path / "t.csv", lambda *_: None, lambda: False)
    assert values.dtype == np.uint8
    np.testing.assert_array_equal(values, rows)
    assert labels[:4] == ["0", "1", "2", "0"]
    (tmp_path / "f.csv").write_text("1,0.5,0.5,0.5,1\n" * 1500 + "2,0,1,0,1\n" * 1500)
    assert load_dataset(str(tmp_path / "f.csv")).train.images.max() == 255


def test_a_table_says_where_its_labels_stand(tmp_path):
    names = ",".join(f"p{i}" for i in range(4))
    (tmp_path / "last.csv").write_text(f"{names},Label\n" + "".join(f"7,9,8,{255 - i},{i % 2}\n" for i in range(30)))
    train = load_dataset(str(tmp_path / "last.csv")).train
    assert set(train.labels.tolist()) == {0, 1}
    assert train.images[0].reshape(-1)[:3].tolist() == [7, 9, 8]
    (tmp_path / "first.csv").write_text("0,0,1,2,3\n" + "1,1,2,3,255\n" * 29)
    parts = load_dataset(str(tmp_path / "first.csv"))
    assert len(parts.train) + len(parts.test) == 30, "an image whose pixels count up is no line of names"


@pytest.mark.parametrize(
    ("text", "message"),
    [("1,2,3,4,5\n ,2,3,4,5\n", "a label in every row, received none in row 2"), ("1,2,3,4,1e39\n" * 9, "infinity")],
)
def test_tables_without_a_label_or_a_number_are_refused(tmp_path, text, message):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        load_dataset(str(tmp_path / "t.csv"))
