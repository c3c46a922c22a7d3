# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # A tour of solvekit from Python
#
# Three things that the kit does on a microcontroller, done here on NumPy arrays with the same bits: an ω that
# is learned from solve to solve, signals recovered from fewer measurements than unknowns, and sensors
# calibrated from their own readings.

# %%
import matplotlib.pyplot as plt
import numpy as np
import solvekit
from scipy import sparse

rng = np.random.default_rng(2)
plt.rcParams |= {"figure.figsize": (8, 3.2), "axes.grid": True, "grid.alpha": 0.3}

# %% [markdown]
# ## ω that learns
#
# A plate of 24 × 24 cools at a rate that drifts; each state of it is a system A + c·I. How many sweeps SOR
# takes depends on ω, and the best ω on c. `SorSequence` starts with no idea, and is held against Gauss–Seidel
# (ω = 1) and against the best of forty ω for each system, tried in hindsight.

# %%
side, count = 24, 150
line = sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(side, side))
eye = sparse.eye(side)
plate = (sparse.kron(eye, line) + sparse.kron(line, eye)).tocsr()
unit = sparse.eye(side * side, format="csr")
cooling = 0.02 + 0.3 * rng.beta(0.5, 1.5, count)
sources = rng.normal(size=(count, side * side))

sequence = solvekit.SorSequence(contexts=(0.0, 0.4))
learned = []
for c, b in zip(cooling, sources):
    x, report = sequence.solve(plate + c * unit, b, context=c)
    assert report.converged
    learned.append(report.iterations)


def sweeps(omega, c, b):
    return solvekit.solve(plate + c * unit, b, omega=omega)[1].iterations


omegas = np.linspace(1.0, 1.95, 40)
best = [min(sweeps(w, c, b) for w in omegas) for c, b in zip(cooling[::10], sources[::10])]
seidel = [sweeps(1.0, c, b) for c, b in zip(cooling, sources)]

fig, ax = plt.subplots()
ax.semilogy(seidel, ".", color="0.7", label="Gauss–Seidel, ω = 1")
ax.semilogy(learned, ".", color="tab:blue", label="ω learned")
ax.semilogy(range(0, count, 10), best, "x", color="tab:orange", label="best ω in hindsight")
ax.set(xlabel="system", ylabel="sweeps")
ax.legend(loc="upper right")
print(
    f"sweeps of all {count} systems: {sum(seidel)} with ω = 1, {sum(learned)} learned; "
    f"of the last hundred, {np.mean(learned[50:]) / np.mean(best[5:]):.2f} times the best in hindsight"
)

# %% [markdown]
# ## A phase transition
#
# Of signals with k non-zeros among 100 unknowns, from m measurements: which fraction does orthogonal matching
# pursuit recover? There is an edge, below which nearly all is found and above which nothing is.

# %%
n, draws = 100, 10
rows, shares = np.arange(10, 100, 10), np.linspace(0.05, 0.6, 12)
success = np.zeros((len(shares), len(rows)))
for j, m in enumerate(rows):
    for i, share in enumerate(shares):
        k = max(1, round(share * m))
        A = rng.normal(size=(m, n)) / np.sqrt(m)
        X = np.zeros((n, draws))
        for d in range(draws):
            X[rng.choice(n, k, replace=False), d] = rng.normal(size=k)
        found, report = solvekit.recover(A, A @ X, "omp", sparsity=k)
        errors = np.linalg.norm(found - X, axis=0) / np.linalg.norm(X, axis=0)
        success[i, j] = np.mean(errors < 1e-4)

fig, ax = plt.subplots()
shown = ax.pcolormesh(rows / n, shares, success, cmap="viridis", vmin=0, vmax=1)
ax.set(xlabel="m / n", ylabel="k / m")
fig.colorbar(shown, label="recovered")
print(f"recovered in all: {success.mean():.0%}")

# %% [markdown]
# ## Gains of sensors, before and after
#
# Sixteen sensors see one unknown signal through known matrices, eight times; each has its own unknown gain, and
# the eleventh is broken. Their own readings tell the gains and how sure they are, and which sensor not to ask.

# %%
p, m, n = 8, 16, 16
A = rng.normal(size=(p, m, n)) / np.sqrt(n)
gains, x = rng.uniform(0.7, 1.3, m), rng.normal(size=n)
Y = (A @ x) * gains + 0.01 * rng.normal(size=(p, m))
Y[:, 10] = 0.001 * rng.normal(size=p)
found = solvekit.calibrate_gains(A, Y)
sound = np.array([state == "sound" for state in found.sensors])
truth = gains / gains[sound].mean()

fig, ax = plt.subplots()
place = np.arange(m)
ax.axhline(1, color="0.7", label="before")
ax.plot(place, truth, "_", color="k", markersize=14, label="true gains")
ax.errorbar(
    place[sound], found.gains[sound], 1.96 * found.gain_errors[sound], fmt="o", markersize=4, capsize=3,
    label="calibrated, with intervals of 95 %",
)
ax.plot(place[~sound], truth[~sound], "rx", markersize=10, label=", ".join(found.warnings))
ax.set(xlabel="sensor", ylabel="gain", ylim=(0.4, 1.6))
ax.legend(ncol=2)
error = lambda g: np.sqrt(np.mean((g[sound] - truth[sound]) ** 2))  # noqa: E731
print(f"error of the gains: {error(np.ones(m)):.3f} before, {error(found.gains):.4f} after")

# %% [markdown]
# And a fleet at once: a thousand devices with the same sensors, in one call.

# %%
many = rng.uniform(0.7, 1.3, size=(1000, m))
signals = rng.normal(size=(1000, n))
readings = np.einsum("pmn,dn->dpm", A, signals) * many[:, None, :]
readings += 0.01 * rng.normal(size=readings.shape)
fleet = solvekit.calibrate_gains(A, readings)
many /= many.mean(axis=1, keepdims=True)
before, after = np.abs(1 - many).ravel(), np.abs(fleet.gains - many).ravel()
assert fleet.converged.all()

fig, ax = plt.subplots()
bins = np.logspace(-5, 0, 60)
ax.hist(before, bins, alpha=0.6, color="0.6", label="before")
ax.hist(after, bins, alpha=0.6, color="tab:blue", label="after")
ax.set(xscale="log", xlabel="error of a gain", ylabel="sensors")
ax.legend(loc="upper left")
print(f"median error: {np.median(before):.3f} before, {np.median(after):.4f} after")
