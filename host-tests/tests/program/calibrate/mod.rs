//! `solvekit calibrate`.

mod ferraris;
mod gains;
mod logs;
mod norm;
