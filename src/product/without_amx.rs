//! Where there are no tiles.

use super::matrix::Matrix;

pub(super) fn is_supported() -> bool {
    false
}

pub(super) unsafe fn multiply(
    _lhs: &Matrix<'_, f32>,
    _rhs: &Matrix<'_, f32>,
    _output: *mut f32,
    _adds: bool,
) {
    unreachable!("not supported")
}
