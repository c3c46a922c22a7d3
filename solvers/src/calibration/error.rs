//! [`CalibrationError`]: why a calibration was refused.

use super::Counts;
use core::fmt;

/// Why snapshots or a parameter were refused before the first step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CalibrationError {
    /// There are no sensors, no snapshots or no unknowns.
    Empty,
    /// The rows given are no whole number of snapshots.
    Shape {
        /// Rows of all sensing matrices together.
        rows: usize,
        /// Sensors, of which each snapshot has one row each.
        sensors: usize,
    },
    /// A vector or a buffer has the wrong length.
    Length {
        /// Entries needed.
        expected: usize,
        /// Entries given.
        found: usize,
    },
    /// An entry of a sensing matrix is NaN or infinite.
    NonFiniteEntry {
        /// The snapshot whose matrix it is.
        snapshot: usize,
        /// The sensor whose row it is in.
        sensor: usize,
        /// Its column: the unknown.
        column: usize,
    },
    /// A measurement is NaN or infinite.
    NonFiniteMeasurement {
        /// Its snapshot.
        snapshot: usize,
        /// Its sensor.
        sensor: usize,
    },
    /// All measurements are zero: nothing can be learned from them.
    Silent,
    /// ‖y‖₂ is beyond the largest number of this precision.
    HugeMeasurements,
    /// The sensing matrices are zero, or so large or small that their squares are not numbers of
    /// this precision.
    SensingSize,
    /// Fewer equations than unknowns.
    Unidentifiable(Counts),
    /// More snapshots are needed, however many sensors there are.
    Snapshots {
        /// Snapshots needed.
        needed: usize,
        /// Snapshots given.
        given: usize,
    },
    /// All signals together tell fewer numbers of the gains than there are.
    Signals {
        /// Numbers needed: m − 1.
        needed: usize,
        /// Measurements beyond the unknowns of their signals.
        given: usize,
    },
    /// A step is not positive and finite, or a factor not in its range.
    Step,
    /// ρ is not in (0, 1).
    Radius,
    /// Columns of a basis are not orthonormal.
    NotOrthonormal {
        /// The first column.
        first: usize,
        /// The second one, or the first again where its length is not 1.
        second: usize,
    },
    /// A basis of gains does not hold the vector of equal gains.
    NoMean,
    /// The sparsity is zero or larger than the number of unknowns.
    Sparsity {
        /// What was asked.
        asked: usize,
        /// The largest that can be had.
        most: usize,
    },
    /// An entry of the start is NaN or infinite.
    NonFiniteStart {
        /// The unknown or the sensor.
        place: usize,
    },
    /// The precision of a prior is negative, NaN or infinite.
    Precision,
}

/// "1 snapshot", "2 snapshots".
struct Many(usize, &'static str);

impl fmt::Display for Many {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, noun) = self;
        write!(f, "{count} {noun}{}", if *count == 1 { "" } else { "s" })
    }
}

impl fmt::Display for CalibrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there are no sensors, no snapshots or no unknowns"),
            Self::Shape { rows, sensors } => {
                write!(f, "{} are no whole snapshots of {}", Many(*rows, "row"), Many(*sensors, "sensor"))
            }
            Self::Length { expected, found } => {
                write!(f, "{expected} entries are needed, {found} were given")
            }
            Self::NonFiniteEntry { snapshot, sensor, column } => write!(
                f,
                "sensing matrix of snapshot {snapshot}: entry ({sensor}, {column}) is not a finite number"
            ),
            Self::NonFiniteMeasurement { snapshot, sensor } => {
                write!(f, "the measurement of sensor {sensor} in snapshot {snapshot} is not a finite number")
            }
            Self::Silent => f.write_str("all measurements are zero"),
            Self::HugeMeasurements => {
                f.write_str("the measurements are too large for this precision")
            }
            Self::SensingSize => f.write_str(
                "the sensing matrices are zero, or their squares are too small or too large for this precision",
            ),
            Self::Unidentifiable(counts) => {
                write!(
                    f,
                    "{} of {} cannot fix {}",
                    Many(counts.snapshots, "snapshot"),
                    Many(counts.sensors, "sensor"),
                    Many(counts.sensors, "gain"),
                )?;
                if counts.offsets {
                    write!(f, ", {}", Many(counts.sensors, "offset"))?;
                }
                write!(
                    f,
                    " and {}: {} are needed, {} given",
                    Many(counts.unknowns, "unknown"),
                    Many(counts.needed(), "equation"),
                    counts.equations(),
                )
            }
            Self::Snapshots { needed, given } => {
                write!(f, "{} are needed, {given} given", Many(*needed, "snapshot"))
            }
            Self::Signals { needed, given } => write!(
                f,
                "{needed} measurements beyond the unknowns of the signals are needed, {given} are there"
            ),
            Self::Step => f.write_str("a step must be a positive finite number"),
            Self::Radius => f.write_str("the largest deviation of a gain must lie strictly between 0 and 1"),
            Self::NotOrthonormal { first, second } if first == second => {
                write!(f, "column {first} of a basis does not have the length 1")
            }
            Self::NotOrthonormal { first, second } => {
                write!(f, "columns {first} and {second} of a basis are not orthogonal")
            }
            Self::NoMean => f.write_str("the basis of the gains does not hold equal gains"),
            Self::Sparsity { asked, most } => {
                write!(f, "a sparsity of 1 to {most} is needed, {asked} was given")
            }
            Self::NonFiniteStart { place } => {
                write!(f, "entry {place} of the start is not a finite number")
            }
            Self::Precision => {
                f.write_str("the precision of a prior must be a finite number, zero or larger")
            }
        }
    }
}

impl core::error::Error for CalibrationError {}
