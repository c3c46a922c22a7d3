//! [`Panel`]: one plot of the paper, as methods on a data set with one block size.

use super::contender::{Selection, Step};
use super::problem::{Cut, Method, Set};

/// One plot of the paper.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The paper's figure.
    pub figure: u32,
    /// The data set.
    pub set: Set,
    /// τ.
    pub size: usize,
    /// Its curves.
    pub methods: Vec<Method>,
}

impl Panel {
    /// The name of its file.
    #[must_use]
    pub fn name(&self) -> String {
        format!("figure-{}-{}-{}", self.figure, self.set, self.size)
    }
}

use Selection::{
    CyclicFixed, CyclicVariable, GsFixed, GsVariable, GsdFixed, GsdVariable, GslFixed, GslVariable,
    GsqFixed, GsqVariable, LipschitzFixed, LipschitzVariable, RandomFixed, RandomVariable,
};

const GRADIENT: [Selection; 10] = [
    GslVariable,
    GsVariable,
    GslFixed,
    GsFixed,
    CyclicFixed,
    RandomFixed,
    LipschitzFixed,
    LipschitzVariable,
    CyclicVariable,
    RandomVariable,
];

const MATRIX: [Selection; 8] =
    [GsqVariable, GsdVariable, GslVariable, GsVariable, GsqFixed, GsdFixed, GslFixed, GsFixed];

const NEWTON: [Selection; 6] = [GsqVariable, GsdVariable, GsVariable, GsqFixed, GsdFixed, GsFixed];

/// Every panel, in the order of the figures.
#[must_use]
pub fn panels() -> Vec<Panel> {
    let sorted = |step, selections: &[Selection]| {
        let method = |selection: &Selection| Method { selection: *selection, step, cut: Cut::Sort };
        selections.iter().map(method).collect::<Vec<_>>()
    };
    let cuts = || {
        let each = [Cut::Order, Cut::Sort, Cut::Average].into_iter();
        let methods = each.flat_map(|cut| {
            [GsFixed, GslFixed, GsdFixed].map(|selection| Method {
                selection,
                step: Step::Gradient,
                cut,
            })
        });
        methods.collect::<Vec<_>>()
    };
    let estimated = || {
        let each = [Step::Estimated, Step::Gradient].into_iter();
        let methods = each.flat_map(|step| {
            [GsFixed, GslFixed, CyclicFixed].map(|selection| Method {
                selection,
                step,
                cut: Cut::Order,
            })
        });
        methods.collect::<Vec<_>>()
    };
    let mut panels = Vec::new();
    let mut add = |figure, sets: &[Set], sizes: &[usize], methods: Vec<Method>| {
        for set in sets {
            for size in sizes {
                panels.push(Panel { figure, set: *set, size: *size, methods: methods.clone() });
            }
        }
    };
    let every = [Set::A, Set::B, Set::C, Set::D, Set::E];
    add(4, &[Set::A, Set::C, Set::E], &[5], sorted(Step::Gradient, &GRADIENT));
    add(5, &[Set::A, Set::C, Set::E], &[5], sorted(Step::Matrix, &MATRIX));
    add(8, &every, &[5, 50, 100], sorted(Step::Gradient, &GRADIENT));
    add(9, &[Set::A, Set::B, Set::C], &[5, 20, 50], estimated());
    add(10, &every, &[5, 20, 50], cuts());
    add(11, &every, &[5, 50, 100], sorted(Step::Matrix, &MATRIX));
    add(12, &[Set::B, Set::C], &[5, 50, 100], sorted(Step::Newton, &NEWTON));
    panels
}
