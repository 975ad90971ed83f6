use super::prelude::*;

modifier! {
    /// Gradient centralization: takes the mean over the inputs of each output off the gradient of a matrix or kernel.
    ///
    /// ```text
    /// g <- g - mean(g)
    /// ```
    ///
    /// In Burn's layout: the mean is over the first axis of a matrix, which is `[in, out]`, and over all axes but the
    /// first of a kernel, which is `[out, in, ...]`. optax takes it over all but the first for both. Vectors are left
    /// alone, and matrices where `conv_only`.
    ///
    /// Yong et al., [Gradient Centralization](https://arxiv.org/abs/2004.01461), 2020.
    Centralized, "centralized",
    conventions [Paper paper, Optax optax],
    {
        /// Sets whether only kernels of convolutions are centralized.
        conv_only with_conv_only: bool in Flag only [Paper],
    }
}

impl Centralized {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            conv_only: false,
        }
    }
}

impl Modifier<0, 1> for Centralized {
    /// How many elements a mean is taken over.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Gradient;

    fn applies(&self, shape: &[usize]) -> bool {
        shape.len() > if self.conv_only { 2 } else { 1 }
    }

    fn scalars(&self, _clock: &mut Clock, shape: &[usize]) -> Option<f64> {
        let [over] = self.sums_over(shape);
        Some(over.iter().map(|axis| shape[*axis] as f64).product())
    }

    fn sums_over(&self, shape: &[usize]) -> [Vec<usize>; 1] {
        let rank = shape.len();
        [match self.convention {
            Convention::Optax => (1..rank).collect(),
            _ => inputs_of_units(rank),
        }]
    }

    #[inline(always)]
    fn measure<N: Number>(&self, _: &f64, seen: Seen<N>, _: [N; 0]) -> [N; 1] {
        [seen.now]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, len: &f64, [sum]: [N; 1], _: [N; 1]) -> ([N; 1], [N; 1]) {
        ([sum / *len], [sum])
    }

    #[inline(always)]
    fn modify<N: Number>(&self, _: &f64, seen: Seen<N>, _: [N; 0], [mean]: [N; 1]) -> (N, [N; 0]) {
        (seen.now - mean, [])
    }
}
