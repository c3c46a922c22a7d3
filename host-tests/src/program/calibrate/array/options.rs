//! What the command line of `calibrate array` says.

use crate::program::calibrate::{CalibrateError, Common};
use clap::Args;
use std::path::PathBuf;

/// What `--help` says below the options.
pub(in crate::program::calibrate) const AFTER_HELP: &str = "\
Every frame shows another signal, and no sensing matrix is known.
With --subspace y_l = γ ∘ U z_l: the fields that the sensors see lie in a known subspace of fewer \
dimensions than there are sensors; U is a table with a row a sensor and orthonormal columns. Without it \
y_l = γ z_l + o: all sensors see the same, each with its own gain, offset and noise.
Gains have the mean 1. Offsets of sensors that see the same are known up to c γ: Σ γ o is 0, or the offset of \
--reference.
Faulty sensors are named and left out; gains that would be uncertain by more than .3 are refused.";

/// Options of `calibrate array`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Y: a row a frame, a column a sensor
    #[arg(long, value_name = "FILE")]
    pub observations: PathBuf,

    /// U: a row a sensor, a column a dimension, orthonormal
    #[arg(long, value_name = "FILE")]
    pub subspace: Option<PathBuf>,

    /// The sensors, by name or place of their columns [default: all columns]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub sensors: Vec<String>,

    /// Each sensor has an unknown offset too (with --subspace; always without it)
    #[arg(long, requires = "subspace")]
    pub offsets: bool,

    /// All sensors have the same noise: two are enough then
    #[arg(long, conflicts_with = "subspace")]
    pub equal_noise: bool,

    /// The sensor whose offset is 0
    #[arg(long, value_name = "NAME", conflicts_with = "subspace")]
    pub reference: Option<String>,

    #[command(flatten)]
    #[allow(missing_docs, reason = "clap would show it as the command's own text")]
    pub common: Common,
}

impl Options {
    /// Y, and the defaults of the command line for all else.
    pub fn new(observations: impl Into<PathBuf>) -> Self {
        Self {
            observations: observations.into(),
            subspace: None,
            sensors: Vec::new(),
            offsets: false,
            equal_noise: false,
            reference: None,
            common: Common::default(),
        }
    }

    /// What a parser of single options cannot see.
    pub(super) fn check(&self) -> Result<(), CalibrateError> {
        if self.sensors.len() == 1 {
            let cause = "one sensor has no other to be compared with".to_owned();
            return Err(CalibrateError::option("--sensors", cause));
        }
        Ok(())
    }

    /// The place of the reference among the sensors.
    pub(super) fn reference(&self, names: &[String]) -> Result<Option<usize>, CalibrateError> {
        let find = |name: &String| {
            names.iter().position(|own| own == name).ok_or_else(|| {
                let cause = format!("there is no sensor `{name}` among {}", names.join(", "));
                CalibrateError::option("--reference", cause)
            })
        };
        self.reference.as_ref().map(find).transpose()
    }
}
