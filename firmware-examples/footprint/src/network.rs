//! A network as `solvekit export` writes one: its layers on checked measurements, and its self-test.
//! Of 24 × 48, or of SOLVEKIT_NETWORK_ROWS × SOLVEKIT_NETWORK_COLUMNS; `cargo xtask emulate plan` knows the bytes of
//! the tables here.

use crate::measure::call;
use crate::size::network;
use core::hint::black_box;
use scenarios::exported::{
    self, AdaLista, Alista, Curved, HyperLista, Iht, Ista, Lista, Module, Tista, codes, reals,
    scales,
};
use solvekit::dictionary::Quantized;
use solvekit::nalgebra::ArrayStorage;
use solvekit::{SMatrix, SVector, Transposed};

/// Knots of splines: their tables and their code are the same for any number.
const KNOTS: usize = 8;
const M: usize = network((24, 48)).0;
const N: usize = network((24, 48)).1;
/// Blocks of codes in a column of M, and of N.
const OF_M: usize = M.div_ceil(16);
const OF_N: usize = N.div_ceil(16);

type Codes<const R: usize, const C: usize> = Quantized<'static, R, C, 16>;

static Y: [f32; M] = [1.5; M];
static X: [f32; N] = [2.5; N];
static A: SMatrix<f32, M, N> = SMatrix::from_array_storage(ArrayStorage(reals()));
static B: SMatrix<f32, N, M> = SMatrix::from_array_storage(ArrayStorage(reals()));
static C: SMatrix<f32, N, N> = SMatrix::from_array_storage(ArrayStorage(reals()));
static W: SMatrix<f32, M, M> = SMatrix::from_array_storage(ArrayStorage(reals()));
static A_CODES: [[i8; M]; N] = codes::<M, N, OF_M>();
static A_SCALES: [[f32; OF_M]; N] = scales::<M, N, OF_M>();
static A_Q8: Codes<M, N> = matrix(A_CODES.as_flattened(), A_SCALES.as_flattened());
static B_CODES: [[i8; N]; M] = codes::<N, M, OF_N>();
static B_SCALES: [[f32; OF_N]; M] = scales::<N, M, OF_N>();
static B_Q8: Codes<N, M> = matrix(B_CODES.as_flattened(), B_SCALES.as_flattened());
static C_CODES: [[i8; N]; N] = codes::<N, N, OF_N>();
static C_SCALES: [[f32; OF_N]; N] = scales::<N, N, OF_N>();
static C_Q8: Codes<N, N> = matrix(C_CODES.as_flattened(), C_SCALES.as_flattened());
static W_CODES: [[i8; M]; M] = codes::<M, M, OF_M>();
static W_SCALES: [[f32; OF_M]; M] = scales::<M, M, OF_M>();
static W_Q8: Codes<M, M> = matrix(W_CODES.as_flattened(), W_SCALES.as_flattened());

const fn matrix<const R: usize, const C: usize>(
    codes: &'static [i8],
    scales: &'static [f32],
) -> Codes<R, C> {
    match Quantized::new(codes, scales) {
        Ok(matrix) => matrix,
        // While compiling: there is no such branch in the image.
        Err(_) => panic!("codes and scales that are no matrix"),
    }
}

pub(crate) fn ista() {
    deploy(&Ista(black_box(&A)));
}

pub(crate) fn ista_q8() {
    deploy(&Ista(black_box(&A_Q8)));
}

pub(crate) fn iht() {
    deploy(&Iht(black_box(&A)));
}

pub(crate) fn iht_q8() {
    deploy(&Iht(black_box(&A_Q8)));
}

pub(crate) fn coupled() {
    deploy(&Alista(black_box(&A)));
}

pub(crate) fn coupled_spline() {
    deploy(&Curved::of::<KNOTS>(Alista(black_box(&A))));
}

pub(crate) fn coupled_q8() {
    deploy(&Alista(black_box(&A_Q8)));
}

pub(crate) fn coupled_spline_q8() {
    deploy(&Curved::of::<KNOTS>(Alista(black_box(&A_Q8))));
}

pub(crate) fn hyper() {
    deploy(&HyperLista(black_box(&A)));
}

pub(crate) fn hyper_q8() {
    deploy(&HyperLista(black_box(&A_Q8)));
}

pub(crate) fn lista() {
    deploy(&Lista(Transposed(black_box(&B)), black_box(&C)));
}

pub(crate) fn lista_spline() {
    deploy(&Curved::of::<KNOTS>(Lista(Transposed(black_box(&B)), black_box(&C))));
}

pub(crate) fn lista_q8() {
    deploy(&Lista(Transposed(black_box(&B_Q8)), black_box(&C_Q8)));
}

pub(crate) fn lista_spline_q8() {
    deploy(&Curved::of::<KNOTS>(Lista(Transposed(black_box(&B_Q8)), black_box(&C_Q8))));
}

pub(crate) fn ada_lista() {
    deploy(&AdaLista(black_box(&A), black_box(&W)));
}

pub(crate) fn ada_lista_spline() {
    deploy(&Curved::of::<KNOTS>(AdaLista(black_box(&A), black_box(&W))));
}

pub(crate) fn ada_lista_q8() {
    deploy(&AdaLista(black_box(&A_Q8), black_box(&W_Q8)));
}

pub(crate) fn ada_lista_spline_q8() {
    deploy(&Curved::of::<KNOTS>(AdaLista(black_box(&A_Q8), black_box(&W_Q8))));
}

pub(crate) fn tista() {
    deploy(&Tista(black_box(&A)));
}

pub(crate) fn tista_q8() {
    deploy(&Tista(black_box(&A_Q8)));
}

/// Its `recover` is measured; the self-test is in the image too.
fn deploy(module: &impl Module<M, N>) {
    let Ok(layers) = module.layers() else { return };
    let mut state = black_box(exported::start(module, &layers));
    let y = black_box(SVector::repeat(1.0));
    let kept = size_of_val(&state);
    let _ = black_box(call(kept, || exported::recover(module, &layers, &y, &mut state)));
    let golden = [black_box(&Y[..]), black_box(&X[..])];
    let _ = black_box(exported::self_test(module, black_box(0), golden, &mut state));
    black_box(state.x);
}
