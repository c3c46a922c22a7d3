//! `solvekit train`: the numbers of an unrolled network.

mod data;
mod error;
mod options;
mod outcome;

pub use error::CommandError;
pub use options::{AFTER_HELP, Lambda, Options};
pub use outcome::{End, Outcome};

use super::progress::Progress;
use super::{Ending, Interrupt, kept, tell};
use crate::file::{try_name, write_whole};
use crate::matrix::DenseMatrix;
use crate::network::{Model, to_bytes};
use crate::training::{Chosen, Network, Source, Standing, Training, choose_lambda};
use std::io::{Write, stderr};
use std::time::Instant;

/// Steps from one checkpoint to the next.
const CHECKPOINT_EVERY: u64 = 500;
/// Signals by which λ is chosen.
const SIGNALS_FOR_LAMBDA: usize = 200;

/// Trains, tells the outcome as JSON on stdout or in words on stderr, and writes the network.
///
/// # Errors
/// Bad input, or an output that cannot be written.
pub fn run(options: &Options, interrupt: &Interrupt<'_>) -> anyhow::Result<Ending> {
    let (outcome, model) = options.threads.run(|| train(options, interrupt))??;
    let bytes = to_bytes(&model)?;
    if options.json {
        tell(&serde_json::to_string_pretty(&outcome)?)?;
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    if let Some(path) = &options.output {
        write_whole(path, &bytes)?;
    }
    match outcome.status {
        End::Done => return Ok(Ending::Done),
        End::Interrupted => {
            let kept = kept(options.output.as_deref());
            let again = match &options.checkpoint {
                Some(path) => format!("; --resume {} goes on", path.display()),
                None => String::new(),
            };
            let _ = writeln!(
                stderr(),
                "interrupted: {kept} the network as it was after {} steps, {} layers{again}",
                outcome.steps,
                outcome.layers
            );
            return Ok(Ending::Interrupted);
        }
        End::Diverged => {}
    }
    let _ = writeln!(
        stderr(),
        "diverged: what was best before, {} layers, is kept; try a smaller --rate{}",
        outcome.layers,
        if options.longest_step.is_none() { ", or --longest-step 10" } else { "" }
    );
    Ok(Ending::NotConverged)
}

fn train(options: &Options, interrupt: &Interrupt<'_>) -> Result<(Outcome, Model), CommandError> {
    options.check()?;
    for path in options.output.iter().chain(&options.checkpoint) {
        try_name(path)?;
    }
    let dictionary = data::dictionary(&options.dictionary)?;
    let source = data::source(options, &dictionary)?;
    in_memory(options, &dictionary, &source, interrupt)
}

/// What [`run`] does between reading and writing, to the same bits: trains for this dictionary on these
/// signals, which `options` has to describe.
///
/// # Errors
/// What is wrong with the options or with what is given.
pub fn in_memory(
    options: &Options,
    dictionary: &DenseMatrix<f32>,
    source: &Source,
    interrupt: &Interrupt<'_>,
) -> Result<(Outcome, Model), CommandError> {
    options.check()?;
    let started = Instant::now();
    let lambda = match options.lambda {
        None => None,
        Some(Lambda::Is(lambda)) => Some(lambda),
        Some(Lambda::Auto) => Some(automatic(options, dictionary, source)?),
    };
    let (end, model) = match options.network(lambda.unwrap_or(0.0)) {
        Some(network) => by_steps(options, network, (dictionary, source), interrupt)?,
        None => by_search(options, (dictionary, source), interrupt)?,
    };
    let seconds = started.elapsed().as_secs_f64();
    Ok((Outcome::new(options, &model, end, lambda, seconds), model))
}

/// λ by known signals.
fn automatic(
    options: &Options,
    dictionary: &DenseMatrix<f32>,
    source: &Source,
) -> Result<f64, CommandError> {
    let refused = |error| CommandError::refused(&options.dictionary, error);
    let chosen =
        choose_lambda(dictionary, source, options.seed, SIGNALS_FOR_LAMBDA).map_err(refused)?;
    if !chosen.converged {
        let Chosen { lambda, tried, .. } = chosen;
        let cause =
            format!("auto found no best one: after {tried} it is at {lambda:e}; give a number");
        return Err(CommandError::option("--lambda", cause));
    }
    Ok(chosen.lambda)
}

fn by_steps(
    options: &Options,
    network: Network,
    (dictionary, source): (&DenseMatrix<f32>, &Source),
    interrupt: &Interrupt<'_>,
) -> Result<(End, Model), CommandError> {
    let refused = |error| CommandError::refused(&options.dictionary, error);
    let plan = options.plan();
    let all = usize::try_from(plan.all_steps()).unwrap_or(usize::MAX);
    let mut training =
        Training::new(plan, network, options.loss, dictionary, source).map_err(refused)?;
    if let Some(path) = &options.resume {
        training.resume(path).map_err(refused)?;
    }
    let every = options.checkpoint_every.unwrap_or(CHECKPOINT_EVERY);
    let mut progress = Progress::new(all);
    (0..training.reached().steps).for_each(|_| progress.piece_done());
    let standing = loop {
        let standing = training.advance(1);
        let reached = training.reached();
        progress.piece_done();
        progress.tell(|| match reached.nmse_db {
            Some(db) => format!("layer {}, loss {:.4e}, {db:.2} dB", reached.layers, reached.loss),
            None => format!("layer {}, loss {:.4e}", reached.layers, reached.loss),
        });
        let ended = standing != Standing::Running || interrupt.is_asked();
        if let Some(path) = &options.checkpoint
            && (ended || reached.steps.is_multiple_of(every))
        {
            training.write(path).map_err(refused)?;
        }
        if ended {
            break standing;
        }
    };
    let end = match standing {
        Standing::Running => End::Interrupted,
        Standing::Diverged => End::Diverged,
        _ => End::Done,
    };
    Ok((end, training.model().map_err(refused)?))
}

fn by_search(
    options: &Options,
    (dictionary, source): (&DenseMatrix<f32>, &Source),
    interrupt: &Interrupt<'_>,
) -> Result<(End, Model), CommandError> {
    let mut progress = Progress::new(1);
    let mut best = f64::INFINITY;
    let found = options.search().run(dictionary, source, |points, loss| {
        best = best.min(loss);
        progress.tell(|| format!("{points} points, best NMSE {:.2} dB", 10.0 * best.log10()));
        !interrupt.is_asked()
    });
    let found = found.map_err(|error| CommandError::refused(&options.dictionary, error))?;
    let end = match found.failed {
        _ if interrupt.is_asked() => End::Interrupted,
        true => End::Diverged,
        false => End::Done,
    };
    Ok((end, found.model))
}
