//! [`Module`]: the text of an exported network.

use super::golden::{Recorded, measurements, record, run};
use super::literal::{list, real, table};
use super::parts::{Parts, Sum};
use super::splines;
use super::tables::{Group, Stored};
use super::weights::{BLOCK, Weights};
use crate::matrix::{DenseMatrix, QuantizedMatrix};
use crate::network::{Digest, Model, ModelError, ModelLayers};
use solvekit::network::TableSum;
use std::fmt::Write;

/// Lints that a module may not keep, whoever compiles it.
const ALLOWED: &str = "\
#![allow(dead_code, unreachable_pub, reason = \"an application need not use all of it\")]
#![allow(clippy::approx_constant, reason = \"numbers are what training left\")]

";

/// Signals on which 8-bit codes are held against `f32`.
const SIGNALS: usize = 256;

/// An exported network.
#[derive(Clone, Debug)]
pub struct Module {
    /// Rust.
    pub text: String,
    /// CRC-32 of the tables.
    pub checksum: u32,
    /// 10 log₁₀ Σ‖x₈ − x‖² / Σ‖x‖² for x₈ of 8-bit codes and x of `f32`, over 256 signals; `None`
    /// for `f32`.
    pub quantisation_db: Option<f64>,
}

/// The module of a network for a dictionary, called `name`. `remark` is what its head says of the
/// target, a line each.
///
/// # Errors
/// [`ModelError`]: as [`Model::check`], and `Silent`, `Quantized`.
pub fn export(
    model: &Model,
    dictionary: &DenseMatrix<f32>,
    weights: Weights,
    (name, remark): (&str, &[String]),
) -> Result<Module, ModelError> {
    let exact = model.layers(dictionary)?;
    let own: Vec<DenseMatrix<f32>> = model.weights().iter().map(|w| w.dense().clone()).collect();
    match weights {
        Weights::F32 => written(model, dictionary, (dictionary, &own), None, (name, remark)),
        Weights::Q8 => {
            let a = QuantizedMatrix::<BLOCK>::of(dictionary)?;
            let own: Vec<_> = own.iter().map(QuantizedMatrix::of).collect::<Result<_, _>>()?;
            let layers = model.layers_on(&a, &own)?;
            let lost = lost(dictionary, &exact, (&a, &layers))?;
            written(model, dictionary, (&a, &own), Some(lost), (name, remark))
        }
    }
}

/// 10 log₁₀ of what 8-bit codes change.
fn lost<O: Stored>(
    dictionary: &DenseMatrix<f32>,
    exact: &ModelLayers<'_>,
    (a, layers): (&O, &ModelLayers<'_, O>),
) -> Result<f64, ModelError> {
    let (mut error, mut size) = (0.0, 0.0);
    for y in measurements(dictionary, SIGNALS, 1.0) {
        let (own, exact) = (run(a, layers, &y)?, run(dictionary, exact, &y)?);
        for (own, exact) in own.iter().zip(exact.iter()) {
            error += (f64::from(*own) - f64::from(*exact)).powi(2);
            size += f64::from(*exact).powi(2);
        }
    }
    Ok(10.0 * (error / size).log10())
}

/// The module, once it is decided how matrices are stored.
fn written<O: Stored>(
    model: &Model,
    dictionary: &DenseMatrix<f32>,
    (a, weights): (&O, &[O]),
    quantisation_db: Option<f64>,
    (name, remark): (&str, &[String]),
) -> Result<Module, ModelError> {
    let layers = model.layers_on(a, weights)?;
    let recorded = record(dictionary, a, &layers)?;
    let parts = Parts::of(model, a, weights);
    // The order is that of `self_test`.
    let mut sum = TableSum::new();
    if parts.has_dictionary() {
        sum = a.sum(sum);
    }
    for weight in weights {
        sum = weight.sum(sum);
    }
    for numbers in &parts.numbers {
        sum = sum.reals(numbers);
    }
    let checksum = sum.value();
    let mut text = head(model, quantisation_db, (name, remark));
    text += &uses::<O>(&parts);
    text += &constants(model, checksum);
    text += &types::<O>(&parts);
    text += O::HELP;
    if parts.has_splines {
        text += splines::HELP;
    }
    if parts.has_dictionary() {
        text += &O::statics(std::slice::from_ref(a), &A);
    }
    for (group, weights) in grouped(&parts, weights) {
        text += &O::statics(weights, group);
    }
    text += &parts.tables;
    text += &golden(&recorded);
    text += &functions::<O>(&parts, weights);
    Ok(Module { text, checksum, quantisation_db })
}

const A: Group =
    Group { name: "DICTIONARY", doc: "A, column by column.", kind: "Matrix", is_array: false };

/// The matrices of each group: all of an array, one of the others.
fn grouped<'p, O>(
    parts: &'p Parts,
    weights: &'p [O],
) -> impl Iterator<Item = (&'p Group, &'p [O])> {
    let each = weights.len().div_ceil(parts.groups.len().max(1)).max(1);
    parts.groups.iter().zip(weights.chunks(each))
}

fn head(model: &Model, quantisation_db: Option<f64>, (name, remark): (&str, &[String])) -> String {
    let (kind, layers) = (model.kind(), model.layers);
    let mut text = format!(
        "//! A network of kind {kind}: {layers} layers for {} measurements of {} unknowns. Written by\n\
         //! `solvekit export`; export it again rather than change it.\n//!\n\
         //! ```ignore\n\
         //! mod {name};\n\
         //! let layers = {name}::layers()?;\n\
         //! let mut state = {name}::start();\n\
         //! {name}::self_test(&mut state)?;\n\
         //! {name}::recover(&layers, &measurements, &mut state)?; // state.x\n\
         //! ```\n//!\n",
        model.rows, model.columns
    );
    let mut say = |line: &str| {
        let _ = writeln!(text, "//! - {line}");
    };
    say(&format!("dictionary: SHA-256 {}", model.dictionary.as_str()));
    let file = crate::network::to_bytes(model).map_or(String::new(), |bytes| {
        format!("network file: SHA-256 {}", Digest::of_bytes(&bytes).as_str())
    });
    say(&file);
    let found = &model.provenance;
    let parts = [
        found.loss.as_ref().map(|loss| format!("loss {loss}")),
        found.seed.map(|seed| format!("seed {seed}")),
        found.steps.map(|steps| format!("{steps} steps")),
        found.validation_loss.map(|loss| format!("loss {loss:e} on signals not trained on")),
        found.nmse_db.map(|nmse| format!("NMSE {nmse:.2} dB on signals not trained on")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if !parts.is_empty() {
        say(&format!("trained: {}", parts.join(", ")));
    }
    if let Some(signals) = &found.signals {
        // Words from a file: one line of them.
        say(&format!("signals: {}", signals.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    if let Some(data) = &found.data {
        say(&format!("data: SHA-256 {}", data.as_str()));
    }
    if let Some(lost) = quantisation_db {
        say(&format!(
            "8-bit codes change the signals by {lost:.1} dB of them, over {SIGNALS} signals; the recorded run \
             is one of these codes"
        ));
    }
    remark.iter().for_each(|line| say(line));
    text + ALLOWED
}

/// Imports in rustfmt's order.
fn uses<O: Stored>(parts: &Parts) -> String {
    let network =
        ["Golden", "Network", "NetworkError", "NetworkState", "SelfTestError", "TableSum"];
    let mut paths: Vec<String> =
        O::USES.iter().chain(parts.uses).map(|p| (*p).to_owned()).collect();
    let spline = parts.has_splines.then_some(&"Spline");
    let names = network.iter().chain(parts.names).chain(spline);
    paths.extend(names.map(|name| format!("network::{name}")));
    paths.push("operator::zeros".to_owned());
    paths.push("recovery::{RecoveryError, Sensing}".to_owned());
    paths.sort_unstable();
    let core = if parts.build.contains("from_ref(") { "use core::slice::from_ref;\n" } else { "" };
    let lines: String = paths.iter().map(|path| format!("use solvekit::{path};\n")).collect();
    let mut root: Vec<&str> = ["Iteration", "SVector"].into();
    root.extend(O::ROOT.iter().chain(parts.root));
    root.sort_unstable_by_key(|name| (name.to_uppercase() != *name, *name));
    format!("{core}{lines}use solvekit::{{{}}};\n\n", root.join(", "))
}

fn constants(model: &Model, checksum: u32) -> String {
    format!(
        "/// M, measurements.\npub const ROWS: usize = {};\n\
         /// N, unknowns.\npub const COLUMNS: usize = {};\n\
         /// T, layers.\npub const LAYERS: u32 = {};\n\
         /// CRC-32 of the tables.\npub const CHECKSUM: u32 = {checksum:#010x};\n\n",
        model.rows, model.columns, model.layers
    )
}

fn types<O: Stored>(parts: &Parts) -> String {
    let alias = |(doc, name, shape): &(&str, &str, [&str; 2])| {
        format!("/// {doc}\npub type {name} = {};\n", O::kind(*shape))
    };
    let matrices: String = parts.types.iter().map(alias).collect();
    format!(
        "{matrices}\
         /// y.\npub type Measurements = SVector<f32, ROWS>;\n\
         /// x.\npub type Signal = SVector<f32, COLUMNS>;\n\
         /// The layers: references to the tables.\npub type Layers = {};\n\
         /// All the memory that layers take.\n\
         pub type State = NetworkState<Signal, Measurements, {}>;\n\n",
        parts.layers, parts.memory[0]
    )
}

fn golden(recorded: &Recorded) -> String {
    let vector = |doc, name, length, numbers: &[f32]| {
        let value = format!("[{}]", list(numbers, 0, |number| real(*number)));
        table(doc, name, format_args!("[f32; {length}]"), value)
    };
    vector("y of the recorded run.", "GOLDEN_Y", "ROWS", &recorded.measurements)
        + &vector("x after all its layers.", "GOLDEN_X", "COLUMNS", &recorded.signal)
}

fn functions<O: Stored>(parts: &Parts, weights: &[O]) -> String {
    let mut sum = "TableSum::new()".to_owned();
    if parts.has_dictionary() {
        sum += &O::sum_code(A.name, None);
    }
    for (group, weights) in grouped(parts, weights) {
        for place in 0..weights.len() {
            let place = group.is_array.then_some(place);
            let _ = write!(sum, "\n        {}", O::sum_code(group.name, place));
        }
    }
    let mut loops = String::new();
    match parts.sum {
        Sum::Table(code) => {
            let _ = write!(sum, "\n        {code}");
        }
        Sum::Layers(numbers) => {
            let body = format!("        sum = sum.reals(&[{numbers}]);\n");
            let _ = write!(loops, "    for layer in &NUMBERS {{\n{body}    }}\n");
        }
    }
    if parts.has_splines {
        loops += splines::SUM;
    }
    let binding = if loops.is_empty() { "let sum" } else { "let mut sum" };
    let checked = parts.checked;
    format!(
        "/// Before the first layer.\n\
         pub const fn start() -> State {{\n    NetworkState::new(zeros(), zeros(), zeros(), {})\n}}\n\n\
         /// The layers, which take no memory of their own.\n///\n/// # Errors\n\
         /// None for the tables of this module.\n\
         #[rustfmt::skip]\npub fn layers() -> Result<Layers, NetworkError> {{\n{}}}\n\n\
         /// x from y, into the state's.\n///\n/// # Errors\n\
         /// Measurements that are not finite, or too large.\n\
         pub fn recover(layers: &Layers, y: &Measurements, state: &mut State) -> \
         Result<(), RecoveryError> {{\n    \
         let network = Network::new(Sensing::new(&{checked}, y)?, layers);\n    \
         state.restart();\n    \
         (0..LAYERS).for_each(|_| network.step(state));\n    Ok(())\n}}\n\n\
         /// Whether the tables are those that were exported, and the layers find the recorded x here, to\n\
         /// the bit. The state is used.\n///\n/// # Errors\n/// What differs.\n\
         #[rustfmt::skip]\n\
         pub fn self_test(state: &mut State) -> Result<(), SelfTestError> {{\n    \
         {binding} = {sum};\n{loops}    sum.expect(CHECKSUM)?;\n    \
         Golden::new(&GOLDEN_Y, &GOLDEN_X, LAYERS).replay(&{checked}, &layers()?, state)\n}}\n",
        parts.memory[1], parts.build
    )
}
