//! [`Parts`]: what of a module depends on the kind of network.

use super::literal::{list, real, table};
use super::tables::{Group, Stored};
use crate::network::{Model, Numbers};
use solvekit::network::{AdaLayer, CoupledLayer, Energies};

/// What of a module depends on the kind of network.
pub(super) struct Parts {
    /// Names of `solvekit::network`.
    pub(super) names: &'static [&'static str],
    /// Further names of `solvekit`.
    pub(super) uses: &'static [&'static str],
    /// Further names of its root.
    pub(super) root: &'static [&'static str],
    /// Types of matrices: what they are, their aliases, and their shapes.
    pub(super) types: &'static [(&'static str, &'static str, [&'static str; 2])],
    /// What measurements are checked with: the dictionary, where there is one.
    pub(super) checked: &'static str,
    /// The matrices beside the dictionary.
    pub(super) groups: &'static [Group],
    /// `Layers`.
    pub(super) layers: String,
    /// `State`'s memory, and the one before the first layer.
    pub(super) memory: [&'static str; 2],
    /// The body of `layers()`.
    pub(super) build: String,
    /// Statics of numbers.
    pub(super) tables: String,
    /// The numbers in them, for the checksum.
    pub(super) numbers: Vec<Vec<f32>>,
    /// The same in the module, but for splines.
    pub(super) sum: Sum,
    /// Is there a spline for each layer?
    pub(super) has_splines: bool,
}

/// How a module adds the layers' numbers to its checksum.
pub(super) enum Sum {
    /// From one table.
    Table(&'static str),
    /// Layer by layer.
    Layers(&'static str),
}

const DICTIONARY: &str = "DICTIONARY";

/// Where all matrices have the dictionary's shape.
const ONE_SHAPE: &[(&str, &str, [&str; 2])] =
    &[("A dictionary or a weight.", "Matrix", ["ROWS", "COLUMNS"])];

const WEIGHT: Group = Group { name: "WEIGHTS", doc: "W.", kind: "Matrix", is_array: false };

impl Parts {
    /// Those of a model whose matrices are stored as these are.
    pub(super) fn of<O: Stored>(model: &Model, a: &O, weights: &[O]) -> Self {
        let plain = match &model.numbers {
            Numbers::UnfoldedIsta { lambda, steps } => Self::unfolded("L1", *lambda, steps),
            Numbers::UnfoldedIht { lambda, steps } => Self::unfolded("L0", *lambda, steps),
            Numbers::ListaCp { layers, .. } | Numbers::Alista { layers, .. } => {
                Self::coupled(layers)
            }
            Numbers::HyperLista { numbers, inverse_scales, .. } => Self {
                names: &["Hyper", "HyperMemory", "HyperNumbers"],
                groups: &[WEIGHT],
                layers: "Hyper<'static, f32, Matrix, &'static [f32]>".to_owned(),
                memory: ["HyperMemory<f32, Signal>", "HyperMemory::new(zeros(), 0.0)"],
                build: format!(
                    "    let numbers =\n        HyperNumbers {{ threshold: {}, momentum: {}, passing: {} }};\n    \
                     Hyper::new(&DICTIONARY, &WEIGHTS, &INVERSE_SCALES, numbers)\n",
                    real(numbers.threshold),
                    real(numbers.momentum),
                    real(numbers.passing)
                ),
                tables: reals(
                    "aᵀ(AAᵀ)⁻¹a of each column a.",
                    "INVERSE_SCALES",
                    ("COLUMNS", inverse_scales),
                ),
                numbers: vec![inverse_scales.clone()],
                sum: Sum::Table(".reals(&INVERSE_SCALES)"),
                ..Self::plain()
            },
            Numbers::Lista { thresholds, .. } => Self::lista(thresholds),
            Numbers::AdaLista { layers, .. } => Self::ada_lista(layers),
            Numbers::Tista { density, variance, noise, steps, .. } => {
                let energies = weights.first().map(|weight| Energies::of(a, weight));
                Self::tista([*density, *variance, *noise], energies, steps)
            }
        };
        plain.with_splines(&model.splines)
    }

    /// What most kinds have.
    fn plain() -> Self {
        Self {
            names: &[],
            uses: &[],
            root: &[],
            types: ONE_SHAPE,
            checked: DICTIONARY,
            groups: &[],
            layers: String::new(),
            memory: ["()", "()"],
            build: String::new(),
            tables: String::new(),
            numbers: Vec::new(),
            sum: Sum::Table(""),
            has_splines: false,
        }
    }

    /// Is A among the tables?
    pub(super) fn has_dictionary(&self) -> bool {
        self.checked == DICTIONARY
    }

    fn unfolded(penalty: &'static str, lambda: f32, steps: &[f32]) -> Self {
        let is_l1 = penalty == "L1";
        Self {
            names: &["Unfolded"],
            uses: if is_l1 { &["penalty::L1"] } else { &["penalty::L0"] },
            layers: format!("Unfolded<{penalty}<f32>, &'static [f32]>"),
            build: format!(
                "    let penalty = {penalty}::new({}).map_err(|_| NetworkError::Parameter)?;\n    \
                 Unfolded::new::<f32>(penalty, &STEPS)\n",
                real(lambda)
            ),
            ..Self::steps(steps)
        }
    }

    /// A step for each layer.
    fn steps(steps: &[f32]) -> Self {
        Self {
            tables: reals("The step of each layer.", "STEPS", (&count(steps), steps)),
            numbers: vec![steps.to_vec()],
            sum: Sum::Table(".reals(&STEPS)"),
            ..Self::plain()
        }
    }

    fn coupled(layers: &[CoupledLayer<f32>]) -> Self {
        let layer = |layer: &CoupledLayer<f32>| {
            format!(
                "CoupledLayer {{ step: {}, threshold: {}, passing: {} }}",
                real(layer.step),
                real(layer.threshold),
                real(layer.passing)
            )
        };
        let numbers = layers.iter().map(|l| vec![l.step, l.threshold, l.passing]).collect();
        const EACH: Group =
            Group { doc: "W, for each layer or for all.", is_array: true, ..WEIGHT };
        Self {
            names: &["Coupled", "CoupledLayer"],
            groups: &[EACH],
            layers: "Coupled<'static, Matrix, &'static [CoupledLayer<f32>]>".to_owned(),
            build: "    Coupled::new(&DICTIONARY, &WEIGHTS, &NUMBERS)\n".to_owned(),
            tables: of_layers("CoupledLayer", layers, layer),
            numbers,
            sum: Sum::Layers("layer.step, layer.threshold, layer.passing"),
            ..Self::plain()
        }
    }

    /// Without A: Bᵀ has its shape, and B y is what a layer makes of measurements.
    fn lista(thresholds: &[f32]) -> Self {
        const B: Group = Group { name: "B", doc: "B.", kind: "Input", is_array: false };
        const C: Group = Group { name: "C", doc: "C.", kind: "Feedback", is_array: false };
        let adjoint = "/// Bᵀ, which stands for A where measurements are checked: no layer reads A.\n\
                       pub static ADJOINT: Transposed<'static, Input> = Transposed(&B);\n\n";
        Self {
            names: &["Lista"],
            uses: &[],
            root: &["Transposed"],
            types: &[
                ("B.", "Input", ["COLUMNS", "ROWS"]),
                ("C.", "Feedback", ["COLUMNS", "COLUMNS"]),
            ],
            checked: "ADJOINT",
            groups: &[B, C],
            layers: "Lista<'static, Input, Feedback, &'static [f32]>".to_owned(),
            build: "    Lista::new(&ADJOINT, from_ref(&B), from_ref(&C), &THRESHOLDS[..])\n"
                .to_owned(),
            tables: adjoint.to_owned()
                + &reals(
                    "The threshold of each layer.",
                    "THRESHOLDS",
                    (&count(thresholds), thresholds),
                ),
            numbers: vec![thresholds.to_vec()],
            sum: Sum::Table(".reals(&THRESHOLDS)"),
            ..Self::plain()
        }
    }

    fn ada_lista(layers: &[AdaLayer<f32>]) -> Self {
        const W1: Group = Group { name: "W1", doc: "W₁.", kind: "Weight", is_array: false };
        const W2: Group = Group { name: "W2", doc: "W₂.", kind: "Weight", is_array: false };
        let layer = |layer: &AdaLayer<f32>| {
            let (step, threshold) = (real(layer.step), real(layer.threshold));
            format!("AdaLayer {{ step: {step}, threshold: {threshold} }}")
        };
        Self {
            names: &["AdaLayer", "AdaLista", "AdaMemory"],
            types: &[
                ("A dictionary.", "Matrix", ["ROWS", "COLUMNS"]),
                ("A weight.", "Weight", ["ROWS", "ROWS"]),
            ],
            groups: &[W1, W2],
            layers: "AdaLista<'static, Weight, &'static [AdaLayer<f32>]>".to_owned(),
            memory: ["AdaMemory<Measurements>", "AdaMemory::new(zeros())"],
            build: "    AdaLista::new(&DICTIONARY, &W1, &W2, &NUMBERS[..])\n".to_owned(),
            tables: of_layers("AdaLayer", layers, layer),
            numbers: layers.iter().map(|layer| vec![layer.step, layer.threshold]).collect(),
            sum: Sum::Layers("layer.step, layer.threshold"),
            ..Self::plain()
        }
    }

    fn tista(prior: [f32; 3], energies: Option<Energies<f32>>, steps: &[f32]) -> Self {
        let [density, variance, noise] = prior.map(real);
        let energies = energies.map_or([0.0; 2], |of| [of.dictionary, of.weight]).map(real);
        let [dictionary, weight] = energies;
        const INVERSE: Group = Group { doc: "(AAᵀ)⁻¹A.", ..WEIGHT };
        Self {
            names: &["BernoulliGaussian", "Energies", "Tista"],
            groups: &[INVERSE],
            layers: "Tista<'static, f32, Matrix, &'static [f32]>".to_owned(),
            build: format!(
                "    let prior = BernoulliGaussian::new({density}, {variance})?;\n    \
                 let energies = Energies {{ dictionary: {dictionary}, weight: {weight} }};\n    \
                 Tista::with_energies(&DICTIONARY, &WEIGHTS, prior, {noise}, energies, &STEPS[..])\n"
            ),
            ..Self::steps(steps)
        }
    }
}

/// A table of numbers, one for each layer or column.
fn reals(doc: &str, name: &str, (length, numbers): (&str, &[f32])) -> String {
    let value = format!("[{}]", list(numbers, 0, |number| real(*number)));
    table(doc, name, format_args!("[f32; {length}]"), value)
}

fn count<T>(layers: &[T]) -> String {
    layers.len().to_string()
}

/// A table of what each layer has.
fn of_layers<T>(kind: &str, layers: &[T], literal: impl Fn(&T) -> String) -> String {
    let value = format!("[{}]", list(layers, 0, literal));
    let kind = format!("[{kind}<f32>; {}]", layers.len());
    table("The numbers of each layer.", "NUMBERS", kind, value)
}
