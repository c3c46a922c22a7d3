//! LISTA, Ada-LISTA and TISTA: networks whose layers are products with matrices of their own.
//!
//! The way forward is the deployed layers themselves, signal by signal, and keeps x of every layer;
//! the way back computes anew what else it needs. Signals are dealt to a number of shares that
//! depends on their count alone, and the shares are added in order: threads change no bit.

mod ada_lista;
mod curve;
mod lista;
mod numbers;
mod pass;
mod tista;

pub use numbers::{Each, Form, MatrixEvaluation, MatrixNumbers, TistaForm};

use super::{Batch, Element, Evaluation, Goal};
use crate::matrix::DenseMatrix;
use ada_lista::AdaBack;
use curve::Curve;
use lista::ListaBack;
use pass::{Dictionaries, Pass};
use solvekit::LinearOperator;
use solvekit::network::{AdaLayer, AdaLista, BernoulliGaussian, Lista, NetworkError, Tista};
use std::slice::from_ref;
use tista::TistaBack;

/// LISTA with matrices of this kind.
type DenseLista<'n, T> = Lista<'n, DenseMatrix<T>, DenseMatrix<T>, &'n [T], Curve<'n, T>>;
/// Ada-LISTA with them.
type DenseAda<'n, T> = AdaLista<'n, DenseMatrix<T>, &'n [AdaLayer<T>], Curve<'n, T>>;

/// A dictionary, and which layers are on it.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixNetwork<T> {
    dictionary: DenseMatrix<T>,
    form: Form<T>,
}

impl<T: Element> MatrixNetwork<T> {
    /// The layers of a form on a dictionary.
    #[must_use]
    pub const fn new(dictionary: DenseMatrix<T>, form: Form<T>) -> Self {
        Self { dictionary, form }
    }

    /// Which layers.
    #[must_use]
    pub const fn form(&self) -> &Form<T> {
        &self.form
    }

    /// The loss ‖x − x*‖² of a batch with these numbers, at every layer that counts; signals that
    /// are not known count as zero. A signal whose measurements no layer accepts makes it NaN.
    ///
    /// Cost of a signal: its layers.
    ///
    /// # Errors
    /// Numbers that make no layers.
    pub fn loss(
        &self,
        numbers: &MatrixNumbers<T>,
        goal: &Goal,
        batch: &Batch<T>,
    ) -> Result<Evaluation, NetworkError> {
        let dictionaries = Dictionaries::One(&self.dictionary);
        self.run(numbers, goal, (batch, dictionaries), false).map(|found| found.evaluation)
    }

    /// [`loss`](Self::loss), each signal by a dictionary of its own, of the shape of the network's.
    /// The layers stay as they are: those of Ada-LISTA take any dictionary, those of LISTA none,
    /// those of TISTA keep what they have of the network's.
    ///
    /// # Errors
    /// Numbers that make no layers.
    pub fn loss_over(
        &self,
        numbers: &MatrixNumbers<T>,
        goal: &Goal,
        batch: &Batch<T>,
        each: &Each<'_, T>,
    ) -> Result<Evaluation, NetworkError> {
        let dictionaries = Dictionaries::Each(each);
        self.run(numbers, goal, (batch, dictionaries), false).map(|found| found.evaluation)
    }

    /// The loss and its derivatives by all numbers.
    ///
    /// Cost of a signal: about four times its layers. Memory: sixteen times the weights, and x of
    /// every layer for each thread.
    ///
    /// # Errors
    /// Numbers that make no layers.
    pub fn gradient(
        &self,
        numbers: &MatrixNumbers<T>,
        goal: &Goal,
        batch: &Batch<T>,
    ) -> Result<MatrixEvaluation<T>, NetworkError> {
        self.run(numbers, goal, (batch, Dictionaries::One(&self.dictionary)), true)
    }

    /// [`gradient`](Self::gradient) of [`loss_over`](Self::loss_over).
    ///
    /// # Errors
    /// Numbers that make no layers.
    pub fn gradient_over(
        &self,
        numbers: &MatrixNumbers<T>,
        goal: &Goal,
        batch: &Batch<T>,
        each: &Each<'_, T>,
    ) -> Result<MatrixEvaluation<T>, NetworkError> {
        self.run(numbers, goal, (batch, Dictionaries::Each(each)), true)
    }

    /// x of every layer from one signal's measurements: the bits of the deployed layers. `None`
    /// where they refuse the measurements.
    ///
    /// # Errors
    /// Numbers that make no layers.
    pub fn infer(
        &self,
        numbers: &MatrixNumbers<T>,
        y: &[T],
    ) -> Result<Option<Vec<Vec<T>>>, NetworkError> {
        let a = &self.dictionary;
        let y = y.to_vec().into();
        let all = match &self.form {
            Form::Lista => pass::forward(a, &self.lista(numbers)?, &y),
            Form::AdaLista => {
                let layers = ada_layers(numbers);
                pass::forward(a, &self.ada_lista(numbers, &layers)?, &y)
            }
            Form::Tista(form) => pass::forward(a, &self.tista(form, numbers)?, &y),
        };
        Ok(all.map(|all| all.iter().map(|x| x.to_vec()).collect()))
    }

    fn run(
        &self,
        numbers: &MatrixNumbers<T>,
        goal: &Goal,
        (batch, dictionaries): (&Batch<T>, Dictionaries<'_, T>),
        with_gradient: bool,
    ) -> Result<MatrixEvaluation<T>, NetworkError> {
        let a = &self.dictionary;
        let pass = Pass { dictionaries, numbers, goal, batch, with_gradient };
        Ok(match &self.form {
            Form::Lista => pass.run(&self.lista(numbers)?, &ListaBack::new(numbers)?),
            Form::AdaLista => {
                let layers = ada_layers(numbers);
                let back = AdaBack::new(a.columns(), numbers)?;
                pass.run(&self.ada_lista(numbers, &layers)?, &back)
            }
            Form::Tista(form) => {
                let back = TistaBack::new(a, form, &numbers.steps);
                pass.run(&self.tista(form, numbers)?, &back)
            }
        })
    }

    fn lista<'n>(&self, numbers: &'n MatrixNumbers<T>) -> Result<DenseLista<'n, T>, NetworkError> {
        let [b, c] = numbers.pair()?;
        Lista::new(&self.dictionary, from_ref(b), from_ref(c), &*numbers.thresholds)?
            .with_shrinkage(Curve::of(numbers))
    }

    fn ada_lista<'n>(
        &self,
        numbers: &'n MatrixNumbers<T>,
        layers: &'n [AdaLayer<T>],
    ) -> Result<DenseAda<'n, T>, NetworkError> {
        let [w1, w2] = numbers.pair()?;
        AdaLista::new(&self.dictionary, w1, w2, layers)?.with_shrinkage(Curve::of(numbers))
    }

    fn tista<'n>(
        &'n self,
        form: &'n TistaForm<T>,
        numbers: &'n MatrixNumbers<T>,
    ) -> Result<Tista<'n, T, DenseMatrix<T>, &'n [T]>, NetworkError> {
        let prior = BernoulliGaussian::new(form.density, form.variance)?;
        let (a, steps) = (&self.dictionary, &*numbers.steps);
        Tista::with_energies(a, &form.weight, prior, form.noise, form.energies, steps)
    }
}

fn ada_layers<T: Element>(numbers: &MatrixNumbers<T>) -> Vec<AdaLayer<T>> {
    let both = numbers.steps.iter().zip(&numbers.thresholds);
    both.map(|(step, threshold)| AdaLayer { step: *step, threshold: *threshold }).collect()
}
