use burn::backend::{
    Backend, Scalar, TensorMetadata, get_device_settings,
    tensor::{BoolTensor, FloatTensor},
};

use super::symbol::{Binary, Graph, Node, Operand, Symbol, Unary};

/// Runs a formula as tensor operations: the way of every backend without kernels of its own.
///
/// The formula is recorded and then evaluated in order. Each intermediate tensor is handed over at
/// its last use, so that backends can work in place and fusion sees which results nobody keeps.
pub(crate) fn compose<B: Backend>(
    inputs: Vec<FloatTensor<B>>,
    formula: impl for<'g> FnOnce(&[Symbol<'g>]) -> Vec<Symbol<'g>>,
) -> Vec<FloatTensor<B>> {
    let graph = Graph::default();
    let symbols: Vec<_> = (0..inputs.len()).map(|index| graph.input(index)).collect();
    let outputs: Vec<_> = formula(&symbols).iter().map(|s| s.operand()).collect();
    Evaluation::<B>::new(graph.into_nodes(), inputs, &outputs).run(&outputs)
}

struct Evaluation<B: Backend> {
    nodes: Vec<Node>,
    results: Vec<Option<FloatTensor<B>>>,
    /// How many uses of each result are still to come.
    uses: Vec<usize>,
}

impl<B: Backend> Evaluation<B> {
    fn new(nodes: Vec<Node>, inputs: Vec<FloatTensor<B>>, outputs: &[Operand]) -> Self {
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
                Node::IfPositive {
                    test,
                    then,
                    otherwise,
                } => {
                    let test = self.take(test);
                    let bools = get_device_settings::<B>(&test.device()).bool_dtype;
                    let mask = B::float_greater_elem(test.clone(), 0.into(), bools);
                    self.choose(mask, then, otherwise, test)
                }
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

            (Binary::Add, Node(a), Node(b)) => B::float_add(self.take(a), self.take(b)),
            (Binary::Sub, Node(a), Node(b)) => B::float_sub(self.take(a), self.take(b)),
            (Binary::Mul, Node(a), Node(b)) => B::float_mul(self.take(a), self.take(b)),
            (Binary::Div, Node(a), Node(b)) => B::float_div(self.take(a), self.take(b)),

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
                let (a, b) = (self.take(a), self.take(b));
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

    fn choose(
        &mut self,
        mask: BoolTensor<B>,
        then: Operand,
        otherwise: Operand,
        test: FloatTensor<B>,
    ) -> FloatTensor<B> {
        match (then, otherwise) {
            (Operand::Node(then), Operand::Node(otherwise)) => {
                let then = self.take(then);
                B::float_mask_where(self.take(otherwise), mask, then)
            }
            (Operand::Literal(then), Operand::Node(otherwise)) => {
                B::float_mask_fill(self.take(otherwise), mask, then.into())
            }
            (Operand::Node(then), Operand::Literal(otherwise)) => {
                B::float_mask_fill(self.take(then), B::bool_not(mask), otherwise.into())
            }
            (Operand::Literal(then), Operand::Literal(otherwise)) => {
                B::float_mask_fill(full::<B>(&test, otherwise), mask, then.into())
            }
        }
    }
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
