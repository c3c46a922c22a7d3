//! The networks of the stories: trained anew, and exported into the scenarios.

use crate::shell;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// A network, how it is trained, and as what it is exported.
struct Recipe {
    name: &'static str,
    train: &'static [&'static str],
    exports: &'static [(&'static str, &'static str)],
}

const RECIPES: &[Recipe] = &[
    Recipe {
        name: "hyperlista",
        train: &["--network", "hyperlista", "--layers", "16"],
        exports: &[("hyperlista", "f32"), ("hyperlista_q8", "q8")],
    },
    Recipe {
        name: "alista",
        train: &["--network", "alista", "--layers", "16"],
        exports: &[("alista", "f32")],
    },
];

/// The core that budgets are foretold for: the smallest.
const TARGET: &str = "M0";

/// Draws frames, trains on them, and writes the modules; the same bits on every machine.
pub(crate) fn run() -> Result<()> {
    let folder = shell::scratch()?.join("networks");
    let mut cargo = shell::cargo();
    cargo.args(["run", "--quiet", "--release", "--locked", "--package", "solvekit-host"]);
    shell::run(cargo.args(["--example", "biosignal", "--"]).arg(&folder))?;
    let mut cargo = shell::cargo();
    cargo.args(["build", "--release", "--locked", "--package", "solvekit-host"]);
    shell::run(cargo.args(["--bin", "solvekit"]))?;
    let program = shell::root().join("target/release/solvekit");
    let modules = shell::firmware().join("scenarios/src/biosignal");
    let dictionary = folder.join("dictionary.npy");
    for Recipe { name, train, exports } in RECIPES {
        let network = folder.join(name).with_extension("json");
        let mut training = Command::new(&program);
        training.arg("train").args(*train).args(["--loss", "supervised", "--seed", "1"]);
        training.arg("--dictionary").arg(&dictionary);
        training.arg("--signals").arg(folder.join("signals.npy"));
        shell::run(training.arg("--output").arg(&network))?;
        for (module, weights) in *exports {
            let mut export = Command::new(&program);
            export.arg("export").arg(&network).arg("--dictionary").arg(&dictionary);
            export.args(["--target", TARGET, "--weights", weights, "--output"]);
            shell::run(export.arg(modules.join(module).with_extension("rs")))?;
        }
    }
    listed(&modules)
}

/// The sizes of what was written.
fn listed(modules: &Path) -> Result<()> {
    for name in RECIPES.iter().flat_map(|recipe| recipe.exports).map(|(module, _)| module) {
        let path = modules.join(name).with_extension("rs");
        let bytes = path.metadata().with_context(|| path.display().to_string())?.len();
        println!("{name}.rs: {bytes} bytes; now `cargo xtask emulate --bless`");
    }
    Ok(())
}
