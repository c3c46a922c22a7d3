//! [`Faulty`]: an emulated bus that can be made to fail.

use super::fake::channel;
use core::convert::Infallible;
use core::future::pending;
use embedded_hal::i2c::{self, I2c, NoAcknowledgeSource, SevenBitAddress};
use embedded_hal::spi::{self, SpiDevice};
use embedded_hal_async::{i2c::I2c as AsyncI2c, spi::SpiDevice as AsyncSpiDevice};

/// How a bus fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody answers to the address.
    NoAcknowledge,
    /// The HAL waited long enough.
    TimedOut,
    /// Asynchronously: the transfer never ends. Otherwise as [`TimedOut`](Self::TimedOut).
    Hangs,
    /// The data line is at ground.
    StuckLow,
    /// Nobody drives the data line.
    StuckHigh,
    /// The device answers, and always the same.
    Frozen,
}

/// What the bus says when it says that it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusFault {
    /// Nobody answered.
    NoAcknowledge,
    /// It took too long.
    TimedOut,
}

impl i2c::Error for BusFault {
    fn kind(&self) -> i2c::ErrorKind {
        match self {
            Self::NoAcknowledge => i2c::ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address),
            Self::TimedOut => i2c::ErrorKind::Other,
        }
    }
}

impl spi::Error for BusFault {
    fn kind(&self) -> spi::ErrorKind {
        spi::ErrorKind::Other
    }
}

/// Bytes that a frozen device goes on to tell.
const MEMORY: usize = 24;

/// A bus with a device that never fails, and a fault between.
///
/// While there is a fault the device is not asked: its next sample is the one that was not heard.
#[derive(Clone, Debug)]
pub struct Faulty<B> {
    device: B,
    /// The present fault.
    pub fault: Option<Fault>,
    told: [u8; MEMORY],
}

impl<B> Faulty<B> {
    /// Without a fault.
    pub const fn new(device: B) -> Self {
        Self { device, fault: None, told: [0; MEMORY] }
    }

    /// The error of a fault that shows itself.
    const fn error(&self) -> Option<BusFault> {
        match self.fault {
            Some(Fault::NoAcknowledge) => Some(BusFault::NoAcknowledge),
            Some(Fault::TimedOut | Fault::Hangs) => Some(BusFault::TimedOut),
            _ => None,
        }
    }

    /// What is read instead of the device's bytes, which are those `from` a place of its memory on;
    /// without a fault they are remembered.
    fn overhear(&mut self, from: usize, bytes: &mut [u8]) {
        match self.fault {
            Some(Fault::StuckLow) => bytes.fill(0x00),
            Some(Fault::StuckHigh) => bytes.fill(0xFF),
            Some(Fault::Frozen) => {
                for (byte, told) in bytes.iter_mut().zip(self.told.iter().skip(from)) {
                    *byte = *told;
                }
            }
            _ => {
                for (byte, told) in bytes.iter().zip(self.told.iter_mut().skip(from)) {
                    *told = *byte;
                }
            }
        }
    }
}

impl<B> i2c::ErrorType for Faulty<B> {
    type Error = BusFault;
}

impl<B> spi::ErrorType for Faulty<B> {
    type Error = BusFault;
}

impl<B: I2c<Error = Infallible>> I2c for Faulty<B> {
    fn transaction(
        &mut self,
        address: SevenBitAddress,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), BusFault> {
        if let Some(error) = self.error() {
            return Err(error);
        }
        if self.fault.is_none() {
            let Ok(()) = self.device.transaction(address, operations);
        }
        for operation in operations {
            if let i2c::Operation::Read(bytes) = operation {
                self.overhear(0, bytes);
            }
        }
        Ok(())
    }
}

impl<B: SpiDevice<Error = Infallible>> SpiDevice for Faulty<B> {
    fn transaction(&mut self, operations: &mut [spi::Operation<'_, u8>]) -> Result<(), BusFault> {
        if let Some(error) = self.error() {
            return Err(error);
        }
        for operation in operations {
            let spi::Operation::TransferInPlace(bytes) = operation else { continue };
            let place = bytes.len() * channel(bytes);
            if self.fault.is_none() {
                let Ok(()) = self.device.transfer_in_place(bytes);
            }
            self.overhear(place, bytes);
        }
        Ok(())
    }
}

/// Hangs if that is the fault, and lets others run in any case: a bus takes its time.
async fn wait(fault: Option<Fault>) {
    if fault == Some(Fault::Hangs) {
        pending::<()>().await;
    }
    embassy_futures::yield_now().await;
}

impl<B: I2c<Error = Infallible>> AsyncI2c for Faulty<B> {
    async fn transaction(
        &mut self,
        address: SevenBitAddress,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), BusFault> {
        wait(self.fault).await;
        I2c::transaction(self, address, operations)
    }
}

impl<B: SpiDevice<Error = Infallible>> AsyncSpiDevice for Faulty<B> {
    async fn transaction(
        &mut self,
        operations: &mut [spi::Operation<'_, u8>],
    ) -> Result<(), BusFault> {
        wait(self.fault).await;
        SpiDevice::transaction(self, operations)
    }
}
