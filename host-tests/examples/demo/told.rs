//! [`Told`]: what one side told of a story, as text and as numbers.

use anyhow::Context;
use std::path::Path;

/// The lines of one side.
pub(crate) struct Told {
    lines: Vec<String>,
}

impl Told {
    /// What the story says on this machine.
    pub(crate) fn here(story: impl FnOnce(&mut dyn FnMut(scenarios::Line))) -> Self {
        let mut lines = Vec::new();
        story(&mut |line| lines.push(line.to_string()));
        Self { lines }
    }

    /// What the microcontroller said, from the file that xtask wrote.
    pub(crate) fn there(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Ok(Self { lines: text.lines().map(str::to_owned).collect() })
    }

    /// Mean instructions of the region of this name.
    pub(crate) fn instructions(&self, name: &str) -> Option<u64> {
        let label = format!("instructions of {name}: ");
        self.lines.iter().find_map(|line| line.strip_prefix(&label)?.parse().ok())
    }

    /// The lines of one method: those after its title that are set in.
    pub(crate) fn section(&self, title: &str) -> Section<'_> {
        let after = self.lines.iter().skip_while(|line| *line != title).skip(1);
        Section {
            lines: after.take_while(|line| line.starts_with("  ")).map(String::as_str).collect(),
        }
    }
}

/// What was told of one method.
#[derive(Debug, PartialEq)]
pub(crate) struct Section<'a> {
    lines: Vec<&'a str>,
}

impl Section<'_> {
    fn value(&self, label: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| line.trim().strip_prefix(label)?.strip_prefix(": "))
    }

    /// A whole number.
    pub(crate) fn count(&self, label: &str) -> anyhow::Result<u64> {
        let text = self.value(label).with_context(|| format!("`{label}` was not told"))?;
        text.parse().with_context(|| format!("`{label}`: {text}"))
    }

    /// A real, from its bits.
    pub(crate) fn real(&self, label: &str) -> anyhow::Result<f32> {
        let text = self.value(label).with_context(|| format!("`{label}` was not told"))?;
        let bits = text.strip_prefix("0x").and_then(|t| t.get(..8));
        let bits = bits.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        Ok(f32::from_bits(bits.with_context(|| format!("`{label}`: {text}"))?))
    }
}
