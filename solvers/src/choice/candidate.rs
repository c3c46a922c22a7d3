//! [`Candidate`]: what a method is known to cost before it is tried.

/// One method for one system, in work and memory.
///
/// Work is in multiplications with an addition; any unit will do that is the same for all methods.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Candidate<R> {
    /// Work before the first step: a factorisation, an estimate.
    pub setup: R,
    /// Work of one step, with its share of the certificate.
    pub step: R,
    /// Steps where they are known beforehand: 1 for a direct solver.
    pub steps: Option<u32>,
    /// Numbers it keeps beside A, b and x.
    pub storage: usize,
}
