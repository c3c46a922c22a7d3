//! Lines of a text file with their numbers, at most so long.

use super::error::{Cause, Fault};
use std::io::{BufRead, Read};

/// Far above what any format here writes, far below what would fill the memory.
const LONGEST: usize = 1 << 16;

/// Reads lines into one buffer and counts them. Ends of line are `\n` or `\r\n`.
pub(super) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(source: R) -> Self {
        Self { source, buffer: Vec::new(), number: 0 }
    }

    /// A cause on the line that was read last.
    pub(super) const fn fault(&self, cause: Cause) -> Fault {
        Fault::on(self.number, cause)
    }

    /// The first line as it is, or nothing when the file is empty.
    pub(super) fn first(&mut self) -> Result<Option<&str>, Fault> {
        if !self.read()? {
            return Ok(None);
        }
        match std::str::from_utf8(&self.buffer) {
            Ok(line) => Ok(Some(line.trim())),
            Err(_) => Err(Fault::on(self.number, Cause::NotText)),
        }
    }

    /// The next line that holds something else than a comment, trimmed, and its number; nothing at
    /// the end of the file. Comments may be in any encoding: they are not looked into.
    pub(super) fn next_content(&mut self) -> Result<Option<(u64, &str)>, Fault> {
        loop {
            if !self.read()? {
                return Ok(None);
            }
            let start = self.buffer.iter().find(|byte| !byte.is_ascii_whitespace());
            if start.is_some_and(|&byte| byte != b'%') {
                break;
            }
        }
        match std::str::from_utf8(&self.buffer) {
            Ok(line) => Ok(Some((self.number, line.trim()))),
            Err(_) => Err(Fault::on(self.number, Cause::NotText)),
        }
    }

    fn read(&mut self) -> Result<bool, Fault> {
        self.buffer.clear();
        let mut limited = (&mut self.source).take(LONGEST as u64 + 1);
        let length = limited
            .read_until(b'\n', &mut self.buffer)
            .map_err(|error| Fault::on(self.number + 1, error.into()))?;
        // At the end, the number stays that of the last line.
        self.number += u64::from(length > 0);
        if length > LONGEST {
            return Err(Fault::on(self.number, Cause::LongLine { limit: LONGEST }));
        }
        Ok(length > 0)
    }
}
