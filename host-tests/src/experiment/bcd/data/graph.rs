//! [`Propagation`]: some nodes of a graph have values, and the others follow their neighbours.

use crate::matrix::{CsrMatrix, Triplets};
use crate::vector::Vector;
use anyhow::Result;

/// ½ xᵀA x − bᵀx over the nodes without a value, up to a constant ½ Σ wᵢⱼ (xᵢ − xⱼ)² over the edges.
#[derive(Clone, Debug)]
pub struct Propagation {
    /// The graph's Laplacian over the nodes without a value.
    pub matrix: CsrMatrix<f64>,
    /// Σ wᵢⱼ yⱼ over the neighbours with one.
    pub pull: Vector<f64>,
}

impl Propagation {
    /// From undirected edges (each once), one weight for all, and the values there are.
    ///
    /// # Errors
    /// Sizes beyond 32-bit indices.
    pub(super) fn new(
        edges: &[(usize, usize)],
        weight: f64,
        values: &[Option<f64>],
    ) -> Result<Self> {
        let mut place = vec![usize::MAX; values.len()];
        let mut unknowns = 0;
        for (place, _) in place.iter_mut().zip(values).filter(|(_, value)| value.is_none()) {
            *place = unknowns;
            unknowns += 1;
        }
        let mut matrix = Triplets::new(unknowns, unknowns)?;
        let mut pull = Vector::filled(unknowns, 0.0);
        for &(a, b) in edges {
            for (from, to) in [(a, b), (b, a)] {
                if values[from].is_some() {
                    continue;
                }
                matrix.push(place[from], place[from], weight)?;
                match values[to] {
                    Some(value) => pull[place[from]] += weight * value,
                    None => matrix.push(place[from], place[to], -weight)?,
                }
            }
        }
        Ok(Self { matrix: matrix.into_csr()?, pull })
    }
}
