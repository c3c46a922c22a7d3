//! Splines as an exported module stores them.

use super::literal::{list, real, table};
use super::parts::Parts;
use solvekit::network::Spline;

/// `Spline::constant`, whose refusal is one of the compiler's.
pub(super) const HELP: &str = "\
const fn spline(knots: &[f32], values: &[f32]) -> Spline<f32> {
    match Spline::constant(knots, values) {
        Ok(spline) => spline,
        // While compiling: there is no such branch in the image.
        Err(_) => panic!(\"knots and values that are no spline\"),
    }
}

";

/// Adds them to the checksum of a module, slopes too: these are in the flash as well.
pub(super) const SUM: &str = "    \
    for spline in &SPLINES {
        sum = sum.reals(spline.knots()).reals(spline.values()).reals(spline.slopes());
    }
";

impl Parts {
    /// The same with one spline for each layer; none where they threshold softly.
    pub(super) fn with_splines(self, splines: &[Spline<f32>]) -> Self {
        if splines.is_empty() {
            return self;
        }
        let numbers = |numbers: &[f32]| {
            let all: Vec<String> = numbers.iter().map(|number| real(*number)).collect();
            format!("&[{}]", all.join(", "))
        };
        let literal = |spline: &Spline<f32>| {
            format!("spline({}, {})", numbers(spline.knots()), numbers(spline.values()))
        };
        let statics = table(
            "The shrinkage of each layer: knots and values, in units of its threshold.",
            "SPLINES",
            format_args!("[Spline<f32>; {}]", splines.len()),
            format_args!("[{}]", list(splines, 0, literal)),
        );
        let summed = splines.iter().flat_map(|spline| {
            [spline.knots(), spline.values(), spline.slopes()].map(<[f32]>::to_vec)
        });
        let layers = self.layers.strip_suffix('>').unwrap_or(&self.layers);
        // Arrays are no slices before the shrinkage is known.
        let build = self.build.replace("&NUMBERS)", "&NUMBERS[..])");
        Self {
            layers: format!("{layers}, &'static [Spline<f32>]>"),
            build: format!(
                "    let layers = {}?;\n    layers.with_shrinkage(&SPLINES[..])\n",
                build.trim()
            ),
            tables: self.tables + &statics,
            numbers: self.numbers.into_iter().chain(summed).collect(),
            has_splines: true,
            ..self
        }
    }
}
