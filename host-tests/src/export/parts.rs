//! [`Parts`]: what of a module depends on the kind of network.

use super::literal::{list, real, table};
use crate::network::{Model, Numbers};
use solvekit::network::CoupledLayer;

/// What of a module depends on the kind of network.
pub(super) struct Parts {
    /// Names of `solvekit::network`.
    pub(super) names: &'static [&'static str],
    /// Further names of `solvekit`.
    pub(super) uses: &'static [&'static str],
    /// `Layers`.
    pub(super) layers: &'static str,
    /// `State`'s memory, and the one before the first layer.
    pub(super) memory: [&'static str; 2],
    /// The body of `layers()`.
    pub(super) build: String,
    /// Statics of numbers.
    pub(super) tables: String,
    /// The numbers in them, for the checksum.
    pub(super) numbers: Vec<Vec<f32>>,
    /// The same in the module.
    pub(super) sum: &'static str,
    /// Are the weights an array?
    pub(super) is_array: bool,
}

impl Parts {
    /// `None` for a kind of which no module is written.
    pub(super) fn of(model: &Model) -> Option<Self> {
        Some(match &model.numbers {
            Numbers::Lista { .. } | Numbers::AdaLista { .. } | Numbers::Tista { .. } => {
                return None;
            }
            Numbers::UnfoldedIsta { lambda, steps } => Self::unfolded("L1", *lambda, steps),
            Numbers::UnfoldedIht { lambda, steps } => Self::unfolded("L0", *lambda, steps),
            Numbers::ListaCp { layers, .. } | Numbers::Alista { layers, .. } => {
                Self::coupled(layers)
            }
            Numbers::HyperLista { numbers, inverse_scales, .. } => Self {
                names: &["Hyper", "HyperMemory", "HyperNumbers"],
                uses: &[],
                layers: "Hyper<'static, f32, Matrix, &'static [f32]>",
                memory: ["HyperMemory<f32, Signal>", "HyperMemory::new(zeros(), 0.0)"],
                build: format!(
                    "    let numbers =\n        HyperNumbers {{ threshold: {}, momentum: {}, passing: {} }};\n    \
                     Hyper::new(&DICTIONARY, &WEIGHTS, &INVERSE_SCALES, numbers)\n",
                    real(numbers.threshold),
                    real(numbers.momentum),
                    real(numbers.passing)
                ),
                tables: table(
                    "aᵀ(AAᵀ)⁻¹a of each column a.",
                    "INVERSE_SCALES",
                    "[f32; COLUMNS]",
                    format_args!("[{}]", list(inverse_scales, 0, |scale| real(*scale))),
                ),
                numbers: vec![inverse_scales.clone()],
                sum: ".reals(&INVERSE_SCALES)",
                is_array: false,
            },
        })
    }

    fn unfolded(penalty: &'static str, lambda: f32, steps: &[f32]) -> Self {
        let is_l1 = penalty == "L1";
        Self {
            names: &["Unfolded"],
            uses: if is_l1 { &["penalty::L1"] } else { &["penalty::L0"] },
            layers: if is_l1 {
                "Unfolded<L1<f32>, &'static [f32]>"
            } else {
                "Unfolded<L0<f32>, &'static [f32]>"
            },
            memory: ["()", "()"],
            build: format!(
                "    let penalty = {penalty}::new({}).map_err(|_| NetworkError::Parameter)?;\n    \
                 Unfolded::new::<f32>(penalty, &STEPS)\n",
                real(lambda)
            ),
            tables: table(
                "The step of each layer.",
                "STEPS",
                format_args!("[f32; {}]", steps.len()),
                format_args!("[{}]", list(steps, 0, |step| real(*step))),
            ),
            numbers: vec![steps.to_vec()],
            sum: ".reals(&STEPS)",
            is_array: false,
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
        Self {
            names: &["Coupled", "CoupledLayer"],
            uses: &[],
            layers: "Coupled<'static, Matrix, &'static [CoupledLayer<f32>]>",
            memory: ["()", "()"],
            build: "    Coupled::new(&DICTIONARY, &WEIGHTS, &NUMBERS)\n".to_owned(),
            tables: table(
                "The numbers of each layer.",
                "NUMBERS",
                format_args!("[CoupledLayer<f32>; {}]", layers.len()),
                format_args!("[{}]", list(layers, 0, layer)),
            ),
            numbers,
            sum: "",
            is_array: true,
        }
    }
}
