//! What was learned survives a reset: checked bytes, and two slots of NOR flash to keep them in.
//!
//! | item | what it does |
//! |---|---|
//! | [`encode`], [`decode`] | a value to bytes and back; bytes that are not such a value are refused, with the reason |
//! | [`TwoSlots`] | keeps the newest such bytes in flash; power may fail at any write |
//! | [`Memory`] | what a type must say of itself to be kept: the tuners, [`MethodChoice`](crate::choice::MethodChoice), [`AutoMemory`](crate::sor::AutoMemory), [`Track`](crate::calibration::tracking::Track) and [`RecalibrationState`](crate::calibration::RecalibrationState) do, and a few lines do for your own |
//!
//! ```
//! use solvekit::storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
//! use solvekit::storage::{Recovery, TwoSlots};
//! use solvekit::tuner::{Cost, OmegaTuner, Round, TsallisInf};
//!
//! // Stands for the chip's driver: 2 KiB, pages of 1 KiB, words of 8 bytes.
//! struct Flash([u8; 2048]);
//! impl ErrorType for Flash {
//!     type Error = NorFlashErrorKind;
//! }
//! impl ReadNorFlash for Flash {
//!     const READ_SIZE: usize = 1;
//!     fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
//!         bytes.copy_from_slice(&self.0[offset as usize..][..bytes.len()]);
//!         Ok(())
//!     }
//!     fn capacity(&self) -> usize {
//!         self.0.len()
//!     }
//! }
//! impl NorFlash for Flash {
//!     const WRITE_SIZE: usize = 8;
//!     const ERASE_SIZE: usize = 1024;
//!     fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
//!         self.0[from as usize..to as usize].fill(0xFF);
//!         Ok(())
//!     }
//!     fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
//!         self.0[offset as usize..][..bytes.len()].copy_from_slice(bytes);
//!         Ok(())
//!     }
//! }
//!
//! type Tuner = TsallisInf<f32, 20>;
//! type Slots = TwoSlots<Flash, Tuner>;
//! let mut buffer = [0; Slots::BUFFER];
//!
//! // The first boot: nothing is stored, and learning starts.
//! let mut slots = Slots::new(Flash([0xFF; 2048]), [0..1024, 1024..2048])?;
//! assert_eq!(slots.load(&mut buffer)?, Recovery::Nothing { refused: None });
//! let mut tuner = Tuner::evenly(1.0, 1.95)?;
//! let omega = tuner.select(Round::new(0.3))?.omega;
//! tuner.update(Cost::Solved(40.0))?; // what the solve with ω cost
//! slots.save(&tuner, &mut buffer)?;
//!
//! // After a reset.
//! let mut slots = Slots::new(slots.into_flash(), [0..1024, 1024..2048])?;
//! let stored = slots.load(&mut buffer)?.value();
//! assert_eq!(stored, Some(tuner));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod auto;
mod calibration;
mod choice;
mod error;
mod memory;
mod record;
mod region;
mod slots;
mod tuner;
mod wrapper;

pub use embedded_storage::nor_flash;
pub use error::{RecordError, RegionError, StorageError};
pub use memory::{Memory, longest_integer, tag};
pub use record::{HEADER, decode, encode, longest};
pub use slots::{Recovery, TwoSlots};
