//! One solver in an image: weighed, run, counted.

use super::Optimisation;
use crate::{
    emulate::{
        board::Board,
        flash,
        footprint::{self, Size},
        machine,
        plugin::Plugin,
        prove::objection,
    },
    shell,
};
use anyhow::{Context, Result, bail, ensure};
use object::{Object, ObjectSection, SectionFlags, elf};
use std::{
    collections::HashMap, collections::hash_map::Entry, fs, path::Path, path::PathBuf,
    time::Duration,
};

/// Long after any of them has ended.
const LIMIT: Duration = Duration::from_secs(60);
/// Functions of a solver worth a line of their own.
const FUNCTIONS: usize = 6;

/// What a solver takes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measured {
    pub(crate) solver: String,
    pub(crate) title: String,
    pub(crate) core: String,
    pub(crate) optimisation: String,
    /// Bytes of flash beyond the image without a solver.
    pub(crate) flash: u64,
    /// The largest functions that the image without a solver does not have, and their bytes.
    pub(crate) functions: Vec<(String, u64)>,
    /// Bytes of statics beyond those of the image without a solver.
    pub(crate) statics: u64,
    /// Bytes of what the solver keeps between calls: the caller owns it.
    pub(crate) state: u64,
    /// Bytes of stack beyond that.
    pub(crate) stack: u64,
    /// Instructions of a step with its look at the certificate, where the solver goes in steps.
    pub(crate) step: Option<u64>,
    /// Of the first step, with the look before it.
    pub(crate) first: Option<u64>,
    /// Instructions of the whole run (of ten rounds, of a tuner), and its steps.
    pub(crate) solve: u64,
    pub(crate) steps: u64,
    /// Functions for double precision, and for panics, in the image.
    pub(crate) doubles: u64,
    pub(crate) panics: u64,
}

/// An image that was built.
pub(crate) struct Image {
    flash: flash::Flash,
    statics: u64,
    path: PathBuf,
}

/// Measures on one board with one optimisation.
pub(crate) struct Measuring<'a> {
    board: &'a Board,
    optimisation: Optimisation,
    plugin: &'a Plugin,
    /// The images without a solver: its problem is in them too.
    empty: HashMap<Size, Image>,
}

impl<'a> Measuring<'a> {
    pub(crate) fn new(board: &'a Board, optimisation: Optimisation, plugin: &'a Plugin) -> Self {
        Self { board, optimisation, plugin, empty: HashMap::new() }
    }

    pub(crate) fn core(&self) -> &'static str {
        self.board.core
    }

    pub(crate) fn optimisation(&self) -> Optimisation {
        self.optimisation
    }

    /// A solver by its feature and its title, at a size.
    pub(crate) fn one(&mut self, solver: (&str, &str), size: Size) -> Result<Measured> {
        let image = self.image(solver.0, size)?;
        self.of(&image, solver, size)
    }

    /// Its image; and that without a solver before it, which lies at the same place.
    pub(crate) fn image(&mut self, feature: &str, size: Size) -> Result<Image> {
        if let Entry::Vacant(entry) = self.empty.entry(size) {
            entry.insert(build(self.board, self.optimisation, None, size)?);
        }
        build(self.board, self.optimisation, Some(feature), size)
    }

    /// What is seen of its image: an error where the board has no memory for it.
    pub(crate) fn of(
        &self,
        image: &Image,
        (feature, title): (&str, &str),
        size: Size,
    ) -> Result<Measured> {
        let Self { board, optimisation, plugin, .. } = *self;
        let empty = self.empty.get(&size).context("no image without a solver to compare with")?;
        let added = |whole: u64, empty: u64| {
            whole
                .checked_sub(empty)
                .filter(|added| *added > 0)
                .context("it adds nothing to the image")
        };
        let known: Vec<_> = empty.flash.functions.iter().map(|(name, _)| name).collect();
        let own = image.flash.functions.iter().filter(|(name, _)| !known.contains(&name));
        let counts = shell::scratch()?.join(format!("budget-{}.txt", optimisation.name()));
        let said = machine::output(board, &image.path, LIMIT, &plugin.arguments_into(&counts))?;
        let (regions, [state, stack, steps]) = (
            Plugin::counts_in(&counts)?,
            numbers(&said).with_context(|| format!("it said `{said}`"))?,
        );
        // The first region is that of the image without a solver.
        let regions = regions.get(1..).unwrap_or(&[]);
        ensure!(!regions.is_empty(), "nothing of it was counted: was its problem refused?");
        let objections: Vec<_> =
            flash::symbols(&image.path)?.iter().filter_map(|name| objection(name)).collect();
        let doubles = objections.iter().filter(|name| !name.contains("::")).count() as u64;
        Ok(Measured {
            solver: feature.to_owned(),
            title: title.to_owned(),
            core: board.core.to_owned(),
            optimisation: optimisation.name().to_owned(),
            flash: added(image.flash.total, empty.flash.total)?,
            functions: own.take(FUNCTIONS).cloned().collect(),
            statics: image.statics.saturating_sub(empty.statics),
            state,
            stack,
            first: regions.first().copied().filter(|_| steps >= 1),
            step: regions.get(1).copied().filter(|_| steps >= 2),
            solve: regions.iter().sum(),
            steps,
            doubles,
            panics: objections.len() as u64 - doubles,
        })
    }
}

fn build(
    board: &Board,
    optimisation: Optimisation,
    feature: Option<&str>,
    size: Size,
) -> Result<Image> {
    // Of its own, so that both can be built at the same time.
    let folder = shell::firmware().join("target/budget").join(optimisation.name());
    let mut cargo = shell::firmware_cargo_into("build", board.target, &folder);
    cargo.args(["--config", &format!("profile.release.opt-level={}", level(optimisation))]);
    // Nobody asks for lines here, and at some sizes a compiler that keeps them goes on for many minutes.
    cargo.args(["--config", "profile.release.debug=0"]);
    let path = footprint::build(cargo, board, &folder, feature, size)?;
    Ok(Image { flash: flash::read(&path)?, statics: statics(&path)?, path })
}

fn level(optimisation: Optimisation) -> &'static str {
    match optimisation {
        Optimisation::Speed => "3",
        Optimisation::Size => "\"s\"",
    }
}

/// Bytes of `.data` and `.bss`; riscv-rt's regions for stack and heap look like memory too.
fn statics(image: &Path) -> Result<u64> {
    let bytes = fs::read(image).with_context(|| image.display().to_string())?;
    let file = object::File::parse(&*bytes).with_context(|| image.display().to_string())?;
    let written = |section: &object::Section<'_, '_>| {
        let name = section.name().unwrap_or_default();
        let SectionFlags::Elf { sh_flags } = section.flags() else { return false };
        let both = u64::from(elf::SHF_ALLOC | elf::SHF_WRITE);
        sh_flags & both == both && (name.starts_with(".data") || name.starts_with(".bss"))
    };
    Ok(file.sections().filter(written).map(|section| section.size()).sum())
}

/// The numbers of the last line; there is one before, of the image without a solver.
fn numbers(said: &str) -> Result<[u64; 3]> {
    let lines: Vec<_> = said.lines().collect();
    let [_, .., last] = lines.as_slice() else { bail!("no solver said anything") };
    let numbers = last.split('|').map(|number| Ok(number.trim().parse()?));
    let numbers: Vec<u64> = numbers.collect::<Result<_>>()?;
    numbers.try_into().ok().context("not three numbers")
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn the_last_line_counts_and_one_alone_is_refused() {
        let base = "000000000|000000012|000000000\n";
        let said = format!("{base}000000400|000000088|000000017\n");
        assert_eq!(numbers(&said).unwrap(), [400, 88, 17]);
        assert!(numbers(base).is_err() && numbers("").is_err());
        assert!(numbers(&format!("{base}1|2\n")).is_err());
    }
}
