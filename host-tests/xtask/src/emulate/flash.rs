//! Flash of an image, function by function.

use super::{
    Choice,
    board::Board,
    image::{self, Kind},
    sweep,
    table::{Table, thousands},
};
use crate::failures::Failures;
use anyhow::{Context, Result};
use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, SymbolKind, elf};
use std::{fs, path::Path};

/// What an image takes.
pub(crate) struct Flash {
    /// Bytes that go to flash: code, constants and the first values of statics.
    pub(crate) total: u64,
    /// Functions and their bytes, largest first.
    pub(crate) functions: Vec<(String, u64)>,
}

/// Shows the chosen stories' images on the chosen boards.
pub(crate) fn run(choice: &Choice, top: usize) -> Result<()> {
    let mut failures = Failures::default();
    let programs = sweep::chosen(choice, &[Kind::Story, Kind::Count])?;
    for board in images(choice.boards()) {
        for program in &programs {
            let what = format!("{} for {}", program.name, board.target);
            let built = image::build(&board, &[program])
                .and_then(|()| read(&image::path(&board, &program.name)));
            if let Some(flash) = failures.note(&what, built) {
                println!("\n{what}: {} bytes of flash", thousands(flash.total));
                let mut table = Table::new(["function", "bytes"]);
                for (name, bytes) in flash.functions.iter().take(top) {
                    table.row([name.clone(), thousands(*bytes)]);
                }
                print!("{}", table.text());
            }
        }
    }
    failures.finish()
}

/// The boards with an image of their own.
pub(crate) fn images(boards: &[Board]) -> Vec<Board> {
    let mut own: Vec<Board> = Vec::new();
    for board in boards {
        if !own.iter().any(|known| (known.target, known.memory) == (board.target, board.memory)) {
            own.push(*board);
        }
    }
    own
}

/// Reads the figures out of an image.
pub(crate) fn read(image: &Path) -> Result<Flash> {
    let bytes = fs::read(image).with_context(|| format!("cannot read {}", image.display()))?;
    let elf = object::File::parse(&*bytes).with_context(|| image.display().to_string())?;
    let in_flash = |section: &object::Section<'_, '_>| {
        let SectionFlags::Elf { sh_flags } = section.flags() else {
            return false;
        };
        // What is allocated and has bytes in the file; .bss and the stack have none.
        sh_flags & u64::from(elf::SHF_ALLOC) != 0 && section.file_range().is_some_and(|r| r.1 > 0)
    };
    let total = elf.sections().filter(in_flash).map(|section| section.size()).sum();
    let mut functions: Vec<_> = elf
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.size() > 0)
        .map(|symbol| (demangled(symbol.name().unwrap_or("?")), symbol.size()))
        .collect();
    functions.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(Flash { total, functions })
}

/// Every symbol of an image that has an address, as the linker knows it.
pub(crate) fn symbols(image: &Path) -> Result<Vec<String>> {
    let bytes = fs::read(image).with_context(|| format!("cannot read {}", image.display()))?;
    let elf = object::File::parse(&*bytes).with_context(|| image.display().to_string())?;
    let defined = elf.symbols().filter(|symbol| symbol.is_definition() || symbol.is_undefined());
    Ok(defined.filter_map(|symbol| symbol.name().ok().map(str::to_owned)).collect())
}

/// A Rust name without its hash.
pub(crate) fn demangled(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}
