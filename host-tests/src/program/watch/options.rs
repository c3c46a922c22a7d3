//! What the command line of `watch` says.

use clap::Args;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

/// What `--help` says below the options.
pub const AFTER_HELP: &str = "\
The firmware observes its runs (`Run::advance_observed`) with `telemetry::Wire`, which sends frames, or with \
`solvekit::Log`, which logs through defmt; a `Ring` between lets it send when there is time.
On a terminal the newest solve is drawn while it runs (q leaves); else a line tells of each solve that ends. Frames \
that are cut short, damaged or somebody else's are passed over and counted.
Exit codes: 0 when every solve converged, 1 when one did not or was still running, 2 for a bad command line, a source \
that cannot be read, or one in which nothing could be read.";

/// Options of `watch`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// File, pipe or serial port to read; - is stdin
    #[arg(default_value = "-", value_name = "SOURCE")]
    pub source: PathBuf,

    /// SOURCE is a serial port, to be opened at so many bits a second
    #[arg(long, value_name = "BITS")]
    pub baud: Option<u32>,

    /// SOURCE is the defmt log of this firmware (its image, an ELF file)
    #[arg(long, value_name = "IMAGE")]
    pub defmt: Option<PathBuf>,

    /// Leave after so many solves have ended
    #[arg(long, value_name = "N")]
    pub solves: Option<NonZeroU64>,

    /// Leave after so many seconds
    #[arg(long, value_parser = seconds)]
    pub seconds: Option<Duration>,

    /// Write a plot of the newest solves (SVG)
    #[arg(long, value_name = "FILE", value_parser = svg)]
    pub figure: Option<PathBuf>,

    /// Draw nothing, on a terminal too
    #[arg(long)]
    pub plain: bool,

    /// Print one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "must be more than 0 seconds, and less than for ever".to_owned())
}

fn svg(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension() {
        Some(ending) if ending.eq_ignore_ascii_case("svg") => Ok(path),
        _ => Err("the name of a plot ends in .svg".to_owned()),
    }
}
