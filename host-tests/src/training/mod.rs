//! Training of unrolled networks: gradients, stages, signals, and a state that can be left and taken
//! up again.
//!
//! ```
//! use solvekit_host::matrix::DenseMatrix;
//! use solvekit_host::training::{Drawn, Network, Objective, Plan, Source, Standing, Training};
//!
//! let entries = (0..8 * 12).map(|k| (k as f32 * 1.7).sin() / 2.0).collect();
//! let dictionary = DenseMatrix::from_columns(8, entries)?;
//! let source = Source::Drawn(Drawn { sparsity: 0.1, amplitude: 1.0, snr_db: Some(20.0) });
//! let plan = Plan { steps: 20, validation: 50, ..Plan::new(3, 1) };
//! let network = Network::UnfoldedIsta { lambda: 0.05 };
//! let mut training =
//!     Training::new(plan, network, Objective::Unsupervised, &dictionary, &source)?;
//! assert_eq!(training.advance(u64::MAX), Standing::Done);
//! assert_eq!(training.model()?.layers, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adam;
mod bilevel;
mod checkpoint;
mod error;
pub mod gradient;
mod learner;
mod matrices;
mod network;
mod plan;
mod prior;
mod search;
mod shrinkage;
mod signals;
mod stages;
mod standing;
mod state;
mod varied;

pub use adam::Adam;
pub use bilevel::{Chosen, choose_lambda};
pub use error::TrainError;
pub use network::{Network, Passing};
pub use plan::Plan;
pub use prior::Prior;
pub use search::{Found, Search};
pub use shrinkage::Shrinkage;
pub use signals::{Drawn, Source, Stored};
pub use stages::Training;
pub use standing::{Objective, Reached, Standing};
