"""A process's connection to a Ray cluster, which it has once. Here Ray is imported first; the pool has it from here."""

import logging
import os
import socket
import threading
from queue import SimpleQueue
from typing import Any

# Whatever is asked of Ray would connect by itself where the process is not connected: also what a thread asks that
# Ctrl-C has left behind, while its process ends. Ray reads this when it is imported.
os.environ.setdefault("RAY_ENABLE_AUTO_CONNECT", "0")

import ray as _ray

import nastoolkit as nas

ray: Any = _ray  # its types are known in part

_CONNECTING = threading.Lock()


def connect(address: str) -> Any:  # noqa: ANN401 - Ray's context has no type
    """Ray's context of this process, which is connected to a cluster or is now.

    Args:
        address: of the cluster, as :class:`nastoolkit_ray.RayExecutor` takes it; where this process is connected
            already, it stays with that.

    Raises:
        ConfigError: there is no such cluster.
    """
    with _CONNECTING:
        if not ray.is_initialized():
            _connect_to_stay(address)
        return ray.get_runtime_context()


def _connect_to_stay(address: str) -> None:
    """Connect in a thread that stays: processes that Ray starts for a cluster end with the thread that started them."""
    outcome: SimpleQueue[Exception | None] = SimpleQueue()

    def stay() -> None:
        try:
            _connect(address)
        except Exception as error:  # noqa: BLE001 - it is raised where the connection was asked for
            outcome.put(error)
        else:
            outcome.put(None)
            threading.Event().wait()

    threading.Thread(target=stay, daemon=True).start()
    if error := outcome.get():
        raise error


def _connect(address: str) -> None:
    # Ray would warn that it hides accelerators from workers that ask for none; _options does so itself.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would report to its makers
    own: dict[str, Any] = {} if address else {"num_cpus": len(os.sched_getaffinity(0)), "include_dashboard": False}
    try:
        _knock(address)
        ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise nas.ConfigError(
            f"[executor] address = {address!r}: there is no Ray cluster: {reason}. Start one with "
            "`ray start --head`, or leave the address out to use this machine's cores."
        ) from None


def _knock(address: str) -> None:
    """Whether something answers at ``HOST:PORT``; Ray itself would go on trying for ten minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
