//! [`Shared`]: what many curves of one data set need, computed once.

use super::contender::{Selection, Step};
use super::problem::{Curve, Cut, Method};
use crate::vector::Vector;
use anyhow::{Context, Result};
use rayon::prelude::*;
use solvekit::bcd::rule::GaussSouthwellRowSum;
use solvekit::bcd::{BlockFactors, Partition, block_constants, room};
use solvekit::direct::packed;
use solvekit::fit::DataFit;
use std::collections::BTreeMap;

type Order = Vec<usize>;
type RowSums = GaussSouthwellRowSum<Vector<f64>>;

/// Fixed blocks, and what is known of them.
pub(super) struct Blocks {
    pub(super) partition: Partition<Order>,
    /// The largest eigenvalue of each, certified.
    pub(super) constants: Vector<f64>,
    pub(super) factors: BlockFactors<f64, Order, Vector<f64>>,
}

impl Blocks {
    fn of(fit: &impl DataFit<Real = f64>, size: usize, cut: Cut) -> Result<Self> {
        let order = vec![0; fit.unknowns()];
        let constant = |j| fit.lipschitz(j);
        let partition = match cut {
            Cut::Order => Partition::consecutive(order, size)?,
            Cut::Sort => Partition::sorted(order, size, constant)?,
            Cut::Average => Partition::averaged(order, size, constant)?,
        };
        let mut constants = Vector::filled(partition.blocks(), 0.0);
        block_constants(fit, &partition, &mut constants, &mut vec![0.0; room(size)])?;
        let memory = Vector::filled(partition.blocks() * packed(size), 0.0);
        let factors = BlockFactors::new(fit, partition.clone(), memory)?;
        Ok(Self { partition, constants, factors })
    }
}

/// The blocks of every size and cut, and the row sums of |H| where a rule asks for them.
pub(super) struct Shared {
    blocks: BTreeMap<(usize, Cut), Blocks>,
    sums: Option<RowSums>,
}

/// What one curve needs of it.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) blocks: &'a Blocks,
    sums: Option<&'a RowSums>,
}

impl Shared {
    /// Everything that some curves need.
    pub(super) fn of<F: DataFit<Real = f64> + Sync>(fit: &F, curves: &[Curve]) -> Result<Self> {
        let mut keys: Vec<_> = curves.iter().map(|(size, method)| (*size, method.cut)).collect();
        keys.sort_unstable();
        keys.dedup();
        let blocks = || {
            let blocks = keys
                .par_iter()
                .map(|(size, cut)| Ok(((*size, *cut), Blocks::of(fit, *size, *cut)?)));
            blocks.collect::<Result<_>>()
        };
        let wanted = curves.iter().any(|(_, method)| method.selection.needs_row_sums());
        let sums = || {
            let sums = || GaussSouthwellRowSum::new(fit, Vector::filled(fit.unknowns(), 0.0));
            wanted.then(sums).transpose()
        };
        let (blocks, sums) = rayon::join(blocks, sums);
        Ok(Self { blocks: blocks?, sums: sums? })
    }

    /// For one curve.
    pub(super) fn known(&self, size: usize, cut: Cut) -> Result<Known<'_>> {
        let blocks = self.blocks.get(&(size, cut)).context("blocks that were not asked for")?;
        Ok(Known { blocks, sums: self.sums.as_ref() })
    }
}

impl<'a> Known<'a> {
    pub(super) fn row_sums(self) -> Result<&'a RowSums> {
        self.sums.context("row sums that were not asked for")
    }
}

/// How long a curve takes, roughly and relative to others of its data set: what the rule looks at,
/// and what the update does with the block's entries.
pub(super) fn weight((size, Method { selection, step, .. }): &Curve) -> usize {
    let looks = match selection {
        Selection::GsqVariable => 2000,
        selection if selection.is_greedy() => 200,
        _ => 10,
    };
    let entries = match step {
        Step::Gradient if selection.is_fixed() => 0,
        Step::Matrix if selection.is_fixed() => 0,
        Step::Gradient => 6,
        Step::Matrix | Step::Newton | Step::Estimated => 1,
    };
    looks + entries * size * size / 20
}
