"""The published data sets: found in every form, never changed, downloaded where they are not here."""

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from known_files import ROWS, TESTED, images, texts, write_batches, write_idx, write_npz, write_tar
from sklearn import datasets as sklearn_datasets

from nastoolkit.builtins import nastoolkit_components
from nastoolkit.datasets import local
from nastoolkit.datasets.boston import COLUMNS, BostonHousing
from nastoolkit.datasets.download import Remote, fetch, listening
from nastoolkit.datasets.image_sets import Cifar10, Cifar100, FashionMnist, Mnist
from nastoolkit.datasets.listing import KNOWN
from nastoolkit.datasets.local import Form, Known
from nastoolkit.datasets.openml import OpenMl
from nastoolkit.datasets.text_sets import Imdb, Reuters
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream
from nastoolkit.testing import component_checks

GREY, COLOUR = (28, 28), (32, 32, 3)


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder of this machine is looked in, and nothing is downloaded."""
    for name in ("NASTOOLKIT_DATA", "KERAS_HOME", "NASTOOLKIT_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / "empty" / name))
    monkeypatch.setattr(local, "SYSTEM", tmp_path / "empty" / "system")
    monkeypatch.setattr(local, "fetch", _no_network)


def _no_network(remote: Remote, _: Path) -> Path:
    raise DataError(f"{remote.url}: no network in tests.")


def digests(folder: Path) -> dict[str, str]:
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()}


def idx(folder: Path, *, zipped: bool = True, inner: str = "") -> None:
    write_idx(folder / inner, images(10, GREY), zipped=zipped)


def npz(folder: Path, name: str, classes: int, shape: tuple[int, ...]) -> None:
    write_npz(folder / name, images(classes, shape))


def batches(folder: Path, inner: str, classes: int, *, tar: str = "") -> None:
    target = folder / "made" if tar else folder
    write_batches(target / inner, images(classes, COLOUR), coarse=classes == 100)
    if tar:
        write_tar(folder / tar, target / inner)


FORMS: list[tuple[type, int, Callable[[Path], None]]] = [
    (Mnist, 10, partial(npz, name="mnist.npz", classes=10, shape=GREY)),
    (Mnist, 10, idx),
    (Mnist, 10, partial(idx, zipped=False, inner="mnist")),
    (FashionMnist, 10, partial(idx, inner="fashion-mnist")),
    (FashionMnist, 10, partial(npz, name="fashion_mnist.npz", classes=10, shape=GREY)),
    (Cifar10, 10, partial(npz, name="cifar10.npz", classes=10, shape=COLOUR)),
    (Cifar10, 10, partial(batches, inner="cifar-10-batches-py", classes=10)),
    (Cifar10, 10, partial(batches, inner="cifar-10-batches-py", classes=10, tar="cifar-10-batches-py.tar.gz")),
    (Cifar10, 10, partial(batches, inner="cifar-10-batches-py-target/cifar-10-batches-py", classes=10)),
    (Cifar100, 100, partial(batches, inner="cifar-100-python", classes=100)),
    (Cifar100, 100, partial(batches, inner="cifar-100-python", classes=100, tar="cifar-100-python-target.tar.gz")),
]


@pytest.mark.parametrize(("component", "classes", "write"), FORMS)
def test_every_form_gives_the_same_images_and_is_left_as_it_was(
    component: type, classes: int, write: Callable[[Path], None], tmp_path: Path
) -> None:
    write(tmp_path)
    before = digests(tmp_path)
    data = component(folder=tmp_path).load(Stream(0))
    train, labels, test, test_labels = images(
        classes, data.preprocessing.shape[:2] + (3,) * (classes > 10 or component is Cifar10)
    )
    np.testing.assert_array_equal(data.test.inputs.reshape(test.shape), test)
    assert data.test.targets.tolist() == test_labels.tolist()
    assert len(data.train) + len(data.valid) == len(train)
    known = {image.tobytes(): label for image, label in zip(train, labels, strict=True)}
    assert [known[image.tobytes()] for image in data.train.inputs] == data.train.targets.tolist()
    assert digests(tmp_path) == before


@pytest.mark.parametrize("variable", ["NASTOOLKIT_DATA", "KERAS_HOME", "NASTOOLKIT_CACHE"])
def test_sets_are_found_in_the_users_folder_in_keras_cache_and_in_ours(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "datasets" if variable == "KERAS_HOME" else tmp_path
    folder.mkdir(exist_ok=True)
    npz(folder, "mnist.npz", 10, GREY)
    monkeypatch.setenv(variable, str(tmp_path))
    assert len(Mnist().load(Stream(0)).test) == TESTED


def test_pixels_may_be_columns_of_a_table(tmp_path: Path) -> None:
    npz(tmp_path, "mnist.npz", 10, GREY)
    data = Mnist(folder=tmp_path, flatten=True).load(Stream(0))
    assert (data.signature.features, data.signature.size) == (784, ())


@pytest.mark.parametrize("component", [Mnist, FashionMnist, Cifar10, Cifar100, BostonHousing, Imdb, Reuters])
def test_a_folder_that_lacks_the_files_is_told_which(component: type, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=rf"does not have the data set {component.name}: put '{component.name}\.npz'"):
        component(folder=tmp_path).load(Stream(0))
    with pytest.raises(DataError, match=rf"{component.name} is not here, and cannot be downloaded: .*NASTOOLKIT_DATA"):
        component().load(Stream(0))


def write_imdb(folder: Path) -> None:
    train, test = texts(2, ROWS), texts(2, TESTED, seed=2)
    np.savez(folder / "imdb.npz", x_train=train[0], y_train=train[1], x_test=test[0], y_test=test[1])
    words = {f"word{rank}": rank for rank in range(1, 51)}
    (folder / "imdb_word_index.json").write_text(json.dumps(words))


def test_imdb_has_keras_numbers_and_their_words(tmp_path: Path) -> None:
    write_imdb(tmp_path)
    data = Imdb(folder=tmp_path, vocabulary=30).load(Stream(0))
    ranks, labels = texts(2, TESTED, seed=2)
    for row, text, label, found in zip(data.test.inputs, ranks, labels, data.test.targets, strict=True):
        expected = [
            1,
            *(rank + 3 if rank + 3 < 30 else 2 for rank in text),
        ]  # Keras: start, rank + 3, out of vocabulary
        assert row[row > 0].tolist() == expected
        assert label == found
    assert data.preprocessing.words[:3] == ("", "word1", "word2")
    assert len(data.preprocessing.words) == 27


def test_reuters_has_the_test_part_that_keras_makes(tmp_path: Path) -> None:
    found, labels = texts(46, 46 * 12)
    np.savez(tmp_path / "reuters.npz", x=found, y=labels)
    data = Reuters(folder=tmp_path).load(Stream(0))
    order = np.arange(len(labels))
    np.random.RandomState(113).shuffle(order)
    expected = labels[order][int(len(labels) * 0.8) :]
    assert data.test.targets.tolist() == expected.tolist()


def test_boston_names_the_problem_with_its_column_b_and_can_do_without(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "boston_housing.npz", x=rng.normal(size=(60, 13)), y=rng.normal(20, 5, 60))
    data = BostonHousing(folder=tmp_path).load(Stream(0))
    assert tuple(column.name for column in data.preprocessing.columns) == COLUMNS
    assert "Black residents" in data.notes[0]
    without = BostonHousing(folder=tmp_path, without_b=True).load(Stream(0))
    assert "B" not in {column.name for column in without.preprocessing.columns}
    assert without.notes == ()
    assert (without.test.inputs[:, 0] == data.test.inputs[:, 0]).all()


def test_known_sets_keep_the_contract(tmp_path: Path) -> None:
    npz(tmp_path, "mnist.npz", 10, GREY)
    write_imdb(tmp_path)
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "boston_housing.npz", x=rng.normal(size=(60, 13)), y=rng.normal(20, 5, 60))
    for component in (Mnist, Imdb, BostonHousing):
        for check in component_checks(component(folder=tmp_path)):
            check()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A folder on the network."""
    (tmp_path / "remote").mkdir()
    (tmp_path / "remote" / "set.bin").write_bytes(b"content" * 40_000)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path / "remote"))) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


DIGEST = hashlib.sha256(b"content" * 40_000).hexdigest()


def test_a_download_is_checked_told_of_and_kept(server: str, tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    with listening(lambda *one: heard.append(one)):
        path = fetch(Remote(f"{server}/set.bin", "folder/set.bin", DIGEST), tmp_path / "cache")
    assert path.read_bytes() == b"content" * 40_000
    assert heard[-1] == ("folder/set.bin", 280_000, 280_000)
    assert len(heard) > 1
    path.write_bytes(b"the user's")
    assert (
        fetch(Remote(f"{server}/set.bin", "folder/set.bin", DIGEST), tmp_path / "cache").read_bytes() == b"the user's"
    )


@pytest.mark.parametrize(
    ("name", "digest", "match"),
    [("set.bin", "0" * 64, "is not the file that was published"), ("none.bin", "", "not found")],
)
def test_a_download_that_fails_leaves_nothing(server: str, tmp_path: Path, name: str, digest: str, match: str) -> None:
    with pytest.raises(DataError, match=match):
        fetch(Remote(f"{server}/{name}", "set.bin", digest), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_refused_connection_is_a_clean_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="refused"):
        fetch(Remote("http://127.0.0.1:9/set.bin", "set.bin"), tmp_path / "cache")


def answered(answer: bytes) -> Iterator[str]:
    """A server that says the same to everyone."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with listener.accept()[0] as connection:
                connection.recv(1 << 16)
                connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("answer", "match"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "it ended after 4 of 100 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", "IncompleteRead"),
        (b"something else\r\n\r\n", "something else"),
        (b"", "closed connection without response"),
    ],
)
def test_a_server_that_says_something_else_is_a_clean_error(answer: bytes, match: str, tmp_path: Path) -> None:
    for url in answered(answer):
        with pytest.raises(DataError, match=match):
            fetch(Remote(f"{url}/set.bin", "set.bin"), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cache_that_is_no_folder_is_a_clean_error(server: str, tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"the user's")
    with pytest.raises(DataError, match="File exists"):
        fetch(Remote(f"{server}/set.bin", "set.bin", DIGEST), tmp_path / "cache")
    assert (tmp_path / "cache").read_bytes() == b"the user's"


def test_a_set_that_is_not_here_is_downloaded_into_our_cache(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "fetch", fetch)
    monkeypatch.setenv("NASTOOLKIT_CACHE", str(tmp_path / "cache"))
    known = Known(
        "made", (Form(("set.bin",), lambda paths: paths[0]),), (Remote(f"{server}/set.bin", "set.bin", DIGEST),)
    )
    assert known.read(None) == tmp_path / "cache" / "set.bin"


def test_openml_is_asked_for_the_table_and_its_target(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = sklearn_datasets.load_iris(as_frame=True).frame.rename(columns={"target": "species"})
    asked: dict[str, object] = {}

    def fetched(**how: object) -> object:
        asked.update(how)
        return type("Bunch", (), {"frame": frame, "target_names": ["species"]})

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fetched)
    data = OpenMl(data="iris").load(Stream(0))
    assert (asked["name"], asked["version"], data.classes) == ("iris", "active", ("0", "1", "2"))
    OpenMl(data="61").load(Stream(0))
    assert asked["data_id"] == 61

    def offline(**_: object) -> object:
        raise OSError("no network")

    monkeypatch.setattr("sklearn.datasets.fetch_openml", offline)
    with pytest.raises(DataError, match=r"cannot be had from openml\.org: no network"):
        OpenMl(data="iris").load(Stream(0))


def test_every_known_set_is_listed_as_one() -> None:
    with_folder = {one.name for one in nastoolkit_components() if "folder" in getattr(one, "__dataclass_fields__", {})}
    assert set(KNOWN) == with_folder
