"""Calibration, against what was planted."""

import numpy as np
import pytest
import solvekit

from conftest import sensors


def test_gains_without_noise_are_those_planted(rng):
    A, Y, gains, x = sensors(rng)
    found = solvekit.calibrate_gains(A, Y)
    assert found.converged and found.details["answer"] == "likelihood"
    np.testing.assert_allclose(found.gains, gains, atol=1e-9)
    np.testing.assert_allclose(found.signal, x, atol=1e-9)
    flat = solvekit.calibrate_gains(A.reshape(-1, A.shape[2]), Y)
    np.testing.assert_array_equal(flat.gains, found.gains)


def test_errors_cover_the_truth(rng):
    A, Y, gains, _ = sensors(rng, noise=0.01, devices=200)
    found = solvekit.calibrate_gains(A, Y)
    assert found.converged.all()
    inside = np.abs(found.gains - gains) <= 1.98 * found.gain_errors
    assert 0.92 < inside.mean() < 0.98


def test_a_batch_has_the_bits_of_its_devices(rng):
    A, Y, _, _ = sensors(rng, noise=0.01, devices=7)
    batch = solvekit.calibrate_gains(A, Y, threads=2)
    for k in range(7):
        one = solvekit.calibrate_gains(A, np.ascontiguousarray(Y[k]))
        np.testing.assert_array_equal(batch.gains[k], one.gains)
        np.testing.assert_array_equal(batch.signal[k], one.signal)
        np.testing.assert_array_equal(batch.gain_errors[k], one.gain_errors)
        assert batch.sigma[k] == one.sigma


def test_a_batch_with_matrices_of_its_own_has_the_bits_of_its_devices(rng):
    A, Y, _, _ = sensors(rng, noise=0.01, devices=5)
    own = np.stack([np.roll(A, k, axis=0) for k in range(5)])
    shifted = np.stack([np.roll(Y[k], k, axis=0) for k in range(5)])
    shifted[1, 2, 3] = np.nan
    own[2, 0, 1, 1] = np.inf
    batch = solvekit.calibrate_gains(own, shifted)
    for k in (0, 3, 4):
        one = solvekit.calibrate_gains(own[k], shifted[k])
        np.testing.assert_array_equal(batch.gains[k], one.gains)
        np.testing.assert_array_equal(batch.signal_errors[k], one.signal_errors)
    np.testing.assert_array_equal(batch.converged, [True, False, False, True, True])
    assert all(reason and "not" in reason for reason in batch.reasons[1:3])
    single = solvekit.calibrate_gains(own.astype(np.float32), shifted.astype(np.float32))
    np.testing.assert_allclose(single.gains[0], batch.gains[0], atol=1e-4)
    with pytest.raises(ValueError, match="A: of shape 4 x 8 x 16 x 16; 5 x 8 x 16 x n is expected"):
        solvekit.calibrate_gains(own[:4], shifted)


def test_bad_devices_of_a_batch_have_reasons_and_the_others_answers(rng):
    A, Y, gains, _ = sensors(rng, devices=4)
    Y[1] = np.nan
    Y[2] = 0.0
    Y[3, :, 5] = 0.0
    found = solvekit.calibrate_gains(A, Y)
    np.testing.assert_array_equal(found.converged, [True, False, False, True])
    np.testing.assert_allclose(found.gains[0], gains[0], atol=1e-9)
    assert np.isnan(found.gains[1:3]).all() and all(found.reasons[1:3])
    assert solvekit.SENSORS[found.sensors[3, 5]] == "dead"


def test_what_cannot_be_told_is_refused_with_the_reason(rng):
    A, Y, _, _ = sensors(rng)
    A[1:] = A[0]
    Y[1:] = Y[0]
    with pytest.raises(ValueError, match="too much alike"):
        solvekit.calibrate_gains(A, Y)
    with pytest.raises(ValueError, match="needed"):
        solvekit.calibrate_gains(A[:1], Y[:1])
    with pytest.raises(ValueError, match="offsets: it is for one device at a time"):
        solvekit.calibrate_gains(A, Y[None], offsets=True)
    with pytest.raises(ValueError, match="Y: 3 rows for 8 snapshots"):
        solvekit.calibrate_gains(A, Y[:3])
    with pytest.raises(ValueError, match="A: 16 sensors, and Y has 15"):
        solvekit.calibrate_gains(A, np.ascontiguousarray(Y[:, :15]))
    with pytest.raises(ValueError, match="radius: only for method gradient"):
        solvekit.calibrate_gains(A, Y, radius=0.1)


def test_an_array_that_sees_one_signal(rng):
    gains = np.array([0.9, 1.1, 1.2, 0.8])
    z = rng.normal(size=400)
    Y = z[:, None] * gains + 0.3 + 0.02 * rng.normal(size=(400, 4))
    found = solvekit.calibrate_array(Y, reference=0)
    assert found.converged
    np.testing.assert_allclose(found.gains, gains / gains.mean(), atol=0.01)
    assert found.offsets[0] == 0 and found.noise.shape == (4,)


def test_an_array_in_a_subspace(rng):
    U, _ = np.linalg.qr(rng.normal(size=(8, 3)))
    gains = rng.uniform(0.8, 1.2, 8)
    gains /= gains.mean()
    Y = (rng.normal(size=(300, 3)) @ U.T) * gains
    found = solvekit.calibrate_array(Y, subspace=np.ascontiguousarray(U))
    np.testing.assert_allclose(found.gains, gains, atol=1e-6)
    with pytest.raises(ValueError, match="subspace: 7 rows for 8 columns"):
        solvekit.calibrate_array(Y, subspace=np.ascontiguousarray(U[:7]))


def test_a_norm(rng):
    T = np.array([[1.1, 0.02, 0.0], [0.02, 0.95, 0.01], [0.0, 0.01, 1.05]])
    o = np.array([0.1, -0.2, 0.05])
    v = rng.normal(size=(200, 3))
    v *= 9.80665 / np.linalg.norm(v, axis=1, keepdims=True)
    samples = v @ np.linalg.inv(T).T + o
    found = solvekit.calibrate_norm(samples, norm=9.80665)
    assert found.rung == "full"
    np.testing.assert_allclose(found.offset, o, atol=1e-9)
    np.testing.assert_allclose(found.matrix, T, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(found.apply(samples), axis=1), 9.80665, rtol=1e-9)
    with pytest.raises(ValueError, match="samples: 2 columns"):
        solvekit.calibrate_norm(np.ascontiguousarray(samples[:, :2]))
    with pytest.raises(ValueError):
        solvekit.calibrate_norm(samples[:3])
