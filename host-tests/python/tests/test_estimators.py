"""scikit-learn's conventions, and its answers."""

import numpy as np
import pickle
import pytest
import solvekit
from scipy import sparse
from sklearn import linear_model
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks


@parametrize_with_checks(
    [
        solvekit.Lasso(alpha=0.01),
        solvekit.ElasticNet(alpha=0.01),
        solvekit.NonNegative(alpha=0.01),
    ]
)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture
def data(rng):
    X = rng.normal(size=(60, 30)) + 0.5
    y = X[:, :4] @ [2.0, -1.5, 1.0, 0.5] + 3.0 + 0.1 * rng.normal(size=60)
    return X, y


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("positive", [True, False])
def test_the_lasso_is_scikit_learns(data, intercept, positive):
    X, y = data
    ours = solvekit.Lasso(0.05, fit_intercept=intercept, positive=positive, tol=1e-12).fit(X, y)
    theirs = linear_model.Lasso(
        0.05, fit_intercept=intercept, positive=positive, tol=1e-12, max_iter=100_000
    ).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-6)
    assert ours.intercept_ == pytest.approx(theirs.intercept_, abs=1e-6)
    assert ours.report_.converged and ours.dual_gap_ <= 1e-10 * (y @ y)


def test_the_elastic_net_is_scikit_learns(data):
    X, y = data
    ours = solvekit.ElasticNet(0.1, l1_ratio=0.3, tol=1e-12).fit(X, y)
    theirs = linear_model.ElasticNet(0.1, l1_ratio=0.3, tol=1e-12, max_iter=100_000).fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-6)


def test_sparse_designs_have_the_answers_of_full_ones(data):
    X, y = data
    X = X * (np.abs(X) > 1)
    full = solvekit.Lasso(0.05, tol=1e-12).fit(X, y)
    thin = solvekit.Lasso(0.05, tol=1e-12).fit(sparse.csr_matrix(X), y)
    np.testing.assert_allclose(full.coef_, thin.coef_, atol=1e-8)
    np.testing.assert_allclose(full.predict(X), thin.predict(sparse.csc_matrix(X)), atol=1e-8)


def test_pipelines_searches_clones_and_pickles(data):
    X, y = data
    search = GridSearchCV(
        make_pipeline(StandardScaler(), solvekit.Lasso()), {"lasso__alpha": [0.01, 0.1, 1.0]}
    ).fit(X, y)
    assert search.best_score_ > 0.9
    model = solvekit.Lasso(0.2, positive=True)
    assert clone(model).get_params() == model.get_params()
    restored = pickle.loads(pickle.dumps(model.fit(X, y)))
    np.testing.assert_array_equal(restored.predict(X), model.predict(X))
    assert restored.report_.converged and restored.report_.details["nonzeros"] >= 1


def test_a_fit_that_gives_up_warns(data):
    X, y = data
    with pytest.warns(ConvergenceWarning, match="iteration_limit"):
        solvekit.Lasso(1e-4, max_iter=0).fit(X, y)
    with pytest.raises(ValueError, match="alpha"):
        solvekit.Lasso(-1.0).fit(X, y)


def test_a_path_goes_down_from_where_nothing_is_left(data):
    X, y = data
    W, report = solvekit.lasso(X, y, lambda_fraction=0.01, path=10, intercept=True)
    assert W.shape == (30, 10) and not W[:, 0].any() and report.converged
    assert [p["lambda"] for p in report.details["reports"]] == sorted(
        (p["lambda"] for p in report.details["reports"]), reverse=True
    )
