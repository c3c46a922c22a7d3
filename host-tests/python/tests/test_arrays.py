"""How arrays are lent, and when they are copied."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
import solvekit


@pytest.fixture(autouse=True)
def nothing_was_said():
    from solvekit import _arrays

    _arrays._said.clear()


A, B = np.array([[4.0, 1.0], [1.0, 3.0]]), np.array([1.0, 2.0])
X, _ = solvekit.solve(A, B, method="direct")


def misaligned(array):
    room = np.zeros(array.nbytes + 1, dtype=np.uint8)
    view = room[1:].view(array.dtype).reshape(array.shape)
    view[...] = array
    assert not view.flags.aligned
    return view


@pytest.mark.parametrize(
    ("b", "reason"),
    [
        (np.repeat(B, 2)[::2], "not contiguous"),
        (misaligned(B), "misaligned"),
        (B.astype(">f8"), "dtype >f8"),
        (B.astype(int), "dtype int64"),
        (B.astype(np.float16), "dtype float16"),
    ],
)
def test_what_is_copied_is_said_once(b, reason):
    with pytest.warns(solvekit.CopyWarning, match=f"b was copied: .*{reason}"):
        x, _ = solvekit.solve(A, b, method="direct")
    np.testing.assert_array_equal(x, X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        solvekit.solve(A, b, method="direct")


@pytest.mark.parametrize("b", [[1.0, 2.0], (1, 2), B])
def test_lists_and_what_is_contiguous_are_taken_in_silence(b):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x, _ = solvekit.solve(A, b, method="direct")
    np.testing.assert_array_equal(x, X)


def test_columns_of_fortran_order_are_right():
    F = np.asfortranarray(np.array([[4.0, 1.0], [0.5, 3.0]]))
    with pytest.warns(solvekit.CopyWarning):
        x, _ = solvekit.solve(F, B, method="direct")
    np.testing.assert_allclose(x, np.linalg.solve(F, B))


def test_what_only_may_be_read_is_enough():
    b = B.copy()
    b.flags.writeable = False
    x, _ = solvekit.solve(A, b, method="direct")
    np.testing.assert_array_equal(x, X)


def test_scikit_learn_is_asked_for_only_where_it_is_used():
    code = "import solvekit, sys; assert 'sklearn' not in sys.modules; assert 'dask' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
