"""The processor, and the versions of the packages that a run's numbers come from."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("nastoolkit", "numpy", "scipy", "deap", "keras", "tensorflow", "jax", "jaxlib", "scikit-learn", "pandas")


@cache  # an ablation asks for each of a thousand runs
def packages() -> dict[str, str]:
    """Those that are installed, and in which version."""
    return {name: found for name in PACKAGES if (found := _version(name))}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


@cache
def processor() -> dict[str, str]:
    """Model and vector extensions, where Linux tells them."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {"cpu": platform.processor()}
    told = dict(line.split(":", 1) for line in reversed(lines) if ":" in line)
    known = {key.strip(): value.strip() for key, value in told.items()}
    vectors = sorted(flag for flag in known.get("flags", "").split() if flag.startswith(("avx", "fma", "amx", "sse4")))
    return {"cpu": known.get("model name", platform.machine()), "cpu_flags": " ".join(vectors)}


@cache
def accelerators() -> list[str]:
    """What NVIDIA's driver says of itself and of each card; nothing where there is none."""
    driver = Path("/proc/driver/nvidia")
    files = [driver / "version", *sorted(driver.glob("gpus/*/information"))]
    return [file.read_text(encoding="utf-8", errors="replace") for file in files if file.is_file()]
