"""Calibration of sensors from their own readings.

Gains have the mean 1: (α γ, x / α) explains the same data for every α. Standard errors are those of the
noise that the data show; an interval of ± ``quantile`` of them holds the truth in 19 of 20 cases.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _solvekit
from ._arrays import dimensions

__all__ = [
    "SENSORS",
    "ArrayGains",
    "Gains",
    "GainsBatch",
    "Norm",
    "calibrate_array",
    "calibrate_gains",
    "calibrate_norm",
]

#: What a sensor's number says, in ``GainsBatch.sensors``.
SENSORS = ("sound", "dead", "stuck", "clipped", "erratic", "weak", "flipped")


@dataclass(frozen=True)
class Gains:
    """What a blind calibration found of one device of m sensors and n unknowns."""

    status: str
    """'converged', or how the method ended."""
    gains: NDArray[np.float64]
    """γ (m,)."""
    signal: NDArray[np.float64]
    """x (n,)."""
    gain_errors: NDArray[np.float64] | None
    """Standard errors of γ (m,); None where nothing tells them."""
    signal_errors: NDArray[np.float64] | None
    """Standard errors of x (n,)."""
    offsets: NDArray[np.float64] | None
    """Offsets (m,), where they were sought; in the units of Y."""
    sigma: float | None
    """The noise's standard deviation, in the units of Y."""
    sensors: list[str] | None
    """How each sensor fares, one of ``SENSORS``; only ``method='auto'`` looks."""
    warnings: list[str]
    """What is to be looked at."""
    details: dict[str, Any] = field(repr=False)
    """All that is known, as the program ``solvekit calibrate gains`` tells it."""

    @property
    def converged(self) -> bool:
        return self.status == "converged"


@dataclass(frozen=True)
class GainsBatch:
    """What calibrations of d devices found. Rows of devices without an answer are NaN."""

    gains: NDArray[Any]
    """γ (d, m)."""
    signal: NDArray[Any]
    """x (d, n)."""
    gain_errors: NDArray[Any]
    """Standard errors of γ (d, m); infinite where nothing tells them."""
    signal_errors: NDArray[Any]
    """Standard errors of x (d, n)."""
    sigma: NDArray[Any]
    """The noise's standard deviations (d,)."""
    sensors: NDArray[np.uint8]
    """How each sensor fares (d, m): places in ``SENSORS``."""
    status: list[str]
    """What each answer is: 'likelihood', 'posterior', … or why there is none: 'refused', 'singular', …"""
    reasons: list[str | None]
    """Why there is none; None where there is one."""

    @property
    def converged(self) -> NDArray[np.bool_]:
        """Which devices have an answer (d,)."""
        return np.array([reason is None for reason in self.reasons], dtype=bool)


def calibrate_gains(
    A: ArrayLike,
    Y: ArrayLike,
    *,
    method: str = "auto",
    offsets: bool = False,
    noise: float | None = None,
    radius: float | None = None,
    sparsity: int | None = None,
    tol: float | None = None,
    max_iterations: int | None = None,
    threads: int | None = None,
) -> Gains | GainsBatch:
    """Gains of sensors that see one unknown signal through known matrices: y_l = γ ∘ A_l x + noise.

    A: (p, m, n), or (p m, n) snapshot after snapshot. Y: (p, m) for one device, or (d, p, m) for d devices that
    share A or have their own, (d, p, m, n); a batch is worked on by ``threads`` (all of them if None) with
    ``method='auto'``, those that share A several at a time in vector registers, to the same bits.
    method: 'auto' finds faulty sensors, tells errors, and refuses what the data cannot tell;
    'gauss-newton' is its kernel alone; 'gradient' the projected gradient, with gains at most ``radius`` from
    1 or at most ``sparsity`` non-zeros in x. noise: its standard deviation, where it is known.

    Raises ValueError where a single device cannot be calibrated, with the reason; of a batch it is in
    ``reasons``.

    >>> import numpy as np, solvekit
    >>> rng = np.random.default_rng(1)
    >>> A, x, gains = rng.normal(size=(6, 8, 4)), rng.normal(size=4), rng.uniform(0.8, 1.2, 8)
    >>> found = solvekit.calibrate_gains(A, (A @ x) * gains)
    >>> bool(np.allclose(found.gains, gains / gains.mean()))
    True
    """
    if dimensions(Y) == 3:
        only = {
            "method": method != "auto",
            "offsets": offsets,
            "radius": radius is not None,
            "sparsity": sparsity is not None,
            "tol": tol is not None,
            "max_iterations": max_iterations is not None,
        }
        for name, given in only.items():
            if given:
                raise ValueError(f"{name}: it is for one device at a time, and Y has {np.shape(Y)[0]}")
        return _many(_solvekit.gains_of_many(A, Y, noise=noise, threads=threads))
    found = _solvekit.gains_of_one(
        A,
        Y,
        method=method,
        offsets=offsets,
        noise=noise,
        radius=radius,
        sparsity=sparsity,
        tol=tol,
        max_iterations=max_iterations,
    )
    errors = found["standard_errors"]
    return Gains(
        status=found["status"],
        gains=np.array(found["gains"]),
        signal=np.array(found["signal"]),
        gain_errors=None if errors is None else np.array(errors["gains"]),
        signal_errors=None if errors is None else np.array(errors["signal"]),
        offsets=None if found["offsets"] is None else np.array(found["offsets"]),
        sigma=found["sigma"],
        sensors=found["sensors"],
        warnings=list(found["warnings"]),
        details=found,
    )


def _many(found: dict[str, Any]) -> GainsBatch:
    numbers, sensors = found["numbers"], found["sensors"]
    m = sensors.shape[1]
    n = numbers.shape[1] // 2 - m
    gains, signal, gain_errors, signal_errors = np.split(numbers, [m, m + n, 2 * m + n], axis=1)
    return GainsBatch(
        gains=gains,
        signal=signal,
        gain_errors=gain_errors,
        signal_errors=signal_errors,
        sigma=found["sigma"],
        sensors=sensors,
        status=found["status"],
        reasons=found["reasons"],
    )


@dataclass(frozen=True)
class ArrayGains:
    """What the frames of an array of m sensors tell."""

    gains: NDArray[np.float64]
    """γ (m,), with mean 1 among those that take part."""
    gain_errors: NDArray[np.float64]
    """Standard errors of γ (m,)."""
    offsets: NDArray[np.float64] | None
    """Offsets (m,), in the units of Y."""
    noise: NDArray[np.float64] | None
    """The standard deviation of each sensor's noise (m,)."""
    sigma: float
    """That of all sensors together."""
    sensors: list[str]
    """How each sensor fares, one of ``SENSORS``."""
    warnings: list[str]
    """What is to be looked at."""
    details: dict[str, Any] = field(repr=False)
    """All that is known, as the program ``solvekit calibrate array`` tells it."""

    status: str = "converged"

    @property
    def converged(self) -> bool:
        return self.status == "converged"


def calibrate_array(
    Y: ArrayLike,
    *,
    subspace: ArrayLike | None = None,
    offsets: bool = False,
    equal_noise: bool = False,
    reference: int | None = None,
) -> ArrayGains:
    """Gains of sensors that see another signal in every frame.

    Y: (p, m), a row a frame. subspace: U (m, k) with orthonormal columns, in whose span the fields lie
    (with ``offsets`` where sensors have some); without it all sensors see the same, each with its own
    gain, offset and noise. equal_noise: all have the same noise; two sensors are enough then. reference:
    the sensor whose offset is 0.

    Raises ValueError where the frames cannot tell the gains, with the reason.
    """
    found = _solvekit.array_of_one(
        Y, subspace=subspace, offsets=offsets, equal_noise=equal_noise, reference=reference
    )
    return ArrayGains(
        gains=np.array(found["gains"]),
        gain_errors=np.array(found["standard_errors"]),
        offsets=None if found["offsets"] is None else np.array(found["offsets"]),
        noise=None if found["noise"] is None else np.array(found["noise"]),
        sigma=found["sigma"],
        sensors=found["sensors"],
        warnings=list(found["warnings"]),
        details=found,
        status=found["status"],
    )


@dataclass(frozen=True)
class Norm:
    """What a sensor's constant norm tells: v = matrix (y − offset)."""

    offset: NDArray[np.float64]
    """o (3,), in the units of the samples."""
    matrix: NDArray[np.float64]
    """T (3, 3), symmetric."""
    offset_errors: NDArray[np.float64]
    """Standard errors of o (3,)."""
    matrix_errors: NDArray[np.float64]
    """Standard errors of T (3, 3); 0 for what was not fitted."""
    norm: float
    """What ‖v‖ is to be."""
    rung: str
    """What was fitted: 'offset', 'scale' or 'full'."""
    spread_before: float
    """The relative spread of ‖y‖."""
    spread: float
    """The relative spread of ‖v‖."""
    warnings: list[str]
    """What is to be looked at."""
    details: dict[str, Any] = field(repr=False)
    """All that is known, as the program ``solvekit calibrate norm`` tells it."""

    status: str = "converged"

    @property
    def converged(self) -> bool:
        return self.status == "converged"

    def apply(self, samples: ArrayLike) -> NDArray[np.float64]:
        """Calibrated samples (t, 3)."""
        return (np.asarray(samples, dtype=float) - self.offset) @ self.matrix.T


def calibrate_norm(
    samples: ArrayLike,
    *,
    norm: float | None = None,
    highest: Literal["offset", "scale", "full"] = "full",
    rest: float | None = None,
    window: int = 100,
) -> Norm:
    """Offset, scales and cross terms of a three-axis sensor that sees a vector of constant length.

    samples: (t, 3), an accelerometer at rest or a magnetometer, in many poses. norm: the true length, in
    units of the samples (9.80665 for gravity in m/s²); that of the samples on average if None. highest:
    fit no more than this. rest: use the means of windows of ``window`` samples in which every axis deviates by
    less than this.

    Raises ValueError where the samples cannot tell it, with the reason.
    """
    found = _solvekit.norm_of_one(samples, norm=norm, highest=highest, rest=rest, window=window)
    return Norm(
        offset=np.array(found["offset"]),
        matrix=np.array(found["matrix"]),
        offset_errors=np.array(found["standard_errors"]["offset"]),
        matrix_errors=np.array(found["standard_errors"]["matrix"]),
        norm=found["norm"],
        rung=found["rung"],
        spread_before=found["spread_before"],
        spread=found["spread"],
        warnings=list(found["warnings"]),
        details=found,
        status=found["status"],
    )
