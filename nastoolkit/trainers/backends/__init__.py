"""What differs between the backends of Keras: gradients, compilation, profilers. Each module has the same names."""

import importlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, cast

from nastoolkit.errors import ConfigError
from nastoolkit.trainers.keras_door import Tensor, keras

BACKENDS = ("jax", "tensorflow")


class Backend(Protocol):
    """The names that every module here has."""

    FIRST_PROGRAM: int
    """Bytes of addresses that are taken beside a first program, whatever its size: mostly for a compiler's threads."""

    def devices(self) -> list[str]:
        """What computes, such as ``cpu:0``, as ``keras.distribution.list_devices`` names it; computes nothing."""
        ...

    def share_cores(self, threads: int) -> None:
        """Let the parts of one program be computed on so many threads; without effect once something was computed.

        TensorFlow's own choice is one for each physical core. The loop of a program that XLA compiled does not stay on
        the thread of its call but goes on here, so as many as there are calls at once are needed.
        """
        ...

    def value_and_gradients(
        self, losses: Callable[[list[Tensor]], Tensor], weights: list[Tensor]
    ) -> tuple[Tensor, list[Tensor]]:
        """``(C,)`` losses, and the gradients of their sum by each of the weights."""
        ...

    def compiled(self, function: Callable[..., Any], *, fused: bool) -> Callable[..., Any]:
        """The function as one program for each set of shapes it is called with.

        Args:
            function: of tensors.
            fused: whether XLA is to compile it: what is made of many small operations gains by that, what is made of a
                few large ones waits longer for the compiler than it gains. On a processor, each of the large ones is
                computed on one thread, whatever there are.
        """
        ...

    def traced(self, program: Callable[..., Any], arguments: Sequence[Any]) -> None:
        """See what a program does with such arguments, where that is not left to its first call.

        TensorFlow numbers what it traces, and a compiled program is found again by these numbers.
        """
        ...

    def lacks_memory(self, error: Exception) -> bool:
        """Whether the backend raised an error because there was no memory."""
        ...

    def recording(self, folder: str) -> AbstractContextManager[object]:
        """While it is open, the backend's own profiler writes what every device does into a folder."""
        ...

    def convolve(self, states: Tensor, kernels: Tensor, stride: int) -> Tensor:
        """``(C or 1, N, places, in)``, ``(C, taps, in, out)`` -> ``(C, N, places, out)``, padded with zeros.

        Each network's states with its own kernel; places and taps have one axis for a text, two for an image. As Keras'
        ``padding="same"``.
        """
        ...


def backend_name() -> str:
    """What Keras calls the backend that it runs on.

    Raises:
        ConfigError: Keras runs on a backend that this trainer does not know.
    """
    name: str = keras.config.backend()
    if name not in BACKENDS:
        raise ConfigError(
            f"Keras runs on {name!r}, which the trainer 'keras' does not know. Set KERAS_BACKEND to "
            f"{' or '.join(BACKENDS)}."
        )
    return name


def backend() -> Backend:
    """The backend that Keras runs on.

    Raises:
        ConfigError: Keras runs on a backend that this trainer does not know.
    """
    return cast("Backend", importlib.import_module(f"{__name__}.{backend_name()}"))
