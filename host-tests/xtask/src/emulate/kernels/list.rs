//! The kernels, and whose there are.

/// Whose a kernel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Ours,
    Nalgebra,
    Cmsis,
    Plain,
}

impl Side {
    pub(super) const ALL: [Self; 4] = [Self::Ours, Self::Nalgebra, Self::Cmsis, Self::Plain];

    /// The feature of firmware-examples/peers that chooses it.
    pub(super) const fn feature(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Nalgebra => "nalgebra",
            Self::Cmsis => "cmsis",
            Self::Plain => "plain",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Nalgebra => "nalgebra",
            Self::Cmsis => "CMSIS-DSP",
            Self::Plain => "plain loops",
        }
    }
}

/// A kernel of one size.
pub(super) struct Kernel {
    /// The feature of firmware-examples/peers that chooses it; its answers are called so, too.
    pub(super) feature: &'static str,
    pub(super) title: &'static str,
    /// Instructions that ours is to take at most.
    pub(super) goal: Option<u64>,
    /// Who has none.
    without: &'static [Side],
}

impl Kernel {
    const fn new(feature: &'static str, title: &'static str, goal: Option<u64>) -> Self {
        Self { feature, title, goal, without: &[] }
    }

    const fn without(mut self, sides: &'static [Side]) -> Self {
        self.without = sides;
        self
    }

    pub(super) fn is_by(&self, side: Side) -> bool {
        !self.without.contains(&side)
    }
}

/// All of them, in the order of the table.
pub(super) const KERNELS: &[Kernel] = &[
    Kernel::new("mat_vec_16", "matrix times vector, 16 x 16", Some(590)),
    Kernel::new("mat_vec_32", "matrix times vector, 32 x 32", Some(2_450)),
    Kernel::new("transposed_16", "transpose times vector, 16 x 16", None).without(&[Side::Cmsis]),
    Kernel::new("transposed_32", "transpose times vector, 32 x 32", None).without(&[Side::Cmsis]),
    Kernel::new("dot_16", "dot product, 16", None),
    Kernel::new("dot_64", "dot product, 64", None),
    Kernel::new("axpy_16", "axpy, 16", None),
    Kernel::new("axpy_64", "axpy, 64", None),
    Kernel::new("product_16", "matrix product, 16 x 16 x 16", Some(9_529)),
    Kernel::new("spd_solve_16", "SPD solve, dense 16 x 16", Some(5_500)),
    Kernel::new("ista_16x32", "ISTA step, 16 x 32", Some(2_700)),
    Kernel::new("sor_16", "SOR sweep, dense 16 x 16", Some(1_000))
        .without(&[Side::Nalgebra, Side::Cmsis]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell;

    #[test]
    fn every_kernel_and_side_is_a_feature_of_the_images_and_none_is_forgotten() {
        let manifest = shell::firmware().join("peers/Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).unwrap();
        let (_, features) = manifest.split_once("[features]").unwrap();
        let there: Vec<_> =
            features.lines().filter_map(|line| line.strip_suffix(" = []")).collect();
        let kernels = KERNELS.iter().map(|kernel| kernel.feature);
        let sides = Side::ALL.map(Side::feature);
        let mut known: Vec<_> = kernels.chain(sides).chain(["exact"]).collect();
        let mut there = there;
        known.sort_unstable();
        there.sort_unstable();
        assert_eq!(known, there);
    }
}
