//! How far the answers of a backend may be from those of the reference, and why.

use solvekit_host::batch::Backend;

/// One row: a backend, a family and a precision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tolerance {
    pub(crate) backend: Backend,
    /// As [`Shape`](solvekit_host::batch::Shape) has it.
    pub(crate) family: &'static str,
    /// Of a number.
    pub(crate) bits: u32,
    /// Largest difference of an answer's numbers, relative to the largest of them, where both took as
    /// many steps.
    pub(crate) answer: f64,
    /// The same where they did not: then each is as near to the solution as its stop says, here a
    /// certificate of 1e-3, which leaves x ten times as free, and where there are more unknowns than
    /// measurements more than that.
    pub(crate) converged: f64,
    /// Steps that may be more or fewer: as a part of the reference's, and so many more.
    pub(crate) steps: f64,
    pub(crate) more: u32,
    /// Why.
    pub(crate) reason: &'static str,
}

const FUSED: &str = "sums of products are fused and added one after the other, where the reference adds in \
                     four chains: a few roundings of y in each residual, which a contraction does not let \
                     grow; a certificate near its tolerance is met a step sooner or later";

const fn row(family: &'static str, bits: u32, answer: f64, converged: f64) -> Tolerance {
    let (backend, reason) = (Backend::Simd, FUSED);
    Tolerance { backend, family, bits, answer, converged, steps: 0.02, more: 1, reason }
}

const SHADER: &str = "a driver may fuse a product and a sum, flush denormal numbers, and take a root or \
                      a reciprocal that is some units off; a residual at the edge of its tolerance is then \
                      met a look sooner or later, which may be three steps";

/// After as many steps, roundings of a contraction; after more or fewer, both are within the stop's 1e-4
/// of b, and ‖A⁻¹‖ ‖b‖ is about the answer.
const fn relaxed(family: &'static str) -> Tolerance {
    let (backend, reason) = (Backend::Gpu, SHADER);
    Tolerance {
        backend,
        family,
        bits: 32,
        answer: 1e-5,
        converged: 3e-4,
        steps: 0.0,
        more: 3,
        reason,
    }
}

/// All there are; what is not here has to agree to the bit.
pub(crate) const TABLE: &[Tolerance] = &[
    row("ista", 32, 2e-5, 1e-2),
    row("ista", 64, 4e-14, 1e-2),
    restarting(row("fista", 32, 1e-4, 5e-2)),
    restarting(row("fista", 64, 1e-11, 5e-2)),
    row("iht", 32, 2e-5, 1e-2),
    row("iht", 64, 4e-14, 1e-2),
    layers("unfolded-ista"),
    layers("unfolded-iht"),
    layers("lista-cp"),
    layers("alista"),
    layers("lista"),
    layers("ada-lista"),
    layers("tista"),
    layers("hyperlista"),
    // A step more or less moves x by α times the certificate, which is 1e-3 of ‖Aᵀy‖_∞ when it ends; of a
    // signal whose λ is close to that, x is a tenth of it.
    Tolerance { backend: Backend::Gpu, converged: 1e-2, ..row("ista", 32, 2e-5, 1e-3) },
    relaxed("sor"),
    relaxed("sor, one matrix"),
    relaxed("ssor"),
    relaxed("ssor, one matrix"),
    // Roundings of N products for each of N entries, in matrices whose conditions are below 10.
    relaxed("cholesky"),
    relaxed("cholesky, one matrix"),
    // The same sums by CUDA, fused, roots to two units; products of matrices in the order of cuBLAS.
    Tolerance { backend: Backend::Cuda, ..relaxed("cholesky") },
    Tolerance { backend: Backend::Cuda, ..relaxed("cholesky, one matrix") },
    Tolerance { backend: Backend::Cuda, converged: 1e-2, ..row("ista", 32, 2e-5, 1e-3) },
];

/// Momentum restarts by the sign of a sum, and where a certificate does not confirm its estimate: where
/// rounding decides of one of them, the steps until the next one are made anew, towards another x among
/// those that the certificate does not tell apart. Until then momentum lets a rounding grow with the
/// square of the steps.
const fn restarting(row: Tolerance) -> Tolerance {
    Tolerance { steps: 0.5, ..row }
}

/// As many layers for all, so nobody stops sooner: with a layer more or less nothing would be near enough.
const fn layers(family: &'static str) -> Tolerance {
    Tolerance { steps: 0.0, ..row(family, 32, 1e-5, 0.0) }
}

/// The row of a family, by its backend and precision.
pub(crate) fn of(backend: Backend, family: &str, bits: u32) -> Tolerance {
    let is_it = |row: &&Tolerance| (row.backend, row.family, row.bits) == (backend, family, bits);
    let found = TABLE.iter().find(is_it).copied();
    let found =
        found.unwrap_or_else(|| panic!("no tolerance for {family} in {bits} bits, {backend}"));
    assert!(!found.reason.is_empty());
    found
}
