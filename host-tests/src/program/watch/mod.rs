//! `solvekit watch`: live telemetry of a solver on a target.

mod listener;
mod options;
mod outcome;
mod screen;
mod source;

pub use options::{AFTER_HELP, Options};
pub use outcome::{Counted, Outcome};

use super::{Ending, tell};
use crate::telemetry::{History, Log, figure};
use anyhow::{Context, bail};
use listener::Listener;
use screen::Screen;
use source::{Piece, Source};
use std::fs;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// How long to wait for bytes before the screen and the keys are looked at.
const PATIENCE: Duration = Duration::from_millis(50);

/// Watches until the stream ends, or as long as was asked for.
///
/// # Errors
/// A source that cannot be opened or read, an image without formats, a stream in which nothing could
/// be read, a figure that cannot be written.
pub fn run(options: &Options) -> anyhow::Result<Ending> {
    let image = options.defmt.as_ref().map(|path| {
        let image = fs::read(path).with_context(|| format!("--defmt {}", path.display()))?;
        Log::table(&image).with_context(|| format!("--defmt {}", path.display()))
    });
    let table = image.transpose()?;
    if let Some(path) = &options.figure {
        crate::file::try_name(path).with_context(|| format!("--figure {}", path.display()))?;
    }
    let listener = table.as_ref().map_or_else(Listener::frames, Listener::log);
    let mut watch = Watch {
        options,
        listener,
        history: History::default(),
        told: 0,
        bytes: 0,
        screen: Screen::open(options)?,
    };
    let source = Source::open(options)?;
    let watched = watch.until_the_end(&source);
    let Watch { mut listener, history, bytes, screen, .. } = watch;
    // The terminal is given back before anything is said on it.
    drop(screen);
    watched?;
    listener.end();

    let tally = listener.tally();
    if tally.observations == 0 {
        bail!(
            "{}: no observation in {bytes} bytes: {} damaged frames, {} of something else{}",
            options.source.display(),
            tally.damaged,
            tally.foreign,
            hint(options),
        );
    }
    if let Some(path) = &options.figure {
        figure(&history).write(path)?;
    }
    let outcome = Outcome::new(&history, tally);
    if options.json {
        tell(&serde_json::to_string_pretty(&outcome)?)?;
    } else {
        tell(outcome.to_string().trim_end())?;
    }
    Ok(outcome.ending())
}

fn hint(options: &Options) -> &'static str {
    if options.defmt.is_some() {
        "; is it the image that runs, and does it observe with `solvekit::Log`?"
    } else {
        "; does the firmware send with `telemetry::Wire`? (of a defmt log: --defmt IMAGE)"
    }
}

struct Watch<'a> {
    options: &'a Options,
    listener: Listener<'a>,
    history: History,
    /// Solves whose end has been told of.
    told: u64,
    bytes: u64,
    screen: Option<Screen>,
}

impl Watch<'_> {
    fn until_the_end(&mut self, source: &Source) -> anyhow::Result<()> {
        let ends = self.options.seconds.map(|seconds| Instant::now() + seconds);
        loop {
            if ends.is_some_and(|ends| Instant::now() >= ends) || self.has_seen_enough() {
                return Ok(());
            }
            match source.piece(PATIENCE) {
                Piece::Bytes(bytes) => self.take(&bytes)?,
                Piece::Nothing => {}
                Piece::End => return Ok(()),
                Piece::Failed(error) => {
                    return Err(error).with_context(|| self.options.source.display().to_string());
                }
            }
            if let Some(screen) = &mut self.screen {
                screen.draw(&self.history, self.listener.tally())?;
                if screen.is_left()? {
                    return Ok(());
                }
            }
        }
    }

    fn has_seen_enough(&self) -> bool {
        self.options.solves.is_some_and(|solves| self.history.ended() >= solves.get())
    }

    fn take(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.bytes += bytes.len() as u64;
        let (history, screen, told) = (&mut self.history, &mut self.screen, &mut self.told);
        let quiet = screen.is_some() || self.options.json;
        let most = self.options.solves.map_or(u64::MAX, std::num::NonZeroU64::get);
        let heard = |seen: solvekit::Observation<f32>| {
            // Those behind the last solve that was asked for came with it.
            if history.ended() >= most {
                return;
            }
            history.add(&seen);
            if seen.status.is_final() && !quiet {
                *told += 1;
                if let Some(solve) = history.last() {
                    // Nobody is there to be told when stderr is closed.
                    let _ = writeln!(stderr(), "{}", outcome::line(solve));
                }
            }
        };
        let remarked = |line: &str| match screen {
            Some(screen) => screen.remark(line),
            None => drop(writeln!(stderr(), "{line}")),
        };
        self.listener.feed(bytes, heard, remarked)?;
        Ok(())
    }
}

/// Is there a terminal to draw on, and nobody who asked for something else?
fn draws(options: &Options) -> bool {
    !options.plain && stderr().is_terminal()
}
