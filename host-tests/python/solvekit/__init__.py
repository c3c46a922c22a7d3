"""Numerical solvers that learn while they run and say truthfully how they ended.

=============================  ====================================================================
``solve``                      A x = b, or a sequence of shifted systems across which ω is learned
``SorSequence``                the same for systems that come one by one
``lasso``                      the lasso and the elastic net, one λ or a path of them
``recover``                    sparse signals from fewer measurements than unknowns
``Network``                    the same by a trained unrolled network: load, apply, train
``calibrate_gains``,           sensors from their own readings
``calibrate_array``,
``calibrate_norm``
``fleet.calibrate``            the same for all devices of a Parquet dataset, on Dask (needs dask)
``Lasso``, ``ElasticNet``,     the same as scikit-learn's estimators (needs scikit-learn)
``NonNegative``
=============================  ====================================================================

Answers have the bits of the program ``solvekit`` on the same numbers. Arrays of float64 or float32 that are
contiguous are lent without a copy; the interpreter's lock is released while they are worked on, and a
Ctrl-C ends long work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._arrays import CopyWarning
from ._solvekit import Network, Report, SorSequence, __version__, lasso, recover, solve
from .calibration import (
    SENSORS,
    ArrayGains,
    Gains,
    GainsBatch,
    Norm,
    calibrate_array,
    calibrate_gains,
    calibrate_norm,
)

if TYPE_CHECKING:
    from .linear_model import ElasticNet, Lasso, NonNegative

__all__ = [
    "SENSORS",
    "ArrayGains",
    "CopyWarning",
    "ElasticNet",
    "Gains",
    "GainsBatch",
    "Lasso",
    "Network",
    "NonNegative",
    "Norm",
    "Report",
    "SorSequence",
    "__version__",
    "calibrate_array",
    "calibrate_gains",
    "calibrate_norm",
    "lasso",
    "recover",
    "solve",
]

_ESTIMATORS = ("ElasticNet", "Lasso", "NonNegative")


def __getattr__(name: str) -> Any:
    if name in _ESTIMATORS:
        from . import linear_model

        return getattr(linear_model, name)
    raise AttributeError(f"module 'solvekit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
