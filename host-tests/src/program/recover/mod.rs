//! `solvekit recover`: sparse signals from fewer measurements than unknowns.

mod batch;
mod column;
mod data;
mod end;
mod error;
mod method;
mod network;
mod options;
mod outcome;

pub(super) use data::read_dictionary;
pub use end::End;
pub use error::RecoverError;
pub use method::Method;
pub use options::{AFTER_HELP, Options};
pub use outcome::{ColumnOutcome, Outcome};

use super::{Ending, tell};
use crate::batch::NetworkBatch;
use crate::file::{Output, Staged};
use crate::matrix::DenseMatrix;
use crate::precision::Precision;
use crate::vector::Vector;
use batch::Columns;
use column::Recovery;
use data::{Data, Dictionary};
use end::Ended;
use network::{Inference, Told, inferred_of};
use solvekit::recovery::RecoveryError;
use solvekit::{ColumnOperator, Stop, Transposed};
use std::io::{Write, stderr};
use std::time::Instant;

/// Recovers, writes the signals, and tells the outcome: as JSON on stdout, or in words on stderr.
/// The order is that of `solve`, so that there is a whole file or none.
///
/// # Errors
/// Bad input, or an output that cannot be written; no file has been written then.
pub fn run(options: &Options) -> anyhow::Result<Ending> {
    let (outcome, signals) = recover(options)?;
    if options.json {
        tell(&serde_json::to_string_pretty(&outcome)?)?;
    } else {
        // Nobody is there to be told when stderr is closed.
        let _ = write!(stderr(), "{outcome}");
    }
    signals.map_or(Ok(()), Staged::publish)?;
    if outcome.is_success() {
        return Ok(Ending::Done);
    }
    let _ = writeln!(stderr(), "not converged: {}", outcome.advice());
    Ok(Ending::NotConverged)
}

/// Reads the data, recovers, and fills the file of the signals, which has no name yet.
fn recover(options: &Options) -> Result<(Outcome, Option<Staged>), RecoverError> {
    options.check()?;
    if options.converges() {
        options.stop::<f64>()?;
    }
    let output = options.output.as_deref().map(Output::prepare).transpose()?;
    if options.method == Method::Network {
        return infer(options, output);
    }
    let (stop, data) = (options.stop()?, Data::read(options)?);
    let started = Instant::now();
    let recovered = match &data.dictionary {
        Dictionary::Dense(dictionary) => {
            every_column(options, stop, &data, dictionary, Some(dictionary))
        }
        Dictionary::Sparse(by_columns) => {
            every_column(options, stop, &data, &Transposed(by_columns), None)
        }
    }?;
    finish(options, &data, None, recovered, (output, started))
}

/// The same by a network, in f32.
fn infer(
    options: &Options,
    output: Option<Output>,
) -> Result<(Outcome, Option<Staged>), RecoverError> {
    let model = crate::network::read(options.network.as_deref().unwrap_or("".as_ref()))?;
    let data = Data::<f32>::read(options)?;
    let dictionary = data.dictionary.to_dense(&options.dictionary)?;
    let inference = Inference::new(options, &model, &dictionary)?;
    let started = Instant::now();
    let flat = data.measurements_in_one();
    let side_by_side = match options.safeguard {
        true => None,
        false => Some(NetworkBatch::new(&dictionary, &flat, &model, options.layers)?),
    };
    let batch = Columns {
        family: "safeguarded",
        measurements: &data.measurements,
        unknowns: data.unknowns,
        one: |y: &Vector<f32>| inference.column(y),
        side_by_side,
        told: inferred_of,
    };
    let answers = options.work.run(&batch)?;
    let columns = answers.outcomes.iter().flatten().enumerate().map(|(j, ended)| {
        let x = Vector::from(answers.answer(j).to_vec());
        told(options, &data, j, *ended, x)
    });
    let recovered = columns.collect::<Result<_, _>>()?;
    finish(options, &data, Some(inference.told()), recovered, (output, started))
}

/// Puts the outcome together and fills the file.
fn finish<T: Precision>(
    options: &Options,
    data: &Data<T>,
    network: Option<Told>,
    recovered: Vec<(ColumnOutcome, Vector<T>)>,
    (output, started): (Option<Output>, Instant),
) -> Result<(Outcome, Option<Staged>), RecoverError> {
    let seconds = started.elapsed().as_secs_f64();
    let (columns, signals): (Vec<ColumnOutcome>, Vec<Vector<T>>) = recovered.into_iter().unzip();
    let slices: Vec<&[T]> = signals.iter().map(|x| &**x).collect();
    let staged = output.map(|output| output.stage(&slices)).transpose()?;
    Ok((Outcome::new(options, data, network, columns, seconds), staged))
}

/// All columns, by what was asked for.
fn every_column<A>(
    options: &Options,
    stop: Stop<f64>,
    data: &Data<f64>,
    dictionary: &A,
    in_full: Option<&DenseMatrix<f64>>,
) -> Result<Vec<(ColumnOutcome, Vector<f64>)>, RecoverError>
where
    A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>> + Sync,
{
    let recovery = Recovery::new(options, stop, dictionary)?;
    let flat = data.measurements_in_one();
    let side_by_side = in_full.and_then(|full| recovery.side_by_side(full, &flat));
    let batch = Columns {
        family: recovery.name(),
        measurements: &data.measurements,
        unknowns: data.unknowns,
        one: |y: &Vector<f64>| {
            let (report, lambda, x) = recovery.column(y)?;
            Ok(((report, lambda), x))
        },
        side_by_side,
        told: |report| (report, recovery.lambda_of(&report)),
    };
    let answers = options.work.run(&batch)?;
    let columns = answers.outcomes.iter().flatten().enumerate().map(|(j, outcome)| {
        let ended = outcome.map(|(report, lambda)| Ended::reported(&report, lambda));
        told(options, data, j, ended, Vector::from(answers.answer(j).to_vec()))
    });
    columns.collect()
}

/// What is told of a column; its refusal names it.
fn told<T: Precision>(
    options: &Options,
    data: &Data<T>,
    column: usize,
    ended: Result<Ended, RecoveryError>,
    x: Vector<T>,
) -> Result<(ColumnOutcome, Vector<T>), RecoverError> {
    let ended = ended.map_err(|error| RecoverError::refused(options, column, error))?;
    let truth = data.truths.as_ref().map(|truths| &truths[column]);
    Ok((ColumnOutcome::new(ended, &x, truth), x))
}
