"""What tests share: seeded numbers, and the program beside the package."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def program() -> str:
    """The program `solvekit`, which `cargo xtask python` names."""
    path = os.environ.get("SOLVEKIT_PROGRAM")
    if not path or not Path(path).exists():
        pytest.skip("SOLVEKIT_PROGRAM names no program")
    return path


def laplacian(side: int):
    """The 5-point Laplacian on a grid, sparse."""
    from scipy import sparse

    line = sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(side, side))
    eye = sparse.eye(side)
    return (sparse.kron(eye, line) + sparse.kron(line, eye)).tocsr()


def sensors(rng, p=8, m=16, n=16, noise=0.0, devices=None):
    """A (p, m, n), and what m sensors saw of one signal a device, with gains about 1."""
    A = rng.normal(size=(p, m, n)) / np.sqrt(n)
    count = devices or 1
    x, gains = rng.normal(size=(count, n)), rng.uniform(0.8, 1.2, size=(count, m))
    gains /= gains.mean(axis=1, keepdims=True)
    Y = np.einsum("pmn,dn->dpm", A, x) * gains[:, None, :]
    Y += noise * rng.normal(size=Y.shape)
    return (A, Y, gains, x) if devices else (A, Y[0], gains[0], x[0])
