"""Many processes write to one database at the same time."""

import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

from stored_records import a_generation, exact

from nastoolkit.storage.sql import open_storage

PROCESSES, GENERATIONS = 8, 25

PROGRAM = """
    import sys
    from stored_records import a_generation, a_run, evaluations_of
    from nastoolkit.storage.sql import open_storage

    url, name, generations = sys.argv[1], sys.argv[2], int(sys.argv[3])
    print("ready", flush=True)
    sys.stdin.readline()
    storage = open_storage(url)
    storage.create(a_run(name))
    with storage.held(f"run {name}"):
        storage.describe(name, {"place": name})
        for number in range(generations):
            generation = a_generation(number)
            storage.save(name, generation, evaluations_of(generation))
        storage.finish(name, "generations", {"name": name})
    storage.close()
"""


def test_eight_processes_make_a_database_and_write_their_runs_at_once(url: str) -> None:
    names = [f"run{number}" for number in range(PROCESSES)]
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM), url]
    writers = [
        subprocess.Popen(
            [*command, name, str(GENERATIONS)], stdin=-1, stdout=-1, stderr=-1, text=True, cwd=Path(__file__).parent
        )
        for name in names
    ]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=120)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * PROCESSES, said
    with closing(open_storage(url)) as storage:
        assert sorted(run.name for run in storage.runs()) == names
        for run in storage.runs():
            assert (run.environment, run.result) == ({"place": run.name}, {"name": run.name})
            found = storage.open(run.name)
            assert exact(found.last()) == exact(a_generation(GENERATIONS - 1))
            assert len(found.generations()) == GENERATIONS
            assert len(found.evaluations()) == 2 * GENERATIONS
