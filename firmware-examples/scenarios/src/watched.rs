//! Solves that are watched: every look goes into a ring, and from there out on a wire in frames.

use crate::Line;
use crate::sequence::Variance;
use crate::sequence::Sequence;
