//! What a step refuses: a learning rate that is none, and tensors that do not belong to the parameter.

use burn::backend::{DispatchTensor, TensorMetadata};
use burn::tensor::Shape;

use crate::fused::{are_codes, codes_shape};

/// # Panics
///
/// When the learning rate is below 0 or not finite.
pub(super) fn learning_rate_fits(rule: impl FnOnce() -> &'static str, lr: f64) {
    assert!(
        lr >= 0.0 && lr.is_finite(),
        "{}: the learning rate must be 0 or more and finite, got {lr}",
        rule()
    );
}

/// # Panics
///
/// When the gradient has another shape than the parameter. A pass over memory would read a longer one as far as it needs,
/// and spread a shorter one.
pub(super) fn gradient_fits(rule: impl FnOnce() -> &'static str, param: &Shape, grad: &Shape) {
    assert!(
        grad == param,
        "{}: the gradient has shape {:?}, the parameter {:?}",
        rule(),
        &**grad,
        &**param
    );
}

/// # Panics
///
/// When a tensor that is there has not the shape beside it.
pub(super) fn states_fit<'a>(
    owner: impl Fn() -> &'static str,
    states: impl Iterator<Item = (&'a Option<DispatchTensor>, &'a Shape)>,
) {
    for (state, wanted) in states {
        if let Some(state) = state {
            let shape = state.shape();
            belongs(&owner, shape == *wanted, &shape, wanted);
        }
    }
}

/// # Panics
///
/// When a state is not that of a parameter of this shape. `before` is the shape that the states were of, which codes do not
/// show.
pub(super) fn own_states_fit(
    owner: impl Fn() -> &'static str,
    states: &[Option<DispatchTensor>],
    before: Option<&[usize]>,
    wanted: &Shape,
) {
    for state in states.iter().flatten() {
        let shape = state.shape();
        match are_codes(state) {
            true => {
                let fits = shape == codes_shape(wanted) && before == Some(&**wanted);
                belongs(&owner, fits, before.unwrap_or_default(), wanted);
            }
            false => belongs(&owner, shape == *wanted, &shape, wanted),
        }
    }
}

fn belongs(owner: impl Fn() -> &'static str, fits: bool, shape: &[usize], wanted: &[usize]) {
    assert!(
        fits,
        "{}: the state of a parameter has shape {shape:?}, where {wanted:?} belongs: it is that of another parameter or \
         of other settings",
        owner()
    );
}
