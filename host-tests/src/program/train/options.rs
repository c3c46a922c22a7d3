//! What the command line of `train` says.

use super::CommandError;
use crate::network::{Kind, Varying};
use crate::program::Threads;
use crate::training::{Drawn, Network, Objective, Passing, Plan, Search, Shrinkage};
use clap::Args;
use std::path::PathBuf;
use std::str::FromStr;

/// What `--help` says below the options.
pub const AFTER_HELP: &str = "\
unfolded-ista and unfolded-iht learn a step for each layer, alista a step and a threshold, lista-cp weights \
besides; lista learns thresholds and two matrices that all layers share, ada-lista steps, thresholds and two \
matrices around the dictionary, tista steps (its prior and its noise are those of the signals); stage S of K trains the first S layers with --steps steps of Adam. hyperlista searches its three \
numbers instead, on --batch signals with --steps points from each start.
The loss of supervised is ‖x − x*‖², that of unsupervised ½‖y − A x‖² + λ‖x‖₁ (unfolded-iht: ‖x‖₀), the mean \
over signals that training does not see; the NMSE is 10 log₁₀ Σ‖x − x*‖² / Σ‖x*‖² over the same signals, null \
in JSON where no signals are known. Of the columns of files the last fifth is kept for this.
--lambda auto is the λ whose lasso comes closest to 200 known signals, by steps in ln λ that the lassos' own \
error bounds certify.
--vary gives every signal, also those that training does not see, a dictionary of its own: `permuted` the \
columns of A in any order, `noisy:DB` A with normal noise DB decibels below it, columns brought back to their \
norms. The network then serves other dictionaries of A's shape.
--shrinkage spline learns, for each layer, a function in the place of soft thresholding: zero up to the \
threshold, then linear between knots (8, or as many as are said) up to 8 thresholds, never falling. No entry \
passes it then, unless --passing says so.
--rate is how far a step of Adam moves a step size, in units of 1/‖A‖², or the logarithm of a threshold or of \
an increment from knot to knot.
A checkpoint holds all of a training: resumed with the same options it ends with the same bits as one that \
was never stopped.
Files: a dictionary is .npy, .csv or .txt (a line a row) or Matrix Market .mtx; signals and measurements are \
columns of such a table.
Exit codes: 0 trained, 1 diverged (the best numbers before are written all the same), 2 bad input or an output \
that cannot be written.
Ctrl-C ends it early and keeps what there is, with exit code 130; a second one does not wait.";

/// Layers, if nobody says otherwise.
const LAYERS: usize = 16;
/// Steps of a stage.
const STEPS: u64 = 400;
/// Signals that training does not see.
const VALIDATION: usize = 1000;

/// Options of `train`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A, a row a measurement, a column an unknown
    #[arg(long, value_name = "FILE")]
    pub dictionary: PathBuf,

    /// Which network
    #[arg(long, value_enum)]
    pub network: Kind,

    /// What is to be small
    #[arg(long, value_enum, default_value = "supervised")]
    pub loss: Objective,

    /// Layers
    #[arg(long, value_name = "K", default_value_t = LAYERS, allow_hyphen_values = true)]
    pub layers: usize,

    /// Seed of every random draw
    #[arg(long, default_value_t = 1, allow_hyphen_values = true)]
    pub seed: u64,

    /// λ of the unfolded networks, above 0; `auto` for unfolded-ista
    #[arg(long, value_name = "L", allow_hyphen_values = true)]
    pub lambda: Option<Lambda>,

    /// Draw signals: the chance of an entry not to be zero, above 0 and at most 1
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub sparsity: Option<f64>,

    /// The standard deviation of entries that are not zero [default: 1]
    #[arg(long, value_name = "A", allow_hyphen_values = true)]
    pub amplitude: Option<f64>,

    /// X*, signals to train on, a column each
    #[arg(long, value_name = "FILE")]
    pub signals: Option<PathBuf>,

    /// Y, their measurements, a column each [default: A X*]
    #[arg(long, value_name = "FILE")]
    pub measurements: Option<PathBuf>,

    /// Noise on A x, in decibels below it [default: none]
    #[arg(long, value_name = "DB", allow_hyphen_values = true)]
    pub snr: Option<f64>,

    /// Dictionaries that vary from signal to signal, for ada-lista: permuted or noisy:DB
    #[arg(long, value_name = "HOW", allow_hyphen_values = true)]
    pub vary: Option<Varying>,

    /// Signals of a step; of hyperlista's search in all [default: 100, hyperlista: 1000]
    #[arg(long, value_name = "SIGNALS", allow_hyphen_values = true)]
    pub batch: Option<usize>,

    /// Steps of each stage
    #[arg(long, default_value_t = STEPS, allow_hyphen_values = true)]
    pub steps: u64,

    /// How far a step moves, above 0 and at most 1 [default: 0.02]
    #[arg(long, value_name = "R", allow_hyphen_values = true)]
    pub rate: Option<f64>,

    /// How far a step moves an entry of the weights of lista-cp, lista, ada-lista [default: 0.0002]
    #[arg(long, value_name = "R", allow_hyphen_values = true)]
    pub weight_rate: Option<f64>,

    /// So many steps more at a fifth of the rate, and again at a fiftieth
    #[arg(long, value_name = "STEPS", allow_hyphen_values = true)]
    pub fine_steps: Option<u64>,

    /// The share of entries that pass layer k of alista and lista-cp as they are is P·k [default: 0.012,
    /// with a learned shrinkage 0]
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub passing: Option<f32>,

    /// And at most this one [default: 0.13]
    #[arg(long, value_name = "P", allow_hyphen_values = true)]
    pub most_passing: Option<f32>,

    /// What alista, lista-cp, lista and ada-lista do to entries by their threshold: soft, or learned,
    /// spline or spline:KNOTS (2 to 16) [default: soft]
    #[arg(long, value_name = "HOW", allow_hyphen_values = true)]
    pub shrinkage: Option<Shrinkage>,

    /// The longest step size, in units of 1/‖A‖²; 10 leaves fixed point its headroom
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    pub longest_step: Option<f64>,

    /// Let the output of every layer count, later ones more
    #[arg(long)]
    pub anytime: bool,

    /// Signals that training does not see, for choosing the best numbers
    #[arg(long, value_name = "SIGNALS", default_value_t = VALIDATION, allow_hyphen_values = true)]
    pub validation: usize,

    /// Where to write all of the training from time to time
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,

    /// Steps from one checkpoint to the next [default: 500]
    #[arg(long, value_name = "STEPS", allow_hyphen_values = true)]
    pub checkpoint_every: Option<u64>,

    /// Go on from a checkpoint
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,

    /// Where to write the network, as JSON
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// On how many threads; they change no bit
    #[command(flatten)]
    pub threads: Threads,

    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// λ as it is typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lambda {
    /// A number.
    Is(f64),
    /// The one whose lasso comes closest to known signals.
    Auto,
}

impl FromStr for Lambda {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        text.parse().map(Self::Is).map_err(|_| "a number or `auto` is needed".to_owned())
    }
}

impl Options {
    /// A and a network, and the defaults of the command line for all else; signals are still to be told.
    pub fn new(dictionary: impl Into<PathBuf>, network: Kind) -> Self {
        Self {
            dictionary: dictionary.into(),
            network,
            loss: Objective::Supervised,
            layers: LAYERS,
            seed: 1,
            lambda: None,
            sparsity: None,
            amplitude: None,
            signals: None,
            measurements: None,
            snr: None,
            vary: None,
            batch: None,
            steps: STEPS,
            rate: None,
            weight_rate: None,
            fine_steps: None,
            passing: None,
            most_passing: None,
            shrinkage: None,
            longest_step: None,
            anytime: false,
            validation: VALIDATION,
            checkpoint: None,
            checkpoint_every: None,
            resume: None,
            output: None,
            threads: Threads::default(),
            json: false,
        }
    }

    /// What a parser of single options cannot see.
    pub(super) fn check(&self) -> Result<(), CommandError> {
        let kind = self.network;
        let unfolded = matches!(kind, Kind::UnfoldedIsta | Kind::UnfoldedIht);
        let searched = kind == Kind::HyperLista;
        let coupled = matches!(kind, Kind::Alista | Kind::ListaCp);
        let only = |option, given: bool, allowed: bool, cause: &str| {
            if given && !allowed {
                return Err(CommandError::option(option, format!("{kind} {cause}")));
            }
            Ok(())
        };
        only("--lambda", self.lambda.is_some(), unfolded, "has no λ")?;
        let searching = "is searched, not trained by steps";
        only("--rate", self.rate.is_some(), !searched, searching)?;
        only("--fine-steps", self.fine_steps.is_some(), !searched, searching)?;
        only("--anytime", self.anytime, !searched, searching)?;
        only("--checkpoint", self.checkpoint.is_some(), !searched, searching)?;
        only("--resume", self.resume.is_some(), !searched, searching)?;
        let learns = matches!(kind, Kind::ListaCp | Kind::Lista | Kind::AdaLista);
        only("--weight-rate", self.weight_rate.is_some(), learns, "learns none")?;
        only("--passing", self.passing.is_some(), coupled, "has no such share")?;
        only("--most-passing", self.most_passing.is_some(), coupled, "has no such share")?;
        let own = "has a shrinkage of its own";
        only("--shrinkage", self.shrinkage.is_some(), kind.learned_shrinkage(), own)?;
        let in_units = unfolded || kind == Kind::AdaLista;
        only("--longest-step", self.longest_step.is_some(), in_units, "has no such steps")?;
        let one = "is for one dictionary: ada-lista is for those that vary";
        only("--vary", self.vary.is_some(), kind == Kind::AdaLista, one)?;
        let refused = |option, cause: &str| Err(CommandError::option(option, cause.to_owned()));
        if self.loss == Objective::Unsupervised && !unfolded {
            return Err(CommandError::option(
                "--loss",
                format!("{kind} has no objective of its own: it is trained supervised"),
            ));
        }
        if unfolded && self.lambda.is_none() {
            return Err(CommandError::option("--lambda", format!("{kind} needs it")));
        }
        if self.lambda == Some(Lambda::Auto) {
            if kind != Kind::UnfoldedIsta {
                return refused("--lambda", "auto is the lasso's: it is for unfolded-ista");
            }
            if self.measurements.is_some() && self.signals.is_none() {
                return refused("--lambda", "auto needs --signals beside --measurements");
            }
        }
        if self.checkpoint_every.is_some() && self.checkpoint.is_none() {
            return refused("--checkpoint-every", "there is no --checkpoint");
        }
        if self.checkpoint_every == Some(0) {
            return refused("--checkpoint-every", "1 or more is needed");
        }
        let stored = self.signals.is_some() || self.measurements.is_some();
        match (self.sparsity, stored) {
            (None, false) => {
                return refused("--sparsity", "or --signals or --measurements is needed");
            }
            (Some(_), true) => {
                return refused("--sparsity", "signals are drawn or read from files, not both");
            }
            _ => {}
        }
        if stored && self.amplitude.is_some() {
            return refused("--amplitude", "it is of signals that are drawn");
        }
        if self.measurements.is_some() && self.snr.is_some() {
            return refused("--snr", "measurements from a file have their noise already");
        }
        if self.measurements.is_some() && self.vary.is_some() {
            return refused("--vary", "measurements from a file are by one dictionary");
        }
        if self.loss == Objective::Supervised
            && self.measurements.is_some()
            && self.signals.is_none()
        {
            return refused("--loss", "supervised needs --signals beside --measurements");
        }
        if let Some(p) = self.sparsity
            && !(p > 0.0 && p <= 1.0)
        {
            return Err(CommandError::option("--sparsity", format!("{p} does not lie in (0, 1]")));
        }
        if let Some(a) = self.amplitude
            && !(a > 0.0 && a <= 1e15)
        {
            return Err(CommandError::option(
                "--amplitude",
                format!("{a} does not lie in (0, 1e15]"),
            ));
        }
        if let Some(db) = self.snr
            && (db.is_nan() || db.abs() > 200.0)
        {
            let cause = format!("{db} does not lie between -200 and 200 dB");
            return Err(CommandError::option("--snr", cause));
        }
        Ok(())
    }

    /// Of a network that leaves it open.
    pub(super) fn open_shrinkage(&self) -> Option<Shrinkage> {
        self.network.learned_shrinkage().then(|| self.shrinkage.unwrap_or_default())
    }

    /// Signals that are drawn, where they are.
    #[must_use]
    pub fn drawn(&self) -> Option<Drawn> {
        let amplitude = self.amplitude.unwrap_or(1.0);
        self.sparsity.map(|sparsity| Drawn { sparsity, amplitude, snr_db: self.snr })
    }

    pub(super) fn plan(&self) -> Plan {
        let plain = Plan::new(self.layers, self.seed);
        Plan {
            batch: self.batch.unwrap_or(plain.batch),
            steps: self.steps,
            rate: self.rate.unwrap_or(plain.rate),
            weight_rate: self.weight_rate.unwrap_or(plain.weight_rate),
            // As ALISTA was published.
            fine: self.fine_steps.map_or_else(Vec::new, |_| vec![0.2, 0.02]),
            fine_steps: self.fine_steps.unwrap_or(plain.fine_steps),
            anytime: self.anytime,
            validation: self.validation,
            longest: self.longest_step,
            varying: self.vary,
            shrinkage: self.shrinkage.unwrap_or_default(),
            ..plain
        }
    }

    pub(super) fn search(&self) -> Search {
        let plain = Search::new(self.layers, self.seed);
        Search {
            signals: self.batch.unwrap_or(plain.signals),
            validation: self.validation,
            points: usize::try_from(self.steps).unwrap_or(usize::MAX),
            ..plain
        }
    }

    /// The network to be trained by steps; `None` for one that is searched.
    pub(super) fn network(&self, lambda: f64) -> Option<Network> {
        // A learned function spares large entries where that pays; what passes it teaches it nothing.
        let usual = if self.shrinkage.unwrap_or_default() == Shrinkage::Soft { 0.012 } else { 0.0 };
        let passing = Passing {
            each: self.passing.unwrap_or(usual),
            most: self.most_passing.unwrap_or(0.13),
        };
        let lambda = lambda as f32;
        match self.network {
            Kind::UnfoldedIsta => Some(Network::UnfoldedIsta { lambda }),
            Kind::UnfoldedIht => Some(Network::UnfoldedIht { lambda }),
            Kind::Alista => Some(Network::Alista(passing)),
            Kind::ListaCp => Some(Network::ListaCp(passing)),
            Kind::Lista => Some(Network::Lista),
            Kind::AdaLista => Some(Network::AdaLista),
            Kind::Tista => Some(Network::Tista(None)),
            Kind::HyperLista => None,
        }
    }
}
