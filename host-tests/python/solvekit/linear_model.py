"""Linear models as scikit-learn's estimators, fitted by solvekit's working sets.

The objective is scikit-learn's: (1 / (2 n)) ‖y − X w − c‖² + α (ρ ‖w‖₁ + ½ (1 − ρ) ‖w‖²), n being the rows,
α ``alpha`` and ρ ``l1_ratio``. The certificate is the duality gap: ``dual_gap_`` is below ``tol`` times
½‖y‖² / n (of the centred y where an intercept is fitted) when ``report_.converged`` is true.
"""

from __future__ import annotations

import warnings
from numbers import Real
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from ._solvekit import Report, lasso

__all__ = ["ElasticNet", "Lasso", "NonNegative"]


class _Linear(RegressorMixin, BaseEstimator):
    """What the models have in common."""

    def _weight(self) -> tuple[float, float, bool]:
        """α, ρ, and whether coefficients may be negative."""
        raise NotImplementedError

    def fit(self, X: Any, y: Any) -> Any:
        """Fits the model.

        X: array or sparse matrix (n, features). y: array (n,). Sparse matrices stay sparse, with an
        intercept too.
        """
        X, y = validate_data(
            self, X, y, accept_sparse="csc", dtype=np.float64, order="C", y_numeric=True
        )
        alpha, l1_ratio, nonnegative = self._weight()
        if not isinstance(alpha, Real) or alpha < 0:
            raise ValueError(f"alpha: {alpha!r} is not a number, zero or larger")
        y = np.ascontiguousarray(y, dtype=np.float64)
        coefficients, report = lasso(
            X,
            y,
            lam=float(alpha) * X.shape[0],
            l1_ratio=float(l1_ratio),
            nonnegative=nonnegative,
            intercept=bool(self.fit_intercept),
            gap=float(self.tol),
            max_iterations=int(self.max_iter),
        )
        details = report.details
        self.coef_ = coefficients
        self.intercept_ = float(details["intercept"] or 0.0)
        self.n_iter_ = report.iterations
        self.dual_gap_ = None if details["gap"] is None else details["gap"] / X.shape[0]
        self.report_: Report = report
        if not report.converged:
            warnings.warn(f"the fit ended as {report.status}: {report!r}", ConvergenceWarning)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """X w + c, of shape (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        return np.asarray(X @ self.coef_) + self.intercept_

    @property
    def sparse_coef_(self) -> Any:
        """The coefficients as a sparse row."""
        check_is_fitted(self)
        return sparse.csr_matrix(self.coef_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


class Lasso(_Linear):
    """The lasso: (1 / (2 n)) ‖y − X w − c‖² + α ‖w‖₁.

    alpha: α, zero or larger. fit_intercept: is there a c? positive: asks for w ≥ 0. tol: the relative
    duality gap to reach. max_iter: steps after which it gives up, with a warning.

    After a fit: ``coef_`` (features,), ``intercept_``, ``n_iter_``, ``dual_gap_``, ``report_``.

    >>> import numpy as np, solvekit
    >>> X, y = np.eye(3), np.array([3.0, -2.0, 0.1])
    >>> solvekit.Lasso(alpha=0.5, fit_intercept=False).fit(X, y).coef_
    array([ 1.5, -0.5,  0. ])
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        fit_intercept: bool = True,
        positive: bool = False,
        tol: float = 1e-6,
        max_iter: int = 10_000,
    ) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.positive = positive
        self.tol = tol
        self.max_iter = max_iter

    def _weight(self) -> tuple[float, float, bool]:
        return self.alpha, 1.0, bool(self.positive)


class ElasticNet(_Linear):
    """The elastic net: (1 / (2 n)) ‖y − X w − c‖² + α (ρ ‖w‖₁ + ½ (1 − ρ) ‖w‖²).

    l1_ratio: ρ, from 0 (ridge) to 1 (lasso). The others are those of :class:`Lasso`.
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        l1_ratio: float = 0.5,
        fit_intercept: bool = True,
        positive: bool = False,
        tol: float = 1e-6,
        max_iter: int = 10_000,
    ) -> None:
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.positive = positive
        self.tol = tol
        self.max_iter = max_iter

    def _weight(self) -> tuple[float, float, bool]:
        return self.alpha, self.l1_ratio, bool(self.positive)


class NonNegative(_Linear):
    """Least squares with w ≥ 0, and with α ‖w‖₁ where alpha is above zero.

    The parameters are those of :class:`Lasso`. With ``alpha=0`` the duality gap says little (it is
    ½‖y − X w‖²/n), and the fit is told as converged only where it is exact: a small alpha costs little.
    """

    def __init__(
        self,
        alpha: float = 1e-6,
        *,
        fit_intercept: bool = False,
        tol: float = 1e-6,
        max_iter: int = 10_000,
    ) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.tol = tol
        self.max_iter = max_iter

    def _weight(self) -> tuple[float, float, bool]:
        return self.alpha, 1.0, True
