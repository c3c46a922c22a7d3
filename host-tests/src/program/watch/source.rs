//! [`Source`]: bytes from a file, a pipe or a serial port, read beside the drawing.

use super::Options;
use anyhow::Context;
use serial2::SerialPort;
use std::fs::File;
use std::io::{self, ErrorKind, Read, stdin};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Pieces that may wait to be looked at; the reader waits when there are more.
const WAITING: usize = 256;
/// Bytes read at once.
const AT_ONCE: usize = 4_096;

/// What comes next.
pub(super) enum Piece {
    Bytes(Vec<u8>),
    /// Not for now.
    Nothing,
    End,
    Failed(io::Error),
}

/// A stream that is being read.
pub(super) struct Source(Receiver<io::Result<Vec<u8>>>);

impl Source {
    /// Opens it and begins to read.
    pub(super) fn open(options: &Options) -> anyhow::Result<Self> {
        let path = &options.source;
        let reader: Box<dyn Read + Send> = match options.baud {
            Some(baud) => Box::new(
                SerialPort::open(path, baud)
                    .with_context(|| format!("serial port {} at {baud}", path.display()))?,
            ),
            None if path == Path::new("-") => Box::new(stdin()),
            None => Box::new(File::open(path).with_context(|| path.display().to_string())?),
        };
        let (sender, receiver) = sync_channel(WAITING);
        thread::spawn(move || read(reader, &sender));
        Ok(Self(receiver))
    }

    /// The next piece, if one comes within the time.
    pub(super) fn piece(&self, patience: Duration) -> Piece {
        match self.0.recv_timeout(patience) {
            Ok(Ok(bytes)) => Piece::Bytes(bytes),
            Ok(Err(error)) => Piece::Failed(error),
            Err(RecvTimeoutError::Timeout) => Piece::Nothing,
            Err(RecvTimeoutError::Disconnected) => Piece::End,
        }
    }
}

/// Reads to the end, or until nobody takes what is read. A thread that waits for a silent source ends
/// with the program.
fn read(mut reader: Box<dyn Read + Send>, sender: &SyncSender<io::Result<Vec<u8>>>) {
    let mut buffer = vec![0; AT_ONCE];
    loop {
        let piece = match reader.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => Ok(buffer[..length].to_vec()),
            // A port that is silent for a while.
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => {
                continue;
            }
            Err(error) => Err(error),
        };
        let failed = piece.is_err();
        if sender.send(piece).is_err() || failed {
            return;
        }
    }
}
