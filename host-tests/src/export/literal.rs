//! Numbers as Rust writes them.

use std::fmt::{Display, Write};

/// The width of generated lines.
const WIDTH: usize = 100;

/// A finite number as a literal that is the same number again, to the bit: its shortest decimal.
pub(super) fn real(number: f32) -> String {
    format!("{number:?}")
}

/// Numbers, comma by comma, in lines of four spaces more than `indent`.
pub(super) fn list<T>(numbers: &[T], indent: usize, literal: impl Fn(&T) -> String) -> String {
    let (mut text, mut width) = (String::new(), WIDTH);
    for number in numbers {
        let word = literal(number) + ",";
        if width + 1 + word.len() > WIDTH {
            let _ = write!(text, "\n{:1$}", "", indent + 4);
            width = indent + 4 + word.len();
        } else {
            text.push(' ');
            width += 1 + word.len();
        }
        text += &word;
    }
    let _ = write!(text, "\n{:1$}", "", indent);
    text
}

/// `NAME: TYPE = VALUE;` with its documentation, left alone by rustfmt.
pub(super) fn table(doc: &str, name: &str, kind: impl Display, value: impl Display) -> String {
    format!("/// {doc}\n#[rustfmt::skip]\npub static {name}: {kind} = {value};\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a compiler reads is what was written: rustc parses literals as `str::parse` does.
    #[test]
    fn literals_are_the_same_numbers_again() {
        let awkward = [0.0, -0.0, f32::from_bits(1), f32::MIN_POSITIVE, f32::MAX, f32::MIN, 1e16];
        let more = (0..100_000_u32).map(|k| f32::from_bits(k.wrapping_mul(2_654_435_761)));
        for number in awkward.into_iter().chain(more.filter(|number| number.is_finite())) {
            let literal = real(number);
            assert_eq!(literal.parse::<f32>().expect("a number").to_bits(), number.to_bits());
            assert!(literal.contains(['.', 'e']), "{literal} would be a whole number");
        }
    }

    #[test]
    fn lines_end_where_they_should() {
        let numbers = [1.5_f32; 60];
        let text = list(&numbers, 4, |number| real(*number));
        assert!(text.lines().all(|line| line.len() <= WIDTH && !line.ends_with(", ")));
        assert_eq!(text.matches("1.5,").count(), 60);
    }
}
