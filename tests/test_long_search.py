"""What a search of many generations holds does not grow with their number."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EARLY, LATE = 200, 2000


@pytest.mark.slow
def test_memory_and_handles_stay_as_they_are_for_two_thousand_generations(tmp_path: Path) -> None:
    program = Path(__file__).parent / "long_search.py"
    command = [sys.executable, str(program), str(LATE + 1)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    samples = json.loads(done.stdout)
    assert len(samples) == LATE + 1
    (early, *_), (late, *_) = samples[EARLY], samples[LATE]
    assert late <= 1.05 * early
    assert len({threads for _, threads, _ in samples[EARLY:]}) == 1
    descriptors = [count for *_, count in samples[EARLY:]]
    assert max(descriptors) - min(descriptors) <= 2  # SQLite closes its journal when it likes
