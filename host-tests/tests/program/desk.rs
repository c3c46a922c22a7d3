//! A folder with files, and the program at work in it.

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// The banner of most matrices here.
pub(crate) const GENERAL: &str = "%%MatrixMarket matrix coordinate real general\n";

/// [4 −1; −1 4], whose solution for b = (3, 3) is (1, 1).
pub(crate) const PAIR: &str = "%%MatrixMarket matrix coordinate real symmetric\n\
                               2 2 3\n1 1 4\n2 1 -1\n2 2 4\n";

/// A folder that goes away with the test.
pub(crate) struct Desk(TempDir);

/// What the program told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    /// A folder with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let desk = Self(TempDir::new().expect("a temporary folder"));
        for (name, content) in files {
            desk.put(name, content.as_bytes());
        }
        desk
    }

    /// A folder with [`PAIR`] as `a.mtx`.
    pub(crate) fn with_pair() -> Self {
        Self::with(&[("a.mtx", PAIR)])
    }

    /// Another file, or another content.
    pub(crate) fn put(&self, name: &str, content: &[u8]) {
        fs::write(self.path(name), content).expect("a writable folder");
    }

    /// Another file, or another content, and the same desk.
    pub(crate) fn and(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        self.put(name, content.as_ref());
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The names of the files, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("a readable folder");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).filter(|name| name != ".cache").collect();
        names.sort();
        names
    }

    /// `solvekit` with these words, in the folder.
    pub(crate) fn run(&self, words: &str) -> Told {
        self.run_into(Stdio::piped(), words)
    }

    /// The same with another stdout.
    pub(crate) fn run_into(&self, stdout: impl Into<Stdio>, words: &str) -> Told {
        let output = self.command(words).stdout(stdout).output().expect("the program starts");
        Told::of(output)
    }

    /// The same, still at work, with a pipe for stdout and stderr.
    pub(crate) fn begin(&self, words: &str) -> Child {
        let mut command = self.command(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_solvekit"));
        command
            .args(words.split_whitespace())
            .current_dir(self.0.path())
            // What it measures is no part of anybody's home.
            .env("XDG_CACHE_HOME", self.0.path().join(".cache"))
            .stdin(Stdio::null());
        command
    }

    /// `solvekit solve --matrix a.mtx` with these words.
    pub(crate) fn solve(&self, words: &str) -> Told {
        self.run(&format!("solve --matrix a.mtx {words}"))
    }

    /// Solves, asks for x, and expects a refusal that holds all of `words`, and no file written.
    #[track_caller]
    pub(crate) fn refuses(&self, options: &str, words: &[&str]) {
        let before = self.names();
        let told = self.solve(&format!("{options} --json --output refused.npy"));
        assert_eq!(told.code, Some(2), "{told:?}");
        assert_eq!(told.stdout, "", "nothing on stdout");
        for word in words {
            assert!(told.stderr.contains(word), "`{word}` is not in: {}", told.stderr);
        }
        assert_eq!(self.names(), before, "nothing is written");
    }

    /// Solves with `--output x.csv`, and gives the exit code, the JSON and the rows of x.
    #[track_caller]
    pub(crate) fn solved(&self, options: &str) -> (Option<i32>, Value, Vec<Vec<f64>>) {
        let told = self.solve(&format!("{options} --json --output x.csv"));
        let json = told.json();
        let text = fs::read_to_string(self.path("x.csv")).expect("a solution was written");
        let number = |word: &str| word.parse().expect("a number");
        let rows = text.lines().map(|line| line.split(',').map(number).collect()).collect();
        (told.code, json, rows)
    }
}

impl Told {
    /// What a program that has ended told.
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// The one JSON object on stdout.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(json @ Value::Object(_)) => json,
            other => panic!("no JSON object: {other:?} from {self:?}"),
        }
    }
}

/// The 5-point Laplacian on an n × n grid.
pub(crate) fn laplacian(n: usize) -> String {
    let mut entries = Vec::new();
    for i in 1..=n * n {
        entries.push(format!("{i} {i} 4"));
        if i % n != 0 {
            entries.push(format!("{} {i} -1", i + 1));
        }
        if i + n <= n * n {
            entries.push(format!("{} {i} -1", i + n));
        }
    }
    let (size, count) = (n * n, entries.len());
    let banner = "%%MatrixMarket matrix coordinate real symmetric";
    format!("{banner}\n{size} {size} {count}\n{}\n", entries.join("\n"))
}
