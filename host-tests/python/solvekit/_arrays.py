"""Arrays for the solvers: what cannot be lent as it is gets copied, and that is said once."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

_said: set[tuple[str, str]] = set()


class CopyWarning(UserWarning):
    """An array was copied before use: of another dtype, not contiguous, or misaligned.

    Said once for each argument and reason. Pass what ``numpy.ascontiguousarray(a, dtype)`` gives to
    lend it without a copy.
    """


def contiguous(value: Any, name: str) -> np.ndarray:
    """A contiguous, aligned array of float32 or float64 with the numbers of ``value``."""
    if np.ma.isMaskedArray(value):
        raise TypeError(f"{name}: a masked array; fill it, or leave masked rows out")
    array = np.asarray(value)
    if array.dtype == object:
        raise TypeError(f"{name}: an array of objects; numbers are needed")
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name}: of dtype {array.dtype}; real numbers are needed")
    single = array.dtype.kind == "f" and array.dtype.itemsize == 4
    dtype = np.dtype(np.float32 if single else np.float64)
    copied = np.require(array, dtype=dtype, requirements=["C", "A"])
    # A file that is mapped is lent, too.
    if isinstance(value, np.ndarray) and not np.may_share_memory(copied, value):
        _say(name, _reason(value, dtype))
    return copied


def _reason(array: np.ndarray, dtype: np.dtype) -> str:
    if array.dtype != dtype:
        return f"it is of dtype {array.dtype}, and {dtype} is worked in"
    if not array.flags.c_contiguous:
        return "it is not contiguous by rows"
    return "it is misaligned"


def _say(name: str, reason: str) -> None:
    if (name, reason) not in _said:
        _said.add((name, reason))
        warnings.warn(f"{name} was copied: {reason}", CopyWarning, stacklevel=4)


class RestoredReport:
    """A report that came back from a pickle: what it said, without what made it."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.__dict__.update(said)

    def __repr__(self) -> str:
        return f"<Report: {self.status} after {self.iterations} steps>"


def restored(said: dict[str, Any]) -> RestoredReport:
    return RestoredReport(said)


def dimensions(value: Any) -> int:
    """How many an array has; of a list, of what it becomes."""
    return int(getattr(value, "ndim", None) or np.ndim(value))


def restored_network(content: bytes) -> Any:
    """A network that came back from a pickle, by way of a file of its own format."""
    import tempfile
    from pathlib import Path

    from ._solvekit import Network

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.json"
        path.write_bytes(content)
        return Network.load(path)
