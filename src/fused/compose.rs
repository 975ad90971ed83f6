//! A formula as tensor operations: the way of every backend without kernels of its own.

use burn::backend::{
    Backend, Scalar, TensorMetadata, get_device_settings,
    tensor::{BoolTensor, FloatTensor},
};
use burn::tensor::{DType, FloatDType, Shape};
use smallvec::smallvec;

use super::function::Operation;
use super::map::{Few, Kernel, Output};
use super::number::{Binary, Graph, Node, Number, Operand, Reduction, Symbol, Unary};
use super::rows::RowKernel;

/// Runs an operation as tensor operations. The first input is as large as the results. An input that is absent
/// is 0.
pub(crate) fn compose<B: Backend>(
    operation: Operation<'_>,
    inputs: Few<Option<FloatTensor<B>>>,
    outputs: &[Output],
) -> Few<Option<FloatTensor<B>>> {
    match operation {
        Operation::Each(kernel) => compose_each::<B>(kernel, inputs, outputs),
        Operation::Rows(kernel, axis) => {
            let inputs = inputs.into_iter().flatten().collect();
            smallvec![Some(compose_rows::<B>(kernel, axis, inputs))]
        }
    }
}

/// Runs a map of rows along an axis.
fn compose_rows<B: Backend>(
    kernel: &dyn RowKernel,
    axis: usize,
    inputs: Vec<FloatTensor<B>>,
) -> FloatTensor<B> {
    let (len, rounds) = rounds(kernel, axis, &inputs[0]);
    compose_along::<B>(axis, inputs, |inputs| kernel.record(inputs, len, rounds))
}

/// How many numbers a row has along an axis, and how often a kernel goes over it.
pub(super) fn rounds(
    kernel: &dyn RowKernel,
    axis: usize,
    input: &impl TensorMetadata,
) -> (usize, usize) {
    let len = input.shape()[axis];
    let epsilon = match input.dtype() {
        DType::F64 => f64::EPSILON,
        _ => f64::from(f32::EPSILON),
    };
    (len, kernel.rounds(len, epsilon))
}

/// Runs what is recorded of rows along an axis. Numbers are added up in `f32` at least.
pub(super) fn compose_along<B: Backend>(
    axis: usize,
    mut inputs: Vec<FloatTensor<B>>,
    record: impl for<'g> FnOnce(&[Symbol<'g>]) -> Symbol<'g>,
) -> FloatTensor<B> {
    let (full, dtype) = (inputs[0].shape(), inputs[0].dtype());
    let narrow = matches!(dtype, DType::F16 | DType::BF16);
    if narrow {
        let widened = |input| B::float_cast(input, FloatDType::F32);
        inputs = inputs.into_iter().map(widened).collect();
    }
    let mut results = evaluate::<B>(inputs, axis, |inputs| vec![record(inputs)]);
    let result = spread::<B>(results.remove(0), &full);
    if narrow {
        B::float_cast(result, dtype.into())
    } else {
        result
    }
}

/// Runs a map. Inputs may be smaller than the results, and are spread.
fn compose_each<B: Backend>(
    kernel: &dyn Kernel,
    inputs: Few<Option<FloatTensor<B>>>,
    outputs: &[Output],
) -> Few<Option<FloatTensor<B>>> {
    let shapes: Vec<_> = inputs
        .iter()
        .map(|input| input.as_ref().map(|tensor| tensor.shape()))
        .collect();
    let present: Vec<_> = inputs.iter().map(|input| input.is_some()).collect();
    let wanted: Vec<_> = outputs
        .iter()
        .map(|output| *output != Output::Dropped)
        .collect();
    let results = evaluate::<B>(inputs.into_iter().flatten().collect(), 0, |given| {
        let mut given = given.iter();
        let symbols: Vec<_> = present
            .iter()
            .map(|present| match present {
                true => *given
                    .next()
                    .expect("a tensor for each input that is present"),
                false => Symbol::literal(0.0),
            })
            .collect();
        let results = kernel.record(&symbols).into_iter();
        let wanted = results.zip(&wanted).filter(|(_, wanted)| **wanted);
        wanted.map(|(result, _)| result).collect()
    });
    let full = shapes[0]
        .clone()
        .expect("the first input is as large as the results");
    let mut results = results.into_iter();
    outputs
        .iter()
        .map(|output| match output {
            Output::Dropped => None,
            Output::Wide(_) => results.next().map(|result| spread::<B>(result, &full)),
            Output::Like(input) | Output::Stochastic { like: input, .. } => {
                let shape = shapes[*input].as_ref().expect("an input that is present");
                let result = spread::<B>(results.next()?, &full);
                Some(summed::<B>(result, shape))
            }
        })
        .collect()
}

/// The sum over the axes along which a smaller tensor was spread.
fn summed<B: Backend>(tensor: FloatTensor<B>, small: &Shape) -> FloatTensor<B> {
    let full = tensor.shape();
    (0..full.num_dims())
        .filter(|axis| full[*axis] != small[*axis])
        .fold(tensor, |tensor, axis| B::float_sum_dim(tensor, axis))
}

/// The tensor, repeated along the axes where it has one place and the shape more.
fn spread<B: Backend>(tensor: FloatTensor<B>, shape: &Shape) -> FloatTensor<B> {
    if tensor.shape() == *shape {
        tensor
    } else {
        B::float_expand(tensor, shape.clone())
    }
}

/// Evaluates what a formula makes of the tensors.
///
/// The formula is recorded and then evaluated in order. Each intermediate tensor is handed over at
/// its last use, so that backends can work in place and fusion sees which results nobody keeps. Sums are along
/// the axis.
fn evaluate<B: Backend>(
    inputs: Vec<FloatTensor<B>>,
    axis: usize,
    formula: impl for<'g> FnOnce(&[Symbol<'g>]) -> Vec<Symbol<'g>>,
) -> Vec<FloatTensor<B>> {
    let graph = Graph::default();
    let symbols: Vec<_> = (0..inputs.len()).map(|index| graph.input(index)).collect();
    let outputs: Vec<_> = formula(&symbols).iter().map(|s| s.operand()).collect();
    Evaluation::<B>::new(graph.into_nodes(), inputs, axis, &outputs).run(&outputs)
}

struct Evaluation<B: Backend> {
    nodes: Vec<Node>,
    results: Vec<Option<FloatTensor<B>>>,
    /// How many uses of each result are still to come.
    uses: Vec<usize>,
    axis: usize,
}

impl<B: Backend> Evaluation<B> {
    fn new(
        nodes: Vec<Node>,
        inputs: Vec<FloatTensor<B>>,
        axis: usize,
        outputs: &[Operand],
    ) -> Self {
        let mut uses = vec![0; nodes.len()];
        for output in outputs {
            match output {
                Operand::Node(index) => uses[*index] += 1,
                // A constant output takes its shape from the first input.
                Operand::Literal(_) => uses[0] += 1,
            }
        }
        // A node that nothing uses does not use its operands either.
        for index in (0..nodes.len()).rev() {
            if uses[index] > 0 {
                nodes[index].operands().for_each(|used| uses[used] += 1);
            }
        }
        // The inputs are the first nodes, in order.
        let mut results: Vec<_> = inputs.into_iter().map(Some).collect();
        results.resize_with(nodes.len(), || None);
        Self {
            nodes,
            results,
            uses,
            axis,
        }
    }

    fn run(mut self, outputs: &[Operand]) -> Vec<FloatTensor<B>> {
        for index in 0..self.nodes.len() {
            if self.uses[index] == 0 {
                self.results[index] = None;
                continue;
            }
            let result = match self.nodes[index] {
                Node::Input(_) => continue,
                Node::Unary(op, x) => self.unary(op, x),
                Node::Binary(op, a, b) => self.binary(op, a, b),
                Node::Along(Reduction::Sum, x) => B::float_sum_dim(self.take(x), self.axis),
                Node::Along(Reduction::Max, x) => B::float_max_dim(self.take(x), self.axis),
                Node::IfPositive {
                    test,
                    then,
                    otherwise,
                } => self.choose(test, then, otherwise),
            };
            self.results[index] = Some(result);
        }
        outputs
            .iter()
            .map(|output| match *output {
                Operand::Node(index) => self.take(index),
                Operand::Literal(value) => full::<B>(&self.take(0), value),
            })
            .collect()
    }

    /// The result of a node: the tensor itself at its last use, else another handle on it.
    fn take(&mut self, index: usize) -> FloatTensor<B> {
        self.uses[index] -= 1;
        let result = &mut self.results[index];
        let tensor = if self.uses[index] == 0 {
            result.take()
        } else {
            result.clone()
        };
        tensor.expect("nodes are evaluated in order")
    }

    fn unary(&mut self, op: Unary, x: usize) -> FloatTensor<B> {
        let x = self.take(x);
        match op {
            Unary::Neg => B::float_neg(x),
            Unary::Abs => B::float_abs(x),
            Unary::Recip => B::float_recip(x),
            Unary::Sqrt => B::float_sqrt(x),
            Unary::Exp => B::float_exp(x),
            Unary::Ln => B::float_log(x),
            Unary::Atan => B::float_atan(x),
            Unary::Sin => B::float_sin(x),
            Unary::Cos => B::float_cos(x),
        }
    }

    fn binary(&mut self, op: Binary, a: Operand, b: Operand) -> FloatTensor<B> {
        use Operand::{Literal, Node};
        match (op, a, b) {
            (Binary::Max, a, b) => self.extremum(a, b, true),
            (Binary::Min, a, b) => self.extremum(a, b, false),

            (Binary::Add, Node(a), Node(b)) => self.both(a, b, B::float_add),
            (Binary::Sub, Node(a), Node(b)) => self.both(a, b, B::float_sub),
            (Binary::Mul, Node(a), Node(b)) => self.both(a, b, B::float_mul),
            (Binary::Div, Node(a), Node(b)) => self.both(a, b, B::float_div),

            (Binary::Add, Node(x), Literal(c)) | (Binary::Add, Literal(c), Node(x)) => {
                B::float_add_scalar(self.take(x), c.into())
            }
            (Binary::Mul, Node(x), Literal(c)) | (Binary::Mul, Literal(c), Node(x)) => {
                B::float_mul_scalar(self.take(x), c.into())
            }
            (Binary::Sub, Node(x), Literal(c)) => B::float_sub_scalar(self.take(x), c.into()),
            (Binary::Sub, Literal(c), Node(x)) => {
                B::float_add_scalar(B::float_neg(self.take(x)), c.into())
            }
            (Binary::Div, Node(x), Literal(c)) => B::float_div_scalar(self.take(x), c.into()),
            (Binary::Div, Literal(c), Node(x)) => {
                B::float_mul_scalar(B::float_recip(self.take(x)), c.into())
            }
            (_, Literal(_), Literal(_)) => unreachable!("recording folds literals"),
        }
    }

    /// The larger or smaller of two. Backends' own functions differ in what they do with NaN, so
    /// this is a comparison: `a` stays unless `b` is beyond it.
    fn extremum(&mut self, a: Operand, b: Operand, largest: bool) -> FloatTensor<B> {
        let (mask, keep) = match (a, b) {
            (Operand::Node(a), Operand::Node(b)) => {
                let (a, b) = alike::<B>(self.take(a), self.take(b));
                let bools = get_device_settings::<B>(&a.device()).bool_dtype;
                let mask = if largest {
                    B::float_greater(b.clone(), a.clone(), bools)
                } else {
                    B::float_lower(b.clone(), a.clone(), bools)
                };
                return B::float_mask_where(a, mask, b);
            }
            (Operand::Node(x), Operand::Literal(c)) => {
                let x = self.take(x);
                let bools = get_device_settings::<B>(&x.device()).bool_dtype;
                let mask = if largest {
                    B::float_lower_elem(x.clone(), c.into(), bools)
                } else {
                    B::float_greater_elem(x.clone(), c.into(), bools)
                };
                (mask, (x, c))
            }
            (Operand::Literal(c), Operand::Node(x)) => {
                let x = self.take(x);
                let bools = get_device_settings::<B>(&x.device()).bool_dtype;
                // The literal stays unless x is beyond it: the complement of the case above.
                let beyond = if largest {
                    B::float_greater_elem(x.clone(), c.into(), bools)
                } else {
                    B::float_lower_elem(x.clone(), c.into(), bools)
                };
                (B::bool_not(beyond), (x, c))
            }
            _ => unreachable!("recording folds literals"),
        };
        B::float_mask_fill(keep.0, mask, keep.1.into())
    }

    /// An operation on two results, the smaller one spread.
    fn both(
        &mut self,
        a: usize,
        b: usize,
        operation: fn(FloatTensor<B>, FloatTensor<B>) -> FloatTensor<B>,
    ) -> FloatTensor<B> {
        let (a, b) = alike::<B>(self.take(a), self.take(b));
        operation(a, b)
    }

    /// `then` where `test` is above 0, `otherwise` elsewhere.
    fn choose(&mut self, test: usize, then: Operand, otherwise: Operand) -> FloatTensor<B> {
        let mut branch = |operand| match operand {
            Operand::Node(index) => (Some(self.take(index)), 0.0),
            Operand::Literal(value) => (None, value),
        };
        let (then, otherwise) = (branch(then), branch(otherwise));
        let test = self.take(test);
        // All as large as the largest.
        let shape = [&then.0, &otherwise.0]
            .into_iter()
            .flatten()
            .fold(test.shape(), |shape, tensor| larger(shape, &tensor.shape()));
        let test = spread::<B>(test, &shape);
        let large = |tensor| spread::<B>(tensor, &shape);
        let bools = get_device_settings::<B>(&test.device()).bool_dtype;
        let mask: BoolTensor<B> = B::float_greater_elem(test.clone(), 0.into(), bools);
        match (then, otherwise) {
            ((Some(then), _), (Some(otherwise), _)) => {
                B::float_mask_where(large(otherwise), mask, large(then))
            }
            ((None, then), (Some(otherwise), _)) => {
                B::float_mask_fill(large(otherwise), mask, then.into())
            }
            ((Some(then), _), (None, otherwise)) => {
                B::float_mask_fill(large(then), B::bool_not(mask), otherwise.into())
            }
            ((None, then), (None, otherwise)) => {
                B::float_mask_fill(full::<B>(&test, otherwise), mask, then.into())
            }
        }
    }
}

/// Two tensors as large as the larger one.
fn alike<B: Backend>(a: FloatTensor<B>, b: FloatTensor<B>) -> (FloatTensor<B>, FloatTensor<B>) {
    let shape = larger(a.shape(), &b.shape());
    (spread::<B>(a, &shape), spread::<B>(b, &shape))
}

/// The shape that both can be spread to.
fn larger(mut shape: Shape, other: &Shape) -> Shape {
    for axis in 0..shape.num_dims() {
        if shape[axis] == 1 {
            shape[axis] = other[axis];
        }
    }
    shape
}

/// A tensor of one value, like `model` in shape, type and device.
fn full<B: Backend>(model: &FloatTensor<B>, value: f64) -> FloatTensor<B> {
    B::float_full(
        model.shape(),
        Scalar::from(value),
        &model.device(),
        model.dtype().into(),
    )
}
