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

pub use data::Given;
pub(super) use data::read_dictionary;
pub use end::End;
pub use error::RecoverError;
pub use method::Method;
pub use options::{AFTER_HELP, Options};
pub use outcome::{ColumnOutcome, Outcome};

use super::{Ending, Interrupt, tell};
use crate::batch::NetworkBatch;
use crate::file::{Output, Staged};
use crate::matrix::DenseMatrix;
use crate::network::Model;
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
pub fn run(options: &Options, interrupt: &Interrupt<'_>) -> anyhow::Result<Ending> {
    let (outcome, signals) = recover(options, interrupt)?;
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
    if interrupt.is_asked() {
        let _ = writeln!(stderr(), "interrupted: {}", outcome.left(options));
        return Ok(Ending::Interrupted);
    }
    let _ = writeln!(stderr(), "not converged: {}", outcome.advice());
    Ok(Ending::NotConverged)
}

/// Reads the data, recovers, and fills the file of the signals, which has no name yet.
fn recover(
    options: &Options,
    interrupt: &Interrupt<'_>,
) -> Result<(Outcome, Option<Staged>), RecoverError> {
    // Before anything is read.
    options.check()?;
    if options.converges() {
        options.stop::<f64>()?;
    }
    let output = options.output.as_deref().map(Output::prepare).transpose()?;
    if options.method == Method::Network {
        let model = crate::network::read(options.network.as_deref().unwrap_or("".as_ref()))?;
        let (outcome, signals) =
            through_network(options, &model, Given::read(options)?, interrupt)?;
        return Ok((outcome, staged(output, &signals)?));
    }
    let (outcome, signals) = in_memory(options, Given::read(options)?, interrupt)?;
    Ok((outcome, staged(output, &signals)?))
}

fn staged<T: Precision>(
    output: Option<Output>,
    signals: &[Vector<T>],
) -> Result<Option<Staged>, RecoverError> {
    let columns: Vec<&[T]> = signals.iter().map(|x| &**x).collect();
    Ok(output.map(|output| output.stage(&columns)).transpose()?)
}

/// A command's outcome and the signals, one a column of measurements.
type Recovered<T> = Result<(Outcome, Vec<Vector<T>>), RecoverError>;

/// What [`run`] does between reading and writing, to the same bits, by a method that is no network:
/// recovers what is given, of which the paths in `options` are the names that refusals call it by.
///
/// Where `interrupt` ends it early, a column that was in work is left where it is, and one that was not
/// begun at zero; both are told as [`Running`](solvekit::Status::Running).
///
/// ```
/// use solvekit_host::program::{Interrupt, Stored, recover::{Given, Method, Options, in_memory}};
/// let dictionary = Stored::Dense(vec![vec![1.0, 0.0].into(), vec![0.6, 0.8].into(), vec![0.0, 1.0].into()]);
/// let given = Given { dictionary, measurements: vec![vec![1.2, 1.6].into()], truths: None };
/// let options = Options { sparsity: Some(1), ..Options::new("A", "Y", Method::Omp) };
/// let (outcome, x) = in_memory(&options, given, &Interrupt::new())?;
/// assert!(outcome.is_success() && (x[0][1] - 2.0).abs() < 1e-12 && x[0][0] == 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// What is wrong with the options or with what is given.
pub fn in_memory(
    options: &Options,
    given: Given<f64>,
    interrupt: &Interrupt<'_>,
) -> Recovered<f64> {
    options.check()?;
    let (stop, data) = (options.stop()?, Data::new(options, given)?);
    let started = Instant::now();
    let run = (stop, interrupt);
    let recovered = match &data.dictionary {
        Dictionary::Dense(dictionary) => {
            every_column(options, run, &data, dictionary, Some(dictionary))
        }
        Dictionary::Sparse(by_columns) => {
            every_column(options, run, &data, &Transposed(by_columns), None)
        }
    }?;
    Ok(together(options, &data, None, recovered, started))
}

/// The same by a network, in f32.
///
/// # Errors
/// What is wrong with the options, with what is given, or with the network for it.
pub fn through_network(
    options: &Options,
    model: &Model,
    given: Given<f32>,
    interrupt: &Interrupt<'_>,
) -> Recovered<f32> {
    options.check()?;
    if options.converges() {
        options.stop::<f64>()?;
    }
    let data = Data::<f32>::new(options, given)?;
    let dictionary = data.dictionary.to_dense(&options.dictionary)?;
    let inference = Inference::new(options, model, &dictionary, interrupt)?;
    let started = Instant::now();
    let flat = data.measurements_in_one();
    let side_by_side = match options.safeguard {
        true => None,
        false => Some(NetworkBatch::new(&dictionary, &flat, model, options.layers)?),
    };
    let batch = Columns {
        family: "safeguarded",
        measurements: &data.measurements,
        unknowns: data.unknowns,
        one: |y: &Vector<f32>| inference.column(y),
        side_by_side,
        told: inferred_of,
    };
    let answers = options.work.run(&batch, interrupt)?;
    let columns = answers.outcomes.iter().enumerate().map(|(j, ended)| {
        let x = Vector::from(answers.answer(j).to_vec());
        told(options, &data, j, ended.unwrap_or(Ok(Ended::not_begun())), x)
    });
    let recovered = columns.collect::<Result<_, _>>()?;
    Ok(together(options, &data, Some(inference.told()), recovered, started))
}

/// Puts the outcome together.
fn together<T: Precision>(
    options: &Options,
    data: &Data<T>,
    network: Option<Told>,
    recovered: Vec<(ColumnOutcome, Vector<T>)>,
    started: Instant,
) -> (Outcome, Vec<Vector<T>>) {
    let seconds = started.elapsed().as_secs_f64();
    let (columns, signals): (Vec<ColumnOutcome>, Vec<Vector<T>>) = recovered.into_iter().unzip();
    (Outcome::new(options, data, network, columns, seconds), signals)
}

/// All columns, by what was asked for.
fn every_column<A>(
    options: &Options,
    (stop, interrupt): (Stop<f64>, &Interrupt<'_>),
    data: &Data<f64>,
    dictionary: &A,
    in_full: Option<&DenseMatrix<f64>>,
) -> Result<Vec<(ColumnOutcome, Vector<f64>)>, RecoverError>
where
    A: ColumnOperator<f64, Domain = Vector<f64>, Range = Vector<f64>> + Sync,
{
    let recovery = Recovery::new(options, (stop, interrupt), dictionary)?;
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
    let answers = options.work.run(&batch, interrupt)?;
    let columns = answers.outcomes.iter().enumerate().map(|(j, outcome)| {
        let ended = outcome.map_or(Ok(Ended::not_begun()), |outcome| {
            outcome.map(|(report, lambda)| Ended::reported(&report, lambda))
        });
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
