//! What a backend may do otherwise than the reference, kind of problem by kind of problem, and why. Where
//! a line is missing here, the bits are the same.

/// How far a backend may be from the reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tolerance {
    /// The kind of problem, and what solves it.
    pub(crate) family: &'static str,
    pub(crate) backend: &'static str,
    /// Of an answer's numbers, relative to the largest of the reference's answer.
    pub(crate) answer: f32,
    /// Of the number of iterations: looks at the certificate that it may be sooner or later.
    pub(crate) looks: u32,
    /// Why it is not nothing.
    #[allow(dead_code, reason = "for those who read the table")]
    pub(crate) reason: &'static str,
}

pub(crate) const TABLE: &[Tolerance] = &[Tolerance {
    family: "sor",
    backend: "gpu",
    // Both are within the stopping rule's 1e-4 of b, hence within 1e-4 · ‖A⁻¹‖ ‖b‖ of each other
    // twice; with a diagonal that dominates, ‖A⁻¹‖ ‖b‖ is about the answer.
    answer: 3e-4,
    looks: 1,
    reason: "a driver may fuse a product and a sum, flush denormal numbers, and take a root that is \
                 one unit off; a residual at the edge of the tolerance is then met a look sooner or later",
}];

/// The line of a kind of problem; its variants (`ssor`, one matrix) share it.
pub(crate) fn tolerance(family: &str, backend: &str) -> Tolerance {
    let line = TABLE.iter().find(|line| line.family == family && line.backend == backend);
    *line.unwrap_or_else(|| panic!("{family} by {backend} has no line in the table"))
}
