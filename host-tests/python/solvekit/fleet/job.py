"""What is asked of every device."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

KINDS = ("gains", "array", "norm")


@dataclass(frozen=True)
class Job:
    """A kind of calibration, and where its numbers stand."""

    by: str
    """The column that names the device of each row."""
    columns: tuple[str, ...]
    """The columns of its sensors or axes."""
    order: str | None
    """The column by which rows of a device are in order; as they stand if None."""
    kind: str
    A: NDArray[np.float64] | None
    """The sensing matrices (p, m, n), for gains."""
    options: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        by: str,
        columns: Sequence[str],
        order: str | None,
        kind: str,
        A: ArrayLike | None,
        options: dict[str, Any],
    ) -> Job:
        if kind not in KINDS:
            raise ValueError(f"kind: {kind!r} is none of {', '.join(map(repr, KINDS))}")
        if not columns:
            raise ValueError("columns: name the columns of the sensors")
        if by in columns:
            raise ValueError(f"columns: {by!r} names the device")
        if order is not None and order in (by, *columns):
            raise ValueError(f"order: {order!r} names the device, or is a sensor")
        if (A is not None) != (kind == "gains"):
            raise ValueError("A: the sensing matrices (p, m, n) are for kind='gains', which needs them")
        if kind == "norm" and len(columns) != 3:
            raise ValueError(f"columns: three axes are needed for kind='norm', not {len(columns)}")
        sensing = None
        if A is not None:
            sensing = np.ascontiguousarray(A, dtype=np.float64)
            if sensing.ndim == 2 and sensing.shape[0] % len(columns) == 0:
                sensing = sensing.reshape(-1, len(columns), sensing.shape[1])
            if sensing.ndim != 3 or sensing.shape[1] != len(columns):
                raise ValueError(
                    f"A: of shape {np.shape(A)}, and (p, {len(columns)}, n) is needed for "
                    f"{len(columns)} columns"
                )
            if not np.isfinite(sensing).all():
                raise ValueError("A: not all of its entries are finite")
        return cls(by, tuple(columns), order, kind, sensing, dict(options))

    def needed(self) -> tuple[str, ...]:
        """The columns of the dataset that are read."""
        return (self.by, *self.columns, *([] if self.order is None else [self.order]))

    def numbers(self) -> list[str]:
        """The columns of a result that are numbers."""
        names = self.columns
        if self.kind == "norm":
            axes = "xyz"
            return [
                "norm",
                *(f"offset_{a}" for a in axes),
                *(f"offset_{a}_error" for a in axes),
                *(f"matrix_{a}{b}" for a in axes for b in axes),
                "spread_before",
                "spread",
            ]
        both = [f"gain_{name}" for name in names] + [f"gain_{name}_error" for name in names]
        if self.kind == "array":
            return ["sigma", *both, *(f"offset_{name}" for name in names)]
        assert self.A is not None
        return ["sigma", *both, *(f"signal_{k}" for k in range(self.A.shape[2]))]

    def fingerprint(self) -> str:
        """Tells results of one job from those of another."""
        digest = hashlib.sha256()
        said = [self.by, self.columns, self.order, self.kind, sorted(self.options.items())]
        digest.update(json.dumps(said, default=str).encode())
        if self.A is not None:
            digest.update(self.A.tobytes())
        return digest.hexdigest()
