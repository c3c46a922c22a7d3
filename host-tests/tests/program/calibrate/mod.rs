//! `solvekit calibrate`.

mod array;
mod ferraris;
mod gains;
mod logs;
mod norm;
