//! What every solver promises, checked for every solver.
//!
//! A new solver adds one module of cases; [`coverage`] fails until it does.

mod array;
mod block;
mod calibration;
mod case;
mod concomitant;
mod coverage;
mod descent;
mod fixed;
mod iterate;
mod krylov;
mod lanes;
mod lasso;
mod layers;
mod norm;
mod oracle;
mod orders;
mod projected;
mod recovery;
mod retraining;
mod rows;
mod side_by_side;
mod sor;
mod tree;
