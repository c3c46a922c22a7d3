//! Completions and manual pages, out of the program's own options.

use crate::desk::Desk;
use std::fs;
use std::process::Command;

/// Is there a program of this name?
fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|told| told.status.success())
}

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    let desk = Desk::with(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let told = desk.run(&format!("completions {shell}"));
        assert_eq!(told.code, Some(0), "{told:?}");
        for word in ["solve", "calibrate", "lambda-fraction"] {
            assert!(told.stdout.contains(word), "{shell} does not know {word}");
        }
    }
    assert_eq!(desk.run("completions tcsh").code, Some(2));
}

/// By bash itself, where it is there.
#[test]
fn bash_completes_an_option() {
    if !has("bash") {
        eprintln!("skipped: there is no bash");
        return;
    }
    let desk = Desk::with(&[]);
    let script = desk.run("completions bash").stdout;
    let ask = "\nCOMP_WORDS=(solvekit solve --om); COMP_CWORD=2; COMP_LINE='solvekit solve --om'\n\
               _solvekit solvekit --om solve; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let told = Command::new("bash").args(["-c", &(script + ask)]).output().expect("bash");
    assert_eq!(String::from_utf8_lossy(&told.stdout).trim(), "--omega", "{told:?}");
}

#[test]
fn pages_tell_every_command() {
    let desk = Desk::with(&[]);
    let page = desk.run("man").stdout;
    assert!(page.contains(".TH solvekit 1") && page.contains("calibrate"), "{page}");
    assert_eq!(desk.run("man --output pages").code, Some(0));
    let mut names: Vec<String> = fs::read_dir(desk.path("pages"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in ["solvekit.1", "solvekit-solve.1", "solvekit-calibrate-gains.1"] {
        assert!(names.iter().any(|own| own == name), "{name} is not in {names:?}");
    }
    let page = fs::read_to_string(desk.path("pages/solvekit-solve.1")).expect("a page");
    assert!(page.contains("Exit codes"), "what stands below the options is in it");
    desk.put("a-file", b"");
    assert_eq!(desk.run("man --output a-file").code, Some(2));
}
