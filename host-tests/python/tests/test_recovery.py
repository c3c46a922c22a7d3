"""Sparse recovery and networks."""

import pickle

import numpy as np
import pytest
import solvekit


@pytest.fixture
def planted(rng):
    A = rng.normal(size=(32, 64))
    A /= np.linalg.norm(A, axis=0)
    X = np.zeros((64, 5))
    for k in range(5):
        X[rng.choice(64, 4, replace=False), k] = rng.choice([-1.0, 1.0], 4)
    return A, X, A @ X


@pytest.mark.parametrize("method", ["omp", "htp", "niht"])
def test_planted_signals_are_found(planted, method):
    A, X, Y = planted
    found, report = solvekit.recover(A, Y, method, sparsity=4, tol=1e-10)
    assert report.converged, report
    np.testing.assert_allclose(found, X, atol=1e-8)
    one, _ = solvekit.recover(A, np.ascontiguousarray(Y[:, 2]), method, sparsity=4, tol=1e-10)
    np.testing.assert_array_equal(one, found[:, 2])


def test_bits_do_not_depend_on_threads(planted):
    A, _, Y = planted
    keywords = dict(lambda_fraction=0.1, max_iterations=300)
    one, _ = solvekit.recover(A, Y, "ista", **keywords)
    two, _ = solvekit.recover(A, Y, "ista", threads=2, **keywords)
    np.testing.assert_array_equal(one, two)
    # In panels sums go another way.
    side, _ = solvekit.recover(A, Y, "ista", backend="simd", **keywords)
    np.testing.assert_allclose(one, side, atol=1e-12)


def test_a_network_is_trained_saved_loaded_and_applied(planted, tmp_path):
    A, X, Y = planted
    A32 = A.astype(np.float32)
    network, report = solvekit.Network.train(
        A32, "alista", sparsity=0.06, layers=6, steps=40, validation=100, batch=50, threads=1
    )
    assert report.status == "done" and (network.kind, network.layers) == ("alista", 6)
    assert network.shape == (32, 64) and network.provenance["seed"] == 1
    x, told = network.apply(A32, Y.astype(np.float32))
    assert x.dtype == np.float32 and told.status == "inferred"
    assert np.sum((x - X) ** 2) < 0.5 * np.sum(X**2)
    network.save(tmp_path / "net.json")
    for again in (solvekit.Network.load(tmp_path / "net.json"), pickle.loads(pickle.dumps(network))):
        y, _ = again.apply(A32, Y.astype(np.float32))
        np.testing.assert_array_equal(x, y)
    safe, told = network.apply(A32, Y.astype(np.float32), safeguard=True, lambda_fraction=0.1)
    assert told.status in ("converged", "iteration_limit", "stalled")


def test_bad_input_is_named(planted, tmp_path):
    A, _, Y = planted
    with pytest.raises(ValueError, match="sparsity"):
        solvekit.recover(A, Y, "omp")
    with pytest.raises(ValueError, match="method: 'amp' is none of"):
        solvekit.recover(A, Y, "amp")
    with pytest.raises(ValueError, match="rows"):
        solvekit.recover(A, Y[:-1], "omp", sparsity=2)
    with pytest.raises(ValueError, match="kind"):
        solvekit.Network.train(A, "transformer", sparsity=0.1)
    with pytest.raises(ValueError, match="sparsity: or signals or measurements is needed"):
        solvekit.Network.train(A, "alista")
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(ValueError, match="broken.json"):
        solvekit.Network.load(tmp_path / "broken.json")
    with pytest.raises(ValueError, match="no-such"):
        solvekit.Network.load(tmp_path / "no-such.json")
