//! What a step refuses: a learning rate that is none, and tensors that do not belong to the parameter.

use burn::backend::{DispatchTensor, TensorMetadata};
use burn::tensor::Shape;

use crate::fused::{are_codes, codes_shape, has_shape};

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
pub(super) fn gradient_fits(
    rule: impl FnOnce() -> &'static str,
    param: &Shape,
    grad: &DispatchTensor,
) {
    assert!(
        has_shape(grad, param),
        "{}: the gradient has shape {:?}, the parameter {:?}",
        rule(),
        &*grad.shape(),
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
        if let Some(state) = state
            && !has_shape(state, wanted)
        {
            does_not_belong(&owner, &state.shape(), wanted);
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
        if are_codes(state) {
            // Codes have a shape of their own.
            if state.shape() != codes_shape(wanted) || before != Some(&**wanted) {
                does_not_belong(&owner, before.unwrap_or_default(), wanted);
            }
        } else if !has_shape(state, wanted) {
            does_not_belong(&owner, &state.shape(), wanted);
        }
    }
}

#[cold]
fn does_not_belong(owner: impl Fn() -> &'static str, shape: &[usize], wanted: &[usize]) -> ! {
    panic!(
        "{}: the state of a parameter has shape {shape:?}, where {wanted:?} belongs: it is that of another parameter or \
         of other settings",
        owner()
    );
}
