//! Batches that stay in a graphics processor's memory, beside PyTorch on the same one.

pub mod own;
pub mod peer;
mod problem;
pub mod report;

pub use problem::{Case, Numbers, apart, ista, spd};

use anyhow::{Context, Result, ensure};
use own::{Brought, Own};
use peer::Peer;
use report::{Line, Measured};
use std::path::Path;

/// Single precision sums of some hundred terms in another order, through all iterations; the same of products
/// of two numbers of 11 bits.
const AGREES: f64 = 2e-5;

/// Solves a case with everyone: answers are held against those in double precision, then times are taken, each
/// once a round, another one first in each. Whose answers are off, or who fails before the first round, is
/// named, and the others go on.
///
/// # Errors
/// A folder that cannot be written to, or a device that fails on the way.
pub fn measure(
    case: &Case,
    numbers: &Numbers,
    brought: Brought<'_>,
    peer: &mut Option<Peer>,
    folder: &Path,
    rounds: u32,
) -> Result<Measured> {
    let Brought { mut own, mut skipped } = brought;
    let (mut peers, mut failed) = (Vec::new(), Vec::new());
    if let Some(peer) = peer.as_mut() {
        case.write(numbers, folder)?;
        match peer.bring(case, folder) {
            Ok(names) => peers = names,
            Err(error) => skipped.push(("PyTorch".to_owned(), format!("{error:#}"))),
        }
    }
    let sample = case.sample();
    let known = case.known(numbers, &sample)?;
    let mut lines: Vec<Line> = Vec::new();
    let mut check = |name: &str, found: &[f32]| -> Result<()> {
        let error = apart(found, &known)?;
        ensure!(error <= AGREES, "{name} is off by {error:.1e}");
        lines.push(Line { name: name.to_owned(), error, nanoseconds: Vec::new() });
        Ok(())
    };
    own.retain(|own| {
        let checked = own.sample(case, &sample).and_then(|x| check(&own.name, &x));
        checked.map_err(|error| failed.push((own.name.clone(), format!("{error:#}")))).is_ok()
    });
    peers.retain(|name: &String| {
        let found = peer.as_mut().context("nobody to ask");
        let found = found.and_then(|peer| peer.sample(name, &sample, folder));
        let name = format!("PyTorch {name}");
        let checked = found.and_then(|x| check(&name, &x));
        checked.map_err(|error| skipped.push((name, format!("{error:#}")))).is_ok()
    });
    let run = |k: usize, peer: &mut Option<Peer>| match (own.get(k), peer) {
        (Some(own), _) => Own::time(own),
        (None, Some(peer)) => peer.run(&peers[k - own.len()]),
        (None, None) => anyhow::bail!("nobody to ask"),
    };
    let count = own.len() + peers.len();
    // The first rounds find everything cold.
    const WARM: u32 = 2;
    for round in 0..rounds + WARM {
        for turn in 0..count {
            let k = (turn + round as usize) % count;
            let taken = run(k, peer)?;
            if round >= WARM {
                lines[k].nanoseconds.push(taken.as_nanos() as f64);
            }
        }
    }
    Ok(Measured { failed, skipped, ..Measured::new(case, rounds, lines) })
}
