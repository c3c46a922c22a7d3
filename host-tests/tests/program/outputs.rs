//! What is written: whole files or none.

use crate::desk::Desk;
use std::fs;

#[test]
fn npy_is_what_numpy_reads() {
    let desk = Desk::with_pair().and("b.csv", "3, 4\n3, -1\n");
    let told = desk.solve("--rhs b.csv --tol 1e-12 --output x.npy");
    assert_eq!(told.code, Some(0), "{told:?}");
    let bytes = fs::read(desk.path("x.npy")).expect("a solution was written");
    assert!(bytes.starts_with(b"\x93NUMPY\x01\x00"));
    let header = String::from_utf8_lossy(&bytes[10..128]).into_owned();
    for part in ["'descr': '<f8'", "'fortran_order': False", "(2, 2"] {
        assert!(header.contains(part), "`{part}` is not in {header}");
    }
    let numbers: Vec<f64> =
        bytes[128..].as_chunks().0.iter().map(|n| f64::from_le_bytes(*n)).collect();
    assert!(numbers.iter().zip([1.0, 1.0, 1.0, 0.0]).all(|(x, y)| (x - y).abs() < 1e-11));
    assert_eq!(numbers.len(), 4);
}

#[test]
fn single_precision_is_written_as_it_is() {
    let desk = Desk::with_pair();
    assert_eq!(desk.solve("--precision f32 --output x.npy").code, Some(0));
    let bytes = fs::read(desk.path("x.npy")).expect("a solution was written");
    assert!(String::from_utf8_lossy(&bytes[..128]).contains("'descr': '<f4'"));
    assert_eq!(bytes.len(), 128 + 2 * 4);
}

#[test]
fn csv_gives_back_the_bits_of_npy() {
    let desk = Desk::with_pair().and("b.csv", "0.3\n0.7\n");
    assert_eq!(desk.solve("--rhs b.csv --output x.npy").code, Some(0));
    let (_, _, x) = desk.solved("--rhs b.csv");
    let bytes = fs::read(desk.path("x.npy")).expect("a solution was written");
    let numbers: Vec<u8> = x.iter().flat_map(|row| row[0].to_le_bytes()).collect();
    assert_eq!(bytes[128..], numbers);
}

#[test]
fn what_stood_there_is_replaced_by_a_success_only() {
    let desk = Desk::with_pair().and("x.npy", "precious").and("bad.csv", "1\ntwo\n");
    assert_eq!(desk.solve("--rhs bad.csv --output x.npy").code, Some(2));
    assert_eq!(fs::read(desk.path("x.npy")).expect("still there"), b"precious");
    assert_eq!(desk.solve("--output x.npy").code, Some(0));
    assert_ne!(fs::read(desk.path("x.npy")).expect("still there"), b"precious");
    assert_eq!(desk.names(), ["a.mtx", "bad.csv", "x.npy"], "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn results_are_readable_as_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::with_pair();
    assert_eq!(desk.solve("--output x.npy").code, Some(0));
    let mode = |name| fs::metadata(desk.path(name)).expect("a file").permissions().mode();
    assert_eq!(mode("x.npy"), mode("a.mtx"));
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_not_replaced() {
    let desk = Desk::with_pair();
    std::os::unix::fs::symlink("/dev/null", desk.path("x.csv")).expect("a writable folder");
    assert_eq!(desk.solve("--output x.csv").code, Some(0));
    let kind = fs::symlink_metadata(desk.path("x.csv")).expect("a link").file_type();
    assert!(kind.is_symlink());
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let desk = Desk::with_pair().and("real.npy", "precious");
    std::os::unix::fs::symlink("real.npy", desk.path("x.npy")).expect("a writable folder");
    assert_eq!(desk.solve("--output x.npy").code, Some(0));
    let kind = fs::symlink_metadata(desk.path("x.npy")).expect("a link").file_type();
    assert!(kind.is_symlink());
    assert_ne!(fs::read(desk.path("real.npy")).expect("still there"), b"precious");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_told() {
    let desk = Desk::with_pair();
    std::os::unix::fs::symlink("/dev/full", desk.path("x.csv")).expect("a writable folder");
    let told = desk.solve("--output x.csv --json");
    assert_eq!((told.code, told.stdout.as_str()), (Some(2), ""));
    assert!(told.stderr.contains("x.csv: No space left"), "{}", told.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_stdout_leaves_no_file() {
    let desk = Desk::with_pair().and("old.csv", "precious");
    for name in ["new.csv", "old.csv"] {
        let full = fs::File::options().write(true).open("/dev/full").expect("a device");
        let words = format!("solve --matrix a.mtx --output {name} --json");
        let told = desk.run_into(full, &words);
        assert_eq!(told.code, Some(2), "{told:?}");
        assert!(told.stderr.contains("stdout: No space left"), "{}", told.stderr);
        assert_eq!(desk.names(), ["a.mtx", "old.csv"], "no file is new");
        assert_eq!(fs::read(desk.path("old.csv")).expect("still there"), b"precious");
    }
}

#[cfg(unix)]
#[test]
fn a_closed_stdout_is_no_failure() {
    let desk = Desk::with_pair();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let told = desk.run_into(writer, "solve --matrix a.mtx --output x.csv --json");
    assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""));
    assert_eq!(desk.names(), ["a.mtx", "x.csv"]);
}
