"""Sweeps: which runs are made, in processes and on a Dask cluster; a worker that dies costs one retry."""

from __future__ import annotations

import json
import os
import signal
import threading
import time

import pytest

from cnn_core.architecture import Architecture
from cnn_core.cli import main
from cnn_core.errors import ConfigError, ModelFileError
from cnn_core.runs import RunIndex, RunStore, load_run
from cnn_core.sweeps import load_sweep, run_sweep
from cnn_core.sweeps.cluster import DaskCrew
from cnn_core.sweeps.processes import ProcessCrew
from cnn_core.sweeps.sweep import Crew
from cnn_core.sweeps.worker import Outcome, make_and_send, make_here

BASE = 'dataset = "synthetic"\npreset = "mlp"\nepochs = 1\nbatch_size = 200\n'


@pytest.fixture
def write(tmp_path):
    def put(text: str, name: str = "rates.toml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return put


def test_a_grid_is_every_combination(write):
    plan = load_sweep(write(BASE + "[grid]\nlearning_rate = [0.001, 0.01]\nseed = [0, 1, 2]\n"))
    assert plan.name == "rates"
    assert plan.varied == ("learning_rate", "seed")
    assert [(c.learning_rate, c.seed) for c in plan.configs] == [(r, s) for r in (0.001, 0.01) for s in (0, 1, 2)]
    assert {config.batch_size for config in plan.configs} == {200}


def test_random_combinations_differ_and_come_again(write):
    text = 'name = "mine"\n' + BASE + "[random]\nruns = 6\nlearning_rate = [0.1, 0.01, 0.001]\nseed = [1, 2, 3]\n"
    plan = load_sweep(write(text))
    assert len({(c.learning_rate, c.seed) for c in plan.configs}) == 6
    assert load_sweep(write(text)).configs == plan.configs
    assert plan.name == "mine"
    few = load_sweep(write(BASE + "[random]\nruns = 50\nseed = [1, 2]\n"))
    assert len(few.configs) == 2, "there are no more"


def test_a_network_varies_too(write, tmp_path):
    plan = load_sweep(
        write('dataset = "synthetic"\npreset = "digits"\n[grid]\n"conv_1.filters" = [4, 8]\n"dropout_1.rate" = [0.1]\n')
    )
    assert [dict(config.architecture.layers[0].options)["filters"] for config in plan.configs] == [4, 8]
    write('[[layers]]\nkind = "Flatten"\n[[layers]]\nkind = "Dense"\nunits = "classes"\n', "mine.toml")
    plan = load_sweep(write('architecture = "mine.toml"\n[grid]\nseed = [1]\n'))
    assert isinstance(plan.configs[0].architecture, Architecture)


@pytest.mark.parametrize(
    "text",
    [
        "", "[grid]\n", "[grid]\nseed = 3\n", "[grid]\nseed = []\n", "[grid]\ncolour = [1]\n", "[grid]\nseed = [-1]\n",
        "[random]\nseed = [1]\n", "[random]\nruns = 0\nseed = [1]\n",
        "[grid]\nseed = [1]\n[random]\nruns = 1\nseed = [1]\n",
        "[grid]\noptimizer = [['a']]\n", "optimizer = ['a']\n[grid]\nseed = [1]\n",
        "seed = 'a'\n[random]\nruns = 1\nbatch_size = [1]\n", "seed = -1\n[random]\nruns = 1\nbatch_size = [1]\n",
        "dataset = 5\n[grid]\nseed = [1]\n",
        'preset = "no"\n[grid]\nseed = [1]\n', '[grid]\n"conv_9.filters" = [1]\n', '[grid]\n"conv_1.colour" = [1]\n',
        'preset = "mlp"\narchitecture = "x.toml"\n[grid]\nseed = [1]\n', "grid = 3\n", "[grid\n",
        "epochs = 'x'\n[grid]\nseed=[1]\n",
        "[grid]\nseed = [1,2,3,4,5,6,7,8,9,10]\nbatch_size = [1,2,3,4,5,6,7,8,9,10]\nepochs = [1,2,3,4,5,6,7,8,9,10]\n"
        "patience = [1,2,3,4,5,6,7,8,9,10]\nthreads = [1,2,3]\n",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_before_anything_runs(write, text):
    with pytest.raises(ConfigError, match=r"rates\.toml"):
        load_sweep(write(text))


class InThisProcess:
    """A crew without processes, whose workers may die."""

    def __init__(self, dies: dict[int, int]) -> None:
        self.dies, self.begun = dict(dies), []

    def results(self, tasks, stopped):
        for task in tasks:
            if stopped():
                return
            self.begun.append(task.number)
            if self.dies.get(task.number, 0) > 0:
                self.dies[task.number] -= 1
                yield task, None
            else:
                yield task, make_here(task)

    def close(self) -> None:
        pass


@pytest.fixture
def fewer_digits(monkeypatch):
    from cnn_core.digits import digit_sources

    monkeypatch.setattr(digit_sources, "TRAIN_IMAGES", 600)
    monkeypatch.setattr(digit_sources, "TEST_IMAGES", 100)


def test_runs_come_into_the_book_with_their_sweeps_name(write, tmp_path, fewer_digits):
    plan = load_sweep(write(BASE + "[grid]\nseed = [1, 2]\n"))
    store, told = RunStore(tmp_path / "runs"), []
    crew: Crew = InThisProcess({})
    result = run_sweep(plan, crew, store, on_progress=told.append)
    assert sorted(result.outcomes) == [0, 1]
    assert [progress.done for progress in told] == [1, 2]
    assert told[-1].eta_seconds == 0
    assert {run.sweep for run in RunIndex(store, tmp_path / "i.json").summaries()} == {"rates"}


def test_a_worker_that_dies_costs_one_retry_and_two_deaths_are_told(write, tmp_path, fewer_digits):
    plan = load_sweep(write(BASE + "[grid]\nseed = [1, 2, 3]\n"))
    crew = InThisProcess({0: 1, 1: 2})
    result = run_sweep(plan, crew, RunStore(tmp_path / "runs"))
    assert sorted(result.outcomes) == [0, 2]
    assert "died" in result.problems[1]
    assert crew.begun == [0, 1, 2, 0, 1]


def test_a_run_that_cannot_be_made_does_not_stop_the_others(write, tmp_path, fewer_digits):
    wrong = str(tmp_path / "nothing.npz")
    plan = load_sweep(
        write(BASE.replace('"synthetic"', f'"{wrong}"') + f'[grid]\ndataset = ["{wrong}", "synthetic"]\n')
    )
    result = run_sweep(plan, InThisProcess({}), RunStore(tmp_path / "runs"))
    assert sorted(result.outcomes) == [1]
    assert result.problems[0]


def test_a_sweep_is_stopped(write, tmp_path, fewer_digits):
    plan = load_sweep(write(BASE + "[grid]\nseed = [1, 2, 3]\n"))
    told = []
    result = run_sweep(plan, InThisProcess({}), RunStore(tmp_path / "runs"), None, told.append, lambda: len(told) >= 1)
    assert result.stopped
    assert len(result.outcomes) == 1


def test_what_comes_from_elsewhere_is_looked_at(write, tmp_path, fewer_digits):
    import io
    import tarfile

    store = RunStore(tmp_path / "runs")
    for name in ("../evil", "run.json/x", "other.txt"):
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w") as archive:
            info = tarfile.TarInfo(name)
            archive.addfile(info, io.BytesIO())
        with pytest.raises(ModelFileError):
            Outcome(0, "x", folder=made.getvalue()).unpack(store)
    with pytest.raises(ModelFileError):
        Outcome(0, "x", folder=b"no archive").unpack(store)
    assert not (tmp_path / "evil").exists()


def test_processes_of_this_machine_make_the_runs_and_survive_a_death(write, tmp_path, capsys):
    """One of two workers is killed while it works: all runs are made in the end."""
    plan = load_sweep(write(BASE + "[grid]\nseed = [1, 2, 3]\n"))
    crew, store = ProcessCrew(2), RunStore(tmp_path / "runs")
    killed = threading.Event()

    def kill() -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end and not killed.is_set():
            pool = crew._pool
            processes = list((pool._processes or {}).values()) if pool is not None else []
            if len(store.runs()) >= 1 and processes:
                os.kill(processes[0].pid, signal.SIGKILL)
                killed.set()
            time.sleep(0.05)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        result = run_sweep(plan, crew, store)
    finally:
        killed.set()
        killer.join()
        crew.close()
    assert sorted(result.outcomes) == [0, 1, 2], result.problems
    finished = [run for run in store.runs() if run.record.reason == "finished"]
    assert len(finished) >= 3
    assert {run.record.config.threads for run in finished} == {1}


def test_a_cluster_makes_the_runs_and_they_come_home(write, tmp_path):
    """Two workers of a local Dask cluster, in processes of their own."""
    from distributed import LocalCluster

    plan = load_sweep(write(BASE + "[grid]\nseed = [1, 2]\n"))
    store = RunStore(tmp_path / "runs")
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        crew = DaskCrew(cluster.scheduler_address)
        try:
            result = run_sweep(plan, crew, store)
        finally:
            crew.close()
    assert sorted(result.outcomes) == [0, 1], result.problems
    runs = store.runs()
    assert {run.record.reason for run in runs} == {"finished"}
    assert all(load_run(run.path).model is not None for run in runs)
    assert {run.notes().sweep for run in runs} == {"rates"}


def test_a_scheduler_that_is_not_there_is_said():
    with pytest.raises(ConfigError, match="scheduler"):
        DaskCrew("tcp://127.0.0.1:9")


def test_what_is_sent_home_is_the_run(write, tmp_path, fewer_digits):
    from cnn_core.sweeps.worker import Task

    plan = load_sweep(write(BASE + "[grid]\nseed = [1]\n"))
    store = RunStore(tmp_path / "runs")
    outcome = make_and_send(Task(0, plan.configs[0], "far", str(tmp_path / "not here")))
    assert not (tmp_path / "not here").exists()
    outcome.unpack(store)
    assert store.runs()[0].record.test_accuracy == outcome.test
    with pytest.raises(ModelFileError):
        outcome.unpack(store)


def test_the_command_line_makes_a_sweep(write, tmp_path, capsys):
    path = write(BASE + "[grid]\nlearning_rate = [0.001, 0.003]\n")
    with pytest.raises(SystemExit) as ended:
        main(["sweep", str(path), "--runs", str(tmp_path / "runs"), "--workers", "2", "--json"])
    assert ended.value.code == 0
    made = json.loads(capsys.readouterr().out)
    assert [run["settings"]["learning_rate"] for run in made["runs"]] in ([0.001, 0.003], [0.003, 0.001])
    assert made["runs"][0]["validation"] >= made["runs"][1]["validation"]
    with pytest.raises(SystemExit) as ended:
        main(["sweep", str(tmp_path / "no.toml")])
    assert ended.value.code == 2
