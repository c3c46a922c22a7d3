//! [`Golden`]: a recorded run, by which an exported network is checked where it runs.

use super::{Layers, Network, NetworkError, NetworkState};
use crate::checksum::CRC;
use crate::recovery::{RecoveryError, Sensing};
use crate::{Buffer, Iteration, LinearOperator};
use core::fmt;
use crc::{Digest, NoTable};

/// CRC-32 (ISO-HDLC, as of zip) of tables: the bits of their numbers one behind the other,
/// little-endian.
///
/// Cost: about 8 operations for each bit.
///
/// ```
/// use solvekit::network::TableSum;
/// let whole = TableSum::new().reals(&[1.0, -0.0, 2.5]).value();
/// assert_eq!(TableSum::new().reals(&[1.0]).reals(&[-0.0, 2.5]).value(), whole);
/// assert_ne!(TableSum::new().reals(&[1.0, 0.0, 2.5]).value(), whole);
/// ```
#[derive(Clone)]
pub struct TableSum(Digest<'static, u32, NoTable>);

impl TableSum {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self(CRC.digest())
    }

    /// With these numbers.
    #[must_use]
    pub fn reals(mut self, numbers: &[f32]) -> Self {
        for number in numbers {
            self.0.update(&number.to_bits().to_le_bytes());
        }
        self
    }

    /// With these codes of 8 bits.
    #[must_use]
    pub fn codes(mut self, codes: &[i8]) -> Self {
        for code in codes {
            self.0.update(&code.to_le_bytes());
        }
        self
    }

    /// The checksum.
    pub fn value(self) -> u32 {
        self.0.finalize()
    }

    /// Is it the one expected?
    ///
    /// # Errors
    /// [`SelfTestError::Checksum`].
    pub fn expect(self, expected: u32) -> Result<(), SelfTestError> {
        let found = self.value();
        if found == expected { Ok(()) } else { Err(SelfTestError::Checksum { expected, found }) }
    }
}

impl Default for TableSum {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TableSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TableSum").field(&self.clone().value()).finish()
    }
}

/// Measurements, and what a number of layers made of them elsewhere: on the host that exported a
/// network, say. Sums have one order and logarithms one source, so every machine finds the same
/// bits, and one that does not has another table, another compiler's arithmetic or a fault.
///
/// Storage: M + N numbers, borrowed.
///
/// ```
/// use solvekit::network::{Golden, Network, Unfolded};
/// use solvekit::{SMatrix, SVector, penalty::L1, recovery::Sensing};
/// static Y: [f32; 2] = [0.5, 1.0];
/// static X: [f32; 3] = [0.0625, 0.175, 0.25];
/// let a = SMatrix::<f32, 2, 3>::new(1.0, 0.0, 0.5, 0.0, 1.0, 1.0);
/// let layers = Unfolded::new(L1::new(0.25)?, [0.25])?;
/// let golden = Golden::new(&Y, &X, 1);
/// let mut state = golden.start(&a, &layers);
/// let error = golden.replay(&a, &layers, &mut state).unwrap_err();
/// assert_eq!(error.to_string(), "x[1] is 0x3e400000, 0x3e333333 was recorded");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Golden<'t> {
    measurements: &'t [f32],
    signal: &'t [f32],
    layers: u32,
}

impl<'t> Golden<'t> {
    /// y, x after so many layers, and how many.
    pub const fn new(measurements: &'t [f32], signal: &'t [f32], layers: u32) -> Self {
        Self { measurements, signal, layers }
    }

    /// Room for [`replay`](Self::replay).
    pub fn start<A: LinearOperator<f32>, L: Layers<f32, A>>(
        &self,
        a: &A,
        layers: &L,
    ) -> NetworkState<A::Domain, A::Range, L::Memory> {
        NetworkState::new(a.zero_domain(), a.zero_domain(), a.zero_range(), layers.start(a))
    }

    /// Applies the layers to y and compares every bit of x. The state is used and left with x.
    ///
    /// Cost: as inference. Room on the stack: M numbers for y, and N in its check.
    ///
    /// # Errors
    /// [`SelfTestError`]: `Recovery`, `Length`, `Signal` with the first entry that differs.
    pub fn replay<A: LinearOperator<f32>, L: Layers<f32, A>>(
        &self,
        a: &A,
        layers: &L,
        state: &mut NetworkState<A::Domain, A::Range, L::Memory>,
    ) -> Result<(), SelfTestError> {
        let mut y = a.zero_range();
        same_length(self.measurements, y.as_slice())?;
        for (own, golden) in y.as_mut_slice().iter_mut().zip(self.measurements) {
            *own = *golden;
        }
        let network = Network::new(Sensing::new(a, &y)?, layers);
        state.restart();
        for _ in 0..self.layers {
            network.step(state);
        }
        let x = state.x.as_slice();
        same_length(self.signal, x)?;
        for (unknown, (x, golden)) in x.iter().zip(self.signal).enumerate() {
            let (expected, found) = (golden.to_bits(), x.to_bits());
            if expected != found {
                return Err(SelfTestError::Signal { unknown, expected, found });
            }
        }
        Ok(())
    }
}

fn same_length(golden: &[f32], own: &[f32]) -> Result<(), SelfTestError> {
    let (expected, found) = (own.len(), golden.len());
    if expected == found { Ok(()) } else { Err(SelfTestError::Length { expected, found }) }
}

/// What an exported network does not do where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SelfTestError {
    /// The tables are not those that were exported.
    Checksum {
        /// Of the tables that were exported.
        expected: u32,
        /// Of those that are there.
        found: u32,
    },
    /// The layers were refused.
    Network(NetworkError),
    /// The dictionary or the recorded measurements were refused.
    Recovery(RecoveryError),
    /// The record is of another shape.
    Length {
        /// Entries needed.
        expected: usize,
        /// Entries recorded.
        found: usize,
    },
    /// An entry of x has other bits than were recorded.
    Signal {
        /// The first such entry.
        unknown: usize,
        /// Its recorded bits.
        expected: u32,
        /// Its bits here.
        found: u32,
    },
}

impl From<NetworkError> for SelfTestError {
    fn from(error: NetworkError) -> Self {
        Self::Network(error)
    }
}

impl From<RecoveryError> for SelfTestError {
    fn from(error: RecoveryError) -> Self {
        Self::Recovery(error)
    }
}

impl fmt::Display for SelfTestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checksum { expected, found } => {
                write!(f, "the tables' checksum is {found:#010x}, {expected:#010x} was exported")
            }
            Self::Network(error) => error.fmt(f),
            Self::Recovery(error) => error.fmt(f),
            Self::Length { expected, found } => {
                write!(f, "{expected} entries are needed, {found} were recorded")
            }
            Self::Signal { unknown, expected, found } => {
                write!(f, "x[{unknown}] is {found:#010x}, {expected:#010x} was recorded")
            }
        }
    }
}

impl core::error::Error for SelfTestError {}
