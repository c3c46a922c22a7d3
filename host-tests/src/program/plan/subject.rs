//! [`Subject`]: whose demand is asked for.

use crate::network::Kind;
use crate::plan::solvers::{Shape, Solver, names};
use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Whose demand is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    /// A network of a kind.
    Network(Kind),
    /// A solver of the record.
    Solver(Solver),
}

/// By name: kinds of networks first, then solvers.
pub(super) fn parser() -> impl TypedValueParser<Value = Subject> {
    let networks = Kind::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let solvers = names()
        .into_iter()
        .map(|solver| PossibleValue::new(solver.name).help(size_options(solver.shape)));
    PossibleValuesParser::new(networks.chain(solvers)).try_map(|name| {
        let solver = || names().into_iter().find(|solver| solver.name == name).map(Subject::Solver);
        let network = Kind::from_str(&name, false).ok().map(Subject::Network);
        network.or_else(solver).ok_or("not in the record")
    })
}

/// The options that its size is told by.
const fn size_options(shape: Shape) -> &'static str {
    match shape {
        Shape::Grid => "Solver: a grid of --rows by --columns points",
        Shape::Square => "Solver: a dense system of --columns unknowns",
        Shape::Design => "Solver: a design of --rows measurements by --columns unknowns",
        Shape::Arms => "Tuner: --columns arms",
        Shape::Sensors => "Calibration: --rows sensors of --columns unknowns in --snapshots",
        Shape::Readings => "Calibration: --rows readings",
        Shape::Fixed => "Calibration: of one size",
    }
}
