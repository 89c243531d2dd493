//! Median and spread.

use std::fmt;

/// The median of some numbers, with the quartiles about it.
#[derive(Clone, Copy)]
pub struct Spread {
    pub median: f64,
    lower: f64,
    upper: f64,
}

impl FromIterator<f64> for Spread {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Self {
        let mut sorted: Vec<_> = numbers.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        Self {
            median: quantile(&sorted, 2),
            lower: quantile(&sorted, 1),
            upper: quantile(&sorted, 3),
        }
    }
}

/// So many quarters of the way through sorted numbers, between neighbours where it falls there.
#[expect(clippy::cast_precision_loss, reason = "a remainder below four")]
fn quantile(sorted: &[f64], quarters: usize) -> f64 {
    let position = sorted.len().saturating_sub(1) * quarters;
    let at = |index: usize| sorted.get(index).copied();
    let (index, rest) = (position / 4, position % 4);
    match (at(index), at(index + 1)) {
        (Some(here), Some(next)) => here + (next - here) * rest as f64 / 4.0,
        (Some(here), None) => here,
        (None, _) => f64::NAN,
    }
}

/// `1.05 (1.04–1.07)`; the precision is that of the format, two digits by default.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(2);
        let Self {
            median,
            lower,
            upper,
        } = self;
        write!(f, "{median:.digits$} ({lower:.digits$}–{upper:.digits$})")
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn median_and_quartiles() {
        let spread: Spread = [5.0, 1.0, 3.0, 2.0, 4.0].into_iter().collect();
        assert_eq!(format!("{spread:.1}"), "3.0 (2.0–4.0)");
        let spread: Spread = [1.0, 2.0].into_iter().collect();
        assert_eq!(spread.to_string(), "1.50 (1.25–1.75)");
    }
}
