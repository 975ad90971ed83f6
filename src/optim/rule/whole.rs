use core::fmt::Debug;
use std::sync::Arc;

use burn::backend::ops::FloatTensorOps;
use burn::backend::{Dispatch, DispatchTensor};
use burn::tensor::{Shape, Tensor};

use super::decay::Decay;
use super::modifier::{Part, Ready};
use super::pipeline::Step;
use super::{Changes, Clock};
use crate::fused::{flattened, shaped, widened};

/// A modifier of the gradient that works on a tensor as a whole, by matrix products say, and remembers tensors of any
/// shapes. A rule has it before itself: [`Modifiers::with_whole`](super::Modifiers::with_whole).
///
/// ```
/// use burn::tensor::Tensor;
/// use burn_extras::optim::{Clock, Memory, SeenWhole, WholeModifier};
///
/// /// A matrix's gradients less what all of them had in common so far: their mean row.
/// #[derive(Clone, Debug)]
/// struct WithoutMeanRow;
///
/// impl WholeModifier for WithoutMeanRow {
///     type Scalars = f64;
///
///     fn applies(&self, shape: &[usize]) -> bool {
///         shape.len() == 2
///     }
///
///     fn states(&self, shape: &[usize]) -> Vec<Vec<usize>> {
///         vec![vec![1, shape[1]]]
///     }
///
///     fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
///         Some(1.0 / clock.time as f64)
///     }
///
///     fn modify(&self, share: &f64, seen: SeenWhole<'_>, memory: &mut Memory<'_>) -> Tensor<1> {
///         let [rows, columns] = [seen.shape[0], seen.shape[1]];
///         let matrix = seen.now.reshape([rows, columns]);
///         let mean = memory.take(0, [1, columns]) * (1.0 - share) + matrix.clone().mean_dim(0) * *share;
///         memory.set(0, mean.clone());
///         (matrix - mean).reshape([rows * columns])
///     }
/// }
/// ```
pub trait WholeModifier: Clone + Debug + Send + Sync + 'static {
    /// What a step works out once, in `f64`, outside of the tensors.
    type Scalars: 'static;

    /// Where [`Clock::memory`] starts.
    const MEMORY: [f64; 2] = [0.0; 2];

    /// Whether a tensor of this shape is changed at all. Default: yes.
    fn applies(&self, _shape: &[usize]) -> bool {
        true
    }

    /// The shapes of what is remembered of a tensor of this shape, which are zeros before the first step. Default:
    /// nothing is.
    fn states(&self, _shape: &[usize]) -> Vec<Vec<usize>> {
        Vec::new()
    }

    /// The scalars of one step; may advance the clock's memory. `None` leaves this step as it is.
    fn scalars(&self, clock: &mut Clock, shape: &[usize]) -> Option<Self::Scalars>;

    /// [`SeenWhole::now`] as it is to be.
    fn modify(
        &self,
        scalars: &Self::Scalars,
        seen: SeenWhole<'_>,
        memory: &mut Memory<'_>,
    ) -> Tensor<1>;
}

/// What a [`WholeModifier`] sees of a tensor: its elements one behind the other. What is computed in `f32` for half
/// precision is `f32` here.
#[derive(Debug)]
#[non_exhaustive]
pub struct SeenWhole<'a> {
    /// The tensor's shape.
    pub shape: &'a [usize],
    /// What is to be changed.
    pub now: Tensor<1>,
    step: &'a Step,
}

impl SeenWhole<'_> {
    /// The parameter before the step.
    pub fn param(&self) -> Tensor<1> {
        self.given(0)
    }

    /// The gradient as it was given.
    pub fn grad(&self) -> Tensor<1> {
        self.given(1)
    }

    fn given(&self, place: usize) -> Tensor<1> {
        let given = self.step[place].clone().expect("it is given");
        flattened(widened(given))
    }
}

/// What a [`WholeModifier`] remembers, in the order of its [`states`](WholeModifier::states).
#[derive(Debug)]
pub struct Memory<'a> {
    tensors: &'a mut [Option<DispatchTensor>],
    shapes: &'a [Shape],
}

impl Memory<'_> {
    /// Takes a tensor, in a shape of as many elements. It is to be set again.
    pub fn take<const D: usize>(&mut self, index: usize, shape: [usize; D]) -> Tensor<D> {
        let tensor = self.tensors[index].take().expect("it was set");
        Tensor::from_dispatch(Dispatch::float_reshape(tensor, shape.into()))
    }

    /// Sets a tensor, of as many elements as there were.
    pub fn set<const D: usize>(&mut self, index: usize, tensor: Tensor<D>) {
        self.tensors[index] = Some(shaped(tensor, self.shapes[index].clone()));
    }
}

/// A modifier of whole tensors as a part.
pub(super) fn whole(modifier: impl WholeModifier) -> Arc<dyn Part> {
    Arc::new(Modified(modifier))
}

#[derive(Clone, Debug)]
struct Modified<M>(M);

impl<M: WholeModifier> Part for Modified<M> {
    fn changes(&self) -> Changes {
        Changes::Gradient
    }

    fn applies(&self, shape: &[usize]) -> bool {
        self.0.applies(shape)
    }

    fn memory(&self) -> [f64; 2] {
        M::MEMORY
    }

    fn states(&self, shape: &Shape) -> Vec<Shape> {
        self.0.states(shape).into_iter().map(Shape::from).collect()
    }

    fn ready(&self, clock: &mut Clock, _decay: Decay, shape: &Shape) -> Option<Ready> {
        let scalars = self.0.scalars(clock, shape)?;
        let (modifier, shape) = (self.0.clone(), shape.clone());
        let shapes = self.states(&shape);
        Some(Ready::Whole(Box::new(move |now, step, tensors| {
            let seen = SeenWhole {
                shape: &shape,
                now: flattened(now),
                step,
            };
            let shapes = &shapes[..];
            let now = modifier.modify(&scalars, seen, &mut Memory { tensors, shapes });
            shaped(now, shape.clone())
        })))
    }
}
