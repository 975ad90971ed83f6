use burn::config::Config;
use burn::tensor::{Distribution, Tensor, TensorData};

use super::settings::expect_valid;
use super::{Fans, Initialize};
use crate::matrix::orthonormalize;
use crate::registry::{Range, SpecError};

/// Orthogonal weights: a rotation, times `gain`.
///
/// The weights as a matrix `[dims[0], everything else]` have orthonormal rows, or columns if there
/// are fewer of these, so that a square layer changes no length at all:
///
/// ```text
/// W W^T = gain^2 I    or    W^T W = gain^2 I
/// ```
///
/// All such matrices are equally likely: they are the `Q` of a normal matrix's QR decomposition
/// with a positive diagonal in `R`, computed by Gram-Schmidt in `f64` on the CPU, until a row no
/// longer shrinks, which is as orthogonal as rounding allows. The normal matrix is drawn on the
/// weights' own device.
///
/// Default: `gain` 1. Source: `torch.nn.init.orthogonal_`.
///
/// Saxe et al., [Exact solutions to the nonlinear dynamics of learning in deep linear neural
/// networks](https://arxiv.org/abs/1312.6120), 2013. Mezzadri, [How to generate random matrices
/// from the classical compact groups](https://arxiv.org/abs/math-ph/0609050), 2007. Giraud et al.,
/// "Rounding error analysis of the classical Gram-Schmidt orthogonalization process", 2005.
#[derive(Config, Copy, Debug, PartialEq)]
pub struct OrthogonalConfig {
    /// The length of the rows or columns.
    #[config(default = 1.0)]
    gain: f64,
}

impl OrthogonalConfig {
    /// The length of the rows or columns.
    pub fn gain(&self) -> f64 {
        self.gain
    }
}

impl Initialize for OrthogonalConfig {
    /// `gain` must be greater than 0.
    fn validate(&self) -> Result<(), SpecError> {
        Range::AboveZero.check("OrthogonalConfig", "gain", self.gain)
    }

    fn draw<const D: usize>(&self, weights: &Tensor<D>, _fans: Fans) -> Tensor<D> {
        expect_valid(self);
        let dims = weights.dims();
        let (rows, columns) = (dims[0], dims[1..].iter().product::<usize>());
        if rows == 0 || columns == 0 {
            return weights.clone();
        }
        let (short, long) = (rows.min(columns), rows.max(columns));
        let mut basis: Vec<f64> = weights
            .random_like(Distribution::Normal(0.0, 1.0))
            .into_data()
            .iter::<f64>()
            .collect();
        orthonormalize(&mut basis, long);
        basis.iter_mut().for_each(|weight| *weight *= self.gain);

        let options = (&weights.device(), weights.dtype());
        let matrix = Tensor::<2>::from_data(TensorData::new(basis, [short, long]), options);
        match rows <= columns {
            true => matrix.reshape(dims),
            false => matrix.transpose().reshape(dims),
        }
    }
}
