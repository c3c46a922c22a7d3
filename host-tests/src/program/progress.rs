//! A progress bar for long work, on stderr, and only where somebody can see it move.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_millis(700);

/// Counts pieces of work that are done, of a known number.
#[derive(Debug)]
pub(super) struct Progress {
    total: u64,
    done: u64,
    visible: bool,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Nothing of `total` pieces is done.
    pub(super) fn new(total: usize) -> Self {
        Self {
            total: total as u64,
            done: 0,
            visible: stderr().is_terminal(),
            started: Instant::now(),
            bar: None,
        }
    }

    /// Nobody sees it.
    pub(super) fn unseen() -> Self {
        let mut progress = Self::new(1);
        progress.visible = false;
        progress
    }

    /// Another piece is done.
    pub(super) fn piece_done(&mut self) {
        self.done += 1;
        let done = self.done;
        if let Some(bar) = self.bar() {
            bar.set_position(done);
        }
    }

    /// So many pieces are done, if no more have been said to be.
    pub(super) fn pieces_done(&mut self, done: usize) {
        self.done = self.done.max(done as u64);
        let done = self.done;
        if let Some(bar) = self.bar() {
            bar.set_position(done);
        }
    }

    /// Tells where the present piece stands.
    pub(super) fn tell(&mut self, message: impl FnOnce() -> String) {
        if let Some(bar) = self.bar() {
            bar.set_message(message());
            bar.tick();
        }
    }

    /// The bar, once it is worth showing.
    fn bar(&mut self) -> Option<&ProgressBar> {
        if !self.visible || self.started.elapsed() < PATIENCE {
            return None;
        }
        Some(self.bar.get_or_insert_with(|| bar(self.total, self.done)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: u64, done: u64) -> ProgressBar {
    let template = if total > 1 {
        "{elapsed} [{bar:30}] {pos}/{len} {msg}"
    } else {
        "{elapsed} {spinner} {msg}"
    };
    // A template that indicatif refused would only cost the looks.
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style).with_position(done)
}
