//! [`Omega`]: the word after `--omega`.

use std::str::FromStr;

/// Where ω comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Omega {
    /// Given.
    Fixed(f64),
    /// Young's formula, from the Jacobi radius.
    Young,
    /// Found by what this solve and the ones before it show.
    Auto,
    /// Raised inside the solve.
    Adaptive,
    /// Learned across a sequence of systems by Tsallis-INF.
    Tsallis,
    /// Learned across a sequence of systems by ChebCB, with the shift as context.
    Cheb,
}

impl FromStr for Omega {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "auto" => Ok(Self::Auto),
            "young" => Ok(Self::Young),
            "adaptive" => Ok(Self::Adaptive),
            "tsallis" => Ok(Self::Tsallis),
            "cheb" => Ok(Self::Cheb),
            _ => match word.parse::<f64>() {
                Ok(omega) if omega > 0.0 && omega < 2.0 => Ok(Self::Fixed(omega)),
                Ok(_) => Err("omega must lie strictly between 0 and 2".to_owned()),
                Err(_) => {
                    Err("expected a number, `auto`, `young`, `adaptive`, `tsallis` or `cheb`"
                        .to_owned())
                }
            },
        }
    }
}
