"""The extension module, in Rust. Use what `solvekit` names."""

from os import PathLike
from typing import Any, Literal, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__version__: str

_Backend = Literal["auto", "scalar", "simd", "gpu", "cuda"]

@final
class Report:
    """How work ended."""

    @property
    def status(self) -> str:
        """'converged', or why not: 'iteration_limit', 'stalled', 'diverged', 'non_finite', 'breakdown'."""

    @property
    def converged(self) -> bool:
        """Is all well?"""

    @property
    def iterations(self) -> int:
        """Steps, of all parts together."""

    @property
    def residual(self) -> float | None:
        """The certificate that was looked at last, relative; None where there is none."""

    @property
    def tolerance(self) -> float | None:
        """What it was to reach."""

    @property
    def certificate(self) -> str:
        """What it is."""

    @property
    def seconds(self) -> float | None:
        """Time spent."""

    @property
    def details(self) -> dict[str, Any]:
        """All that is known, as the program ``solvekit`` tells it in JSON."""

def solve(
    a: ArrayLike | Any,
    b: ArrayLike | None = None,
    *,
    method: Literal["auto", "sor", "ssor", "psor", "ssor-cg", "cg", "bcd", "direct"] = "sor",
    omega: float | Literal["auto", "young", "adaptive", "tsallis", "cheb"] | None = None,
    order: Literal["forward", "backward", "multicolor"] = "forward",
    lower: ArrayLike | float | None = None,
    upper: ArrayLike | float | None = None,
    rule: Literal["cyclic", "random", "gs", "gsd", "gsq", "tree"] | None = None,
    block: int | None = None,
    workspace: int | None = None,
    jacobi_radius: float | None = None,
    shifts: ArrayLike | None = None,
    x0: ArrayLike | None = None,
    seed: int = 0,
    tol: float | None = None,
    max_iterations: int = 10_000,
    backend: _Backend | None = None,
    threads: int | None = 1,
) -> tuple[NDArray[Any], Report]:
    """Solves A x = b, or a sequence (A + c I) x = b of them.

    a: (n, n), an array or any sparse matrix of SciPy. b: (n,), or (n, k) for k systems; A·1 if None. x has b's
    shape; with ``shifts`` (s,) it is (n, s).
    method: 'auto' takes the one that is expected to take the least work. omega: a number between 0 and 2, or
    how it is found; by 'auto', 'tsallis' and 'cheb' it is learned across systems.
    lower, upper: bounds for 'psor', (n,) or a number. x0: where to start, (n,) or (n, k). tol: stop at
    ‖b − A x‖ ≤ tol ‖b‖; 1e-8, or 1e-5 in float32. threads: of several systems between which nothing is
    learned; None is all.

    Works in float32 where both A and b are; else in float64. Raises ValueError for what is wrong with the
    arguments, TypeError for what holds no numbers. What does not converge is told by the report, with the
    last finite x.
    """

@final
class SorSequence:
    """Systems that come one by one, each of which teaches ω to the next.

    omega: 'auto' (the default), 'tsallis' (the best one for all) or 'cheb' (the best one for each context).
    method: 'sor', 'ssor-cg' or 'auto', which learns the method too. contexts: the smallest and the largest
    number that will say where a system lies among the others, such as a shift. dtype: 'float64' or 'float32'.
    """

    def __new__(
        cls,
        omega: Literal["auto", "tsallis", "cheb"] | None = None,
        *,
        method: Literal["auto", "sor", "ssor-cg"] = "sor",
        order: Literal["forward", "multicolor"] = "forward",
        contexts: tuple[float, float] | None = None,
        dtype: Literal["float64", "float32"] = "float64",
        workspace: int | None = None,
        seed: int = 0,
        tol: float | None = None,
        max_iterations: int = 10_000,
    ) -> SorSequence: ...
    def solve(
        self,
        a: ArrayLike | Any,
        b: ArrayLike,
        *,
        x0: ArrayLike | None = None,
        context: float = 0.0,
    ) -> tuple[NDArray[Any], Report]:
        """Solves A x = b, and learns from it. a: (n, n), b and x: (n,)."""

    @property
    def tuner(self) -> dict[str, Any] | None:
        """What was learned; None before the first solve."""

def lasso(
    x: ArrayLike | Any,
    y: ArrayLike,
    *,
    lam: float | None = None,
    lambda_fraction: float | None = None,
    path: int | None = None,
    l1_ratio: float = 1.0,
    nonnegative: bool = False,
    concomitant: bool = False,
    intercept: bool = False,
    standardize: bool = False,
    gap: float = 1e-6,
    max_iterations: int = 10_000,
    rule: Literal["cyclic", "permuted", "random", "greedy"] | None = None,
    block: int | None = None,
) -> tuple[NDArray[np.float64], Report]:
    """The least ½‖y − X w‖² + λ (α‖w‖₁ + ½ (1 − α)‖w‖²): (w, Report).

    x: (n, m), an array or a sparse matrix, which stays sparse. y: (n,). lam: λ; or lambda_fraction, a part of
    the λ from which on w = 0. path: so many λ down to it; w is (m, path) then, else (m,). l1_ratio: α.
    concomitant: ‖y − X w‖² / (2 n σ) + σ/2 + λ‖w‖₁ over w and σ. gap: stop at a duality gap of gap ½‖y‖².
    """

def recover(
    a: ArrayLike | Any,
    y: ArrayLike,
    method: Literal["omp", "htp", "niht", "iht", "ista", "fista"] = "omp",
    *,
    lam: float | None = None,
    lambda_fraction: float | None = None,
    sparsity: int | None = None,
    tol: float | None = None,
    max_iterations: int | None = None,
    backend: _Backend | None = None,
    threads: int | None = 1,
) -> tuple[NDArray[np.float64], Report]:
    """Sparse signals x from y = A x + noise: (x, Report).

    a: (m, n), an array or a sparse matrix. y: (m,), or (m, k) for k signals. lam or lambda_fraction (of
    ‖Aᵀy‖_∞) for 'ista' and 'fista'; sparsity, the most non-zeros, for the others.
    """

@final
class Network:
    """An unrolled network for one dictionary: a few layers whose numbers are learned."""

    @staticmethod
    def load(path: str | PathLike[str]) -> Network:
        """Reads a file that ``save`` or the program wrote; a broken or foreign one raises ValueError."""

    def save(self, path: str | PathLike[str]) -> None:
        """Writes a file, whole or not at all, for ``load``, the program and ``solvekit export``."""

    @staticmethod
    def train(
        a: ArrayLike,
        kind: Literal[
            "unfolded-ista", "unfolded-iht", "lista-cp", "alista", "lista", "ada-lista", "tista", "hyperlista"
        ],
        *,
        signals: ArrayLike | None = None,
        measurements: ArrayLike | None = None,
        sparsity: float | None = None,
        amplitude: float | None = None,
        snr: float | None = None,
        layers: int = 16,
        loss: Literal["supervised", "unsupervised"] = "supervised",
        lam: float | Literal["auto"] | None = None,
        shrinkage: str | None = None,
        vary: str | None = None,
        anytime: bool = False,
        batch: int | None = None,
        steps: int = 400,
        rate: float | None = None,
        weight_rate: float | None = None,
        fine_steps: int | None = None,
        passing: float | None = None,
        most_passing: float | None = None,
        longest_step: float | None = None,
        validation: int = 1000,
        seed: int = 1,
        threads: int | None = None,
    ) -> tuple[Network, Report]:
        """Trains a network for A (m, n), in float32: (network, Report).

        signals: X* (n, k) with ``measurements`` (m, k), or A X* with noise ``snr`` decibels below. sparsity:
        draw signals instead, each entry being non-zero with this chance and of standard deviation
        ``amplitude``. The other arguments are those of ``solvekit train``. Threads change no bit.
        """

    def apply(
        self,
        a: ArrayLike | Any,
        y: ArrayLike,
        *,
        layers: int | None = None,
        safeguard: bool = False,
        lam: float | None = None,
        lambda_fraction: float | None = None,
        tol: float | None = None,
        max_iterations: int | None = None,
        backend: _Backend | None = None,
        threads: int | None = 1,
    ) -> tuple[NDArray[np.float32], Report]:
        """Signals x out of measurements y (m,) or (m, k), in float32, with the bits of the firmware.

        safeguard: go on by ISTA, with λ as in :func:`recover`, where the layers do not do.
        """

    @property
    def kind(self) -> str:
        """Which network."""

    @property
    def layers(self) -> int:
        """How many layers."""

    @property
    def shape(self) -> tuple[int, int]:
        """(m, n) of its dictionary."""

    @property
    def provenance(self) -> dict[str, Any]:
        """How its numbers were found."""

def gains_of_one(a: ArrayLike, y: ArrayLike, **options: Any) -> dict[str, Any]: ...
def gains_of_many(
    a: ArrayLike, y: ArrayLike, *, noise: float | None = None, threads: int | None = None
) -> dict[str, Any]: ...
def array_of_one(y: ArrayLike, **options: Any) -> dict[str, Any]: ...
def norm_of_one(samples: ArrayLike, **options: Any) -> dict[str, Any]: ...
