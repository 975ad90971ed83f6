use serde::{Deserialize, Serialize};

use crate::fused::map::{Few, Kernel, Output};
use crate::fused::number::{Graph, Node, Number, Operand, Symbol};
use crate::fused::rows::RowKernel;

/// No formula comes near it. What a client sends is held to it, so that a server is not kept busy by one operation.
const MOST_NODES: usize = 4096;

/// No optimizer has as many states.
const MOST_RESULTS: usize = 64;

/// A recorded formula that can be sent: what a server runs without having heard of the formula.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Program {
    /// How many tensors it takes; the first nodes are these.
    inputs: usize,
    nodes: Vec<Node>,
    results: Vec<Place>,
    /// The axis that rows lie along, where it is one of rows. There is one result then.
    axis: Option<usize>,
}

/// A result, and where it goes.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
struct Place {
    result: Operand,
    output: Output,
}

impl Program {
    /// What a kernel does with inputs of which some are absent, and 0.
    pub(super) fn of(kernel: &dyn Kernel, present: &[bool], outputs: &[Output]) -> Self {
        let graph = Graph::default();
        let mut inputs = 0;
        // The place of each input among those that are present.
        let mut places = Few::new();
        let symbols: Vec<_> = present
            .iter()
            .map(|present| {
                places.push(inputs);
                match present {
                    true => {
                        inputs += 1;
                        graph.input(inputs - 1)
                    }
                    false => Symbol::literal(0.0),
                }
            })
            .collect();
        let results = kernel.record(&symbols).into_iter();
        let results = results.zip(outputs).filter_map(|(result, output)| {
            Some(Place {
                result: result.operand(),
                output: output.by(places[output.input()?]),
            })
        });
        Self {
            inputs,
            results: results.collect(),
            nodes: graph.into_nodes(),
            axis: None,
        }
    }

    /// What a kernel does with rows of `len` numbers along an axis.
    pub(super) fn of_rows(
        kernel: &dyn RowKernel,
        axis: usize,
        inputs: usize,
        (len, rounds): (usize, usize),
    ) -> Self {
        let graph = Graph::default();
        let symbols: Vec<_> = (0..inputs).map(|index| graph.input(index)).collect();
        let result = kernel.record(&symbols, len, rounds).operand();
        Self {
            inputs,
            nodes: graph.into_nodes(),
            results: vec![Place {
                result,
                output: Output::Like(0),
            }],
            axis: Some(axis),
        }
    }

    /// Whether it is one that [`of`](Self::of) could have made: what comes over a network may be anything.
    pub(super) fn is_sound(&self) -> bool {
        let is_input = |(index, node): (usize, &Node)| *node == Node::Input(index);
        let starts_with_inputs = (1..=self.nodes.len()).contains(&self.inputs)
            && self
                .nodes
                .iter()
                .take(self.inputs)
                .enumerate()
                .all(is_input);
        let mut rest = self.nodes.iter().enumerate().skip(self.inputs);
        let takes_earlier = rest.all(|(index, node)| {
            let is_of_its_kind = match node {
                Node::Input(_) => false,
                Node::Along(..) => self.axis.is_some(),
                _ => true,
            };
            is_of_its_kind && node.operands().all(|it| it < index)
        });
        let is_there = |place: &Place| {
            let is_made = match place.result {
                Operand::Node(index) => index < self.nodes.len(),
                Operand::Literal(_) => true,
            };
            is_made && place.output.input().is_some_and(|it| it < self.inputs)
        };
        self.nodes.len() <= MOST_NODES
            && starts_with_inputs
            && takes_earlier
            && self.results.len() <= MOST_RESULTS
            && self.results.iter().all(is_there)
            && (self.axis.is_none() || self.results.len() == 1)
    }

    pub(super) fn axis(&self) -> Option<usize> {
        self.axis
    }

    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    /// Where the results go.
    pub(super) fn outputs(&self) -> Few<Output> {
        self.results.iter().map(|place| place.output).collect()
    }

    #[cfg(feature = "flex")]
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    #[cfg(feature = "flex")]
    pub(crate) fn results(&self) -> impl Iterator<Item = Operand> {
        self.results.iter().map(|place| place.result)
    }
}

impl Kernel for Program {
    #[cfg(feature = "flex")]
    fn run_f32(&self, chunk: crate::fused::flex::Chunk<'_, f32>) {
        crate::fused::flex::interpret(self, chunk);
    }

    #[cfg(feature = "flex")]
    fn run_f64(&self, chunk: crate::fused::flex::Chunk<'_, f64>) {
        crate::fused::flex::interpret(self, chunk);
    }

    fn record<'g>(&self, inputs: &[Symbol<'g>]) -> Vec<Symbol<'g>> {
        let first = inputs[0];
        let graph = first.graph().expect("inputs are recorded numbers");
        graph.replay(&self.nodes);
        let result = |place: &Place| first.beside(place.result);
        self.results.iter().map(result).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::number::{Binary, Unary};

    fn program(nodes: Vec<Node>, result: Operand) -> Program {
        Program {
            inputs: 1,
            nodes,
            results: vec![Place {
                result,
                output: Output::Like(0),
            }],
            axis: None,
        }
    }

    #[test]
    fn what_could_not_have_been_recorded_is_found_out() {
        let exp = Node::Unary(Unary::Exp, 0);
        assert!(program(vec![Node::Input(0), exp], Operand::Node(1)).is_sound());
        for (nodes, result) in [
            (vec![], Operand::Node(0)),
            (vec![exp], Operand::Node(0)),
            (vec![Node::Input(1)], Operand::Node(0)),
            (vec![Node::Input(0), Node::Input(1)], Operand::Node(0)),
            (vec![Node::Input(0), exp], Operand::Node(2)),
            (
                vec![Node::Input(0), Node::Unary(Unary::Exp, 1)],
                Operand::Node(1),
            ),
            (
                vec![
                    Node::Input(0),
                    Node::Binary(Binary::Add, Operand::Node(0), Operand::Node(7)),
                ],
                Operand::Node(1),
            ),
            (vec![Node::Input(0); MOST_NODES + 1], Operand::Node(0)),
        ] {
            assert!(!program(nodes.clone(), result).is_sound(), "{nodes:?}");
        }
        // What a state starts with takes nothing.
        assert!(program(vec![Node::Input(0)], Operand::Literal(0.0)).is_sound());
        let mut many = program(vec![Node::Input(0)], Operand::Literal(0.0));
        many.results = vec![many.results[0]; MOST_RESULTS + 1];
        assert!(!many.is_sound());
        let mut elsewhere = program(vec![Node::Input(0), exp], Operand::Node(1));
        elsewhere.results[0].output = Output::Like(1);
        assert!(!elsewhere.is_sound());
        elsewhere.results[0].output = Output::Dropped;
        assert!(!elsewhere.is_sound());
    }
}
