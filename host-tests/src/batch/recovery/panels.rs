//! [`Panels`]: a matrix laid out for products with the signals of all lanes.

use super::super::lanes::{Apart, Side};
use solvekit::Real;

/// Rows of a panel: with two registers for each they are the sums that a processor with thirty-two
/// registers adds to at once, which hides how long an addition takes.
const ROWS: usize = 8;

/// A matrix in panels of [`ROWS`] rows, in each column by column; the last panel is filled up with
/// zeros.
#[derive(Clone, Debug)]
pub(super) struct Panels<R> {
    terms: usize,
    numbers: Vec<[R; ROWS]>,
}

/// So many numbers for so many rows: whole panels.
pub(super) const fn padded(rows: usize) -> usize {
    rows.next_multiple_of(ROWS)
}

impl<R: Real> Panels<R> {
    /// A matrix of so many rows and columns, by its entries.
    pub(super) fn new((rows, columns): (usize, usize), entry: impl Fn(usize, usize) -> R) -> Self {
        let panels =
            (0..rows.div_ceil(ROWS)).flat_map(|panel| (0..columns).map(move |k| (panel, k)));
        let numbers = panels.map(|(panel, column)| {
            std::array::from_fn(|i| {
                let row = panel * ROWS + i;
                if row < rows { entry(row, column) } else { R::ZERO }
            })
        });
        Self { terms: columns, numbers: numbers.collect() }
    }
}

/// What becomes of the rows of a product, so many at a time. To be `#[inline(always)]`.
pub(super) trait Rows<T: Side> {
    /// What the sums of rows start from.
    #[inline(always)]
    fn start<const COUNT: usize>(&self, _first: usize) -> [T; COUNT] {
        [T::ZERO; COUNT]
    }
    /// Takes the sums of rows, in order.
    fn end<const COUNT: usize>(&mut self, first: usize, sums: [T; COUNT]);
}

/// The numbers of neighbouring rows: asked for once whether they are there.
#[inline(always)]
pub(super) fn rows<T, const COUNT: usize>(all: &[T], first: usize) -> &[T; COUNT] {
    all[first..].first_chunk().expect("whole panels")
}

/// The same, to be changed.
#[inline(always)]
pub(super) fn rows_mut<T, const COUNT: usize>(all: &mut [T], first: usize) -> &mut [T; COUNT] {
    all[first..].first_chunk_mut().expect("whole panels")
}

/// Sums as they are.
pub(super) struct Plain<'t, T> {
    pub(super) start: Option<&'t [T]>,
    pub(super) out: &'t mut [T],
}

impl<T: Side> Rows<T> for Plain<'_, T> {
    #[inline(always)]
    fn start<const COUNT: usize>(&self, first: usize) -> [T; COUNT] {
        match self.start {
            Some(start) => *rows(start, first),
            None => [T::ZERO; COUNT],
        }
    }
    #[inline(always)]
    fn end<const COUNT: usize>(&mut self, first: usize, sums: [T; COUNT]) {
        *rows_mut(self.out, first) = sums;
    }
}

/// The product of a matrix and the signals of all lanes, each sum in the order of its terms, each term
/// fused with the sum; `rows` with what they became.
#[inline(always)]
pub(super) fn multiply<T: Side, O: Rows<T>>(panels: &Panels<T::Real>, x: &[T], rows: O) -> O {
    T::apart(Product { panels, x, rows })
}

struct Product<'a, T: Side, O> {
    panels: &'a Panels<T::Real>,
    x: &'a [T],
    rows: O,
}

impl<T: Side, O: Rows<T>> Apart for Product<'_, T, O> {
    type Output = O;

    #[inline(always)]
    fn run(self) -> O {
        // By value: what `rows` adds up stays in registers, since nothing else can be where it is.
        let Self { panels, x, mut rows } = self;
        let x = &x[..panels.terms];
        let mut first = 0;
        for panel in panels.numbers.chunks_exact(panels.terms) {
            if T::MANY_REGISTERS {
                multiply_part::<T, O, 0, ROWS>(panel, x, first, &mut rows);
            } else {
                multiply_part::<T, O, 0, { ROWS / 2 }>(panel, x, first, &mut rows);
                multiply_part::<T, O, { ROWS / 2 }, { ROWS / 2 }>(panel, x, first, &mut rows);
            }
            first += ROWS;
        }
        rows
    }
}

/// `COUNT` rows of a panel, from the row `FROM` on; their sums stay in registers.
#[inline(always)]
fn multiply_part<T: Side, O: Rows<T>, const FROM: usize, const COUNT: usize>(
    panel: &[[T::Real; ROWS]],
    x: &[T],
    first: usize,
    rows: &mut O,
) {
    let mut sums: [T; COUNT] = rows.start(first + FROM);
    for (entries, x) in panel.iter().zip(x) {
        let mut i = 0;
        while i < COUNT {
            sums[i] = sums[i].plus_product(T::splat(entries[FROM + i]), *x);
            i += 1;
        }
    }
    rows.end(first + FROM, sums);
}
