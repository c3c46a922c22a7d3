//! Data set E: two moons.

use super::Propagation;
use crate::draws::Draws;
use anyhow::Result;
use std::collections::BTreeSet;
use std::f64::consts::PI;

/// Variance of the noise of each coordinate.
const NOISE: f64 = 0.04;
/// Neighbours of a point, before the graph is made symmetric.
const NEIGHBOURS: usize = 5;

/// Data set E: `points` points on two interlocking half circles with noise, joined to their five
/// nearest neighbours with weight 1; `labelled` of them carry their moon, −1 or 1.
///
/// A part of the graph where nothing carries a label has no unique answer; its points are left out by
/// giving one of them a value of 0.
///
/// # Errors
/// Sizes beyond 32-bit indices.
pub fn moons(seed: u64, points: usize, labelled: usize) -> Result<Propagation> {
    let mut draws = Draws::new(seed, 5);
    let place = |k: usize, draws: &mut Draws| {
        let angle = PI * draws.uniform();
        let (x, y) = if k.is_multiple_of(2) {
            (angle.cos(), angle.sin())
        } else {
            (1.0 - angle.cos(), 0.5 - angle.sin())
        };
        (x + NOISE.sqrt() * draws.normal(), y + NOISE.sqrt() * draws.normal())
    };
    let places: Vec<_> = (0..points).map(|k| place(k, &mut draws)).collect();
    let mut values: Vec<Option<f64>> = vec![None; points];
    for k in draws.subset(points, labelled) {
        values[k] = Some(if k.is_multiple_of(2) { -1.0 } else { 1.0 });
    }
    let edges: Vec<_> = neighbours(&places).into_iter().collect();
    for node in unreached(&edges, &values) {
        values[node] = Some(0.0);
    }
    Propagation::new(&edges, 1.0, &values)
}

/// Pairs (i, j), i < j, of which one is among the nearest of the other.
fn neighbours(places: &[(f64, f64)]) -> BTreeSet<(usize, usize)> {
    let mut edges = BTreeSet::new();
    for (i, (x, y)) in places.iter().enumerate() {
        let distance = |(u, v): &(f64, f64)| (x - u).powi(2) + (y - v).powi(2);
        let others = places.iter().enumerate().filter(|(j, _)| *j != i);
        let mut others: Vec<_> = others.map(|(j, other)| (distance(other), j)).collect();
        others.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        edges.extend(others.iter().take(NEIGHBOURS).map(|(_, j)| (i.min(*j), i.max(*j))));
    }
    edges
}

/// One node of every connected part without a value.
fn unreached(edges: &[(usize, usize)], values: &[Option<f64>]) -> Vec<usize> {
    let mut beside = vec![Vec::new(); values.len()];
    for &(a, b) in edges {
        beside[a].push(b);
        beside[b].push(a);
    }
    let mut seen = vec![false; values.len()];
    let mut lone = Vec::new();
    for first in 0..values.len() {
        if std::mem::replace(&mut seen[first], true) {
            continue;
        }
        let mut part = vec![first];
        let mut next = 0;
        while let Some(&node) = part.get(next) {
            next += 1;
            for &other in &beside[node] {
                if !std::mem::replace(&mut seen[other], true) {
                    part.push(other);
                }
            }
        }
        if part.iter().all(|node| values[*node].is_none()) {
            lone.push(first);
        }
    }
    lone
}
