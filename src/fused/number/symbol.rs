use core::cell::RefCell;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::Number;
use super::language::sealed::Sealed;

/// A formula being recorded: each operation adds a node.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: RefCell<Vec<Node>>,
}

/// A number in a formula that is being recorded in a [`Graph`].
///
/// Literals stay literals until they meet a recorded number, so constant parts of a formula are
/// worked out once, in `f64`.
#[derive(Clone, Copy, Debug)]
pub struct Symbol<'g>(Repr<'g>);

#[derive(Clone, Copy, Debug)]
enum Repr<'g> {
    Literal(f64),
    Node(&'g Graph, usize),
}

/// What an operation takes: the result of an earlier node, or a literal.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "remote", derive(serde::Deserialize, serde::Serialize))]
pub(crate) enum Operand {
    Node(usize),
    Literal(f64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "remote", derive(serde::Deserialize, serde::Serialize))]
pub(crate) enum Node {
    /// The input tensor of this position.
    Input(usize),
    Unary(Unary, usize),
    /// At least one of the two is a node.
    Binary(Binary, Operand, Operand),
    /// What becomes of the numbers along the axis, which has one place then.
    Along(Reduction, usize),
    /// `then` where `test > 0`, `otherwise` elsewhere.
    IfPositive {
        test: usize,
        then: Operand,
        otherwise: Operand,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "remote", derive(serde::Deserialize, serde::Serialize))]
pub(crate) enum Unary {
    Neg,
    Abs,
    Recip,
    Sqrt,
    Exp,
    Ln,
    Atan,
    Sin,
    Cos,
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "remote", derive(serde::Deserialize, serde::Serialize))]
pub(crate) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Max,
    Min,
}

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "remote", derive(serde::Deserialize, serde::Serialize))]
pub(crate) enum Reduction {
    Sum,
    Max,
}

impl Graph {
    /// The input of position `index`.
    pub(crate) fn input(&self, index: usize) -> Symbol<'_> {
        self.push(Node::Input(index))
    }

    /// The nodes of another graph, of whose inputs this one has the symbols and nothing else.
    #[cfg(feature = "remote")]
    pub(crate) fn replay(&self, nodes: &[Node]) {
        nodes.iter().for_each(|node| {
            self.push(*node);
        });
    }

    pub(crate) fn into_nodes(self) -> Vec<Node> {
        self.nodes.into_inner()
    }

    /// Adds a node, or finds the equal one that is there already.
    fn push(&self, node: Node) -> Symbol<'_> {
        let mut nodes = self.nodes.borrow_mut();
        let index = nodes.iter().position(|n| *n == node).unwrap_or_else(|| {
            nodes.push(node);
            nodes.len() - 1
        });
        Symbol(Repr::Node(self, index))
    }
}

impl Node {
    /// The earlier nodes whose results this one takes.
    pub(crate) fn operands(&self) -> impl Iterator<Item = usize> {
        let operands = match *self {
            Node::Input(_) => [None; 3],
            Node::Unary(_, x) | Node::Along(_, x) => [Some(Operand::Node(x)), None, None],
            Node::Binary(_, a, b) => [Some(a), Some(b), None],
            Node::IfPositive {
                test,
                then,
                otherwise,
            } => [Some(Operand::Node(test)), Some(then), Some(otherwise)],
        };
        operands.into_iter().filter_map(|operand| match operand {
            Some(Operand::Node(index)) => Some(index),
            _ => None,
        })
    }
}

impl<'g> Symbol<'g> {
    pub(crate) fn operand(self) -> Operand {
        match self.0 {
            Repr::Literal(value) => Operand::Literal(value),
            Repr::Node(_, index) => Operand::Node(index),
        }
    }

    /// What an operation takes, in the graph of this number.
    #[cfg(feature = "remote")]
    pub(crate) fn beside(self, operand: Operand) -> Self {
        match (operand, self.0) {
            (Operand::Node(index), Repr::Node(graph, _)) => Self(Repr::Node(graph, index)),
            (Operand::Node(_), Repr::Literal(_)) => unreachable!("a literal is in no graph"),
            (Operand::Literal(value), _) => Self::literal(value),
        }
    }

    /// The graph that the number is in.
    #[cfg(feature = "remote")]
    pub(crate) fn graph(self) -> Option<&'g Graph> {
        match self.0 {
            Repr::Literal(_) => None,
            Repr::Node(graph, _) => Some(graph),
        }
    }

    fn is_literal(self, value: f64) -> bool {
        matches!(self.0, Repr::Literal(literal) if literal == value)
    }

    fn unary(self, op: Unary, literal: impl Fn(f64) -> f64) -> Self {
        match self.0 {
            Repr::Literal(value) => Self::literal(literal(value)),
            Repr::Node(graph, index) => graph.push(Node::Unary(op, index)),
        }
    }

    fn binary(self, op: Binary, other: Self, literal: impl Fn(f64, f64) -> f64) -> Self {
        let graph = match (self.0, other.0) {
            (Repr::Literal(a), Repr::Literal(b)) => return Self::literal(literal(a, b)),
            (Repr::Node(graph, _), _) | (_, Repr::Node(graph, _)) => graph,
        };
        graph.push(Node::Binary(op, self.operand(), other.operand()))
    }

    /// The sum along the axis, which has `len` places.
    pub(crate) fn sum(self, len: usize) -> Self {
        match self.0 {
            Repr::Literal(value) => Self::literal(value * len as f64),
            Repr::Node(graph, index) => graph.push(Node::Along(Reduction::Sum, index)),
        }
    }

    /// The largest number along the axis.
    pub(crate) fn largest(self) -> Self {
        match self.0 {
            Repr::Literal(_) => self,
            Repr::Node(graph, index) => graph.push(Node::Along(Reduction::Max, index)),
        }
    }

    /// `c0 + c1 x + c2 x^2 + ...` by Horner's rule.
    fn polynomial(self, coefficients: &[f64]) -> Self {
        coefficients
            .iter()
            .rev()
            .fold(Self::literal(0.0), |sum, &c| sum * self + c)
    }
}

impl Neg for Symbol<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.unary(Unary::Neg, f64::neg)
    }
}

macro_rules! operators {
    ($($operator:ident::$method:ident, $identity:expr, commutes $commutes:expr);*) => {
        $(
            impl $operator for Symbol<'_> {
                type Output = Self;
                fn $method(self, other: Self) -> Self {
                    // Adding 0 or multiplying by 1 costs a pass over memory.
                    if other.is_literal($identity) {
                        self
                    } else if $commutes && self.is_literal($identity) {
                        other
                    } else {
                        self.binary(Binary::$operator, other, f64::$method)
                    }
                }
            }
            impl $operator<f64> for Symbol<'_> {
                type Output = Self;
                fn $method(self, other: f64) -> Self {
                    self.$method(Self::literal(other))
                }
            }
        )*
    };
}

operators! {
    Add::add, 0.0, commutes true;
    Sub::sub, 0.0, commutes false;
    Mul::mul, 1.0, commutes true;
    Div::div, 1.0, commutes false
}

/// Backends have `exp`, `ln` and the rest, but not with `f32`'s full precision: on a GPU `ln(1 + x)`
/// stands for `ln_1p`, `erf` is good to 1.5e-7 and `tanh` may overflow. So what needs care near
/// zero or far out is composed here from what is good everywhere.
impl Sealed for Symbol<'_> {}

impl Number for Symbol<'_> {
    fn literal(value: f64) -> Self {
        Self(Repr::Literal(value))
    }

    fn mul_add(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }

    fn abs(self) -> Self {
        self.unary(Unary::Abs, f64::abs)
    }

    fn recip(self) -> Self {
        self.unary(Unary::Recip, f64::recip)
    }

    fn sqrt(self) -> Self {
        self.unary(Unary::Sqrt, f64::sqrt)
    }

    fn exp(self) -> Self {
        self.unary(Unary::Exp, f64::exp)
    }

    fn exp_m1(self) -> Self {
        if let Repr::Literal(value) = self.0 {
            return Self::literal(value.exp_m1());
        }
        // Below 1/2 in size e^x - 1 cancels, and the Taylor series is short of 1e-9.
        let near = self.clamp(-0.5, 0.5);
        let series = near
            * near.polynomial(&[
                1.0,
                1.0 / 2.0,
                1.0 / 6.0,
                1.0 / 24.0,
                1.0 / 120.0,
                1.0 / 720.0,
                1.0 / 5040.0,
                1.0 / 40_320.0,
            ]);
        (self.abs() - 0.5).if_positive(self.exp() - 1.0, series)
    }

    fn ln(self) -> Self {
        self.unary(Unary::Ln, f64::ln)
    }

    fn cbrt(self) -> Self {
        if let Repr::Literal(value) = self.0 {
            return Self::literal(value.cbrt());
        }
        // The bound keeps the logarithm finite where the branch is not taken.
        let root = (self.abs().max(Self::literal(1e-37)).ln() / 3.0).exp();
        self.if_positive(root, self.if_negative(-root, self))
    }

    fn ln_1p(self) -> Self {
        if let Repr::Literal(value) = self.0 {
            return Self::literal(value.ln_1p());
        }
        // Below 0.4 in size 1 + x loses digits: 2 atanh(x / (2 + x)), short of 1e-9.
        let near = self.clamp(-0.4, 0.4);
        let s = near / (near + 2.0);
        let series = s * s.square().polynomial(&[
            2.0,
            2.0 / 3.0,
            2.0 / 5.0,
            2.0 / 7.0,
            2.0 / 9.0,
            2.0 / 11.0,
            2.0 / 13.0,
        ]);
        (self.abs() - 0.4).if_positive((self + 1.0).ln(), series)
    }

    fn tanh(self) -> Self {
        if let Repr::Literal(value) = self.0 {
            return Self::literal(value.tanh());
        }
        // Beyond 20 the result is 1 in every float type; the bound keeps infinity out.
        let m = (self.clamp(-20.0, 20.0) * 2.0).exp_m1();
        m / (m + 2.0)
    }

    // Some drivers turn NaN into a number here, so it goes around: only 0 and NaN are not > 0 in size.
    fn atan(self) -> Self {
        self.abs()
            .if_positive(self.unary(Unary::Atan, f64::atan), self)
    }

    fn erfc(self) -> Self {
        if let Repr::Literal(value) = self.0 {
            return Self::literal(libm::erfc(value));
        }
        // The approximation of `math::erfc`.
        let a = self.abs().min(Self::literal(10.2));
        let t = (a * 0.35 + 1.0).recip();
        let tail = (-a.square()).exp() * t * t.polynomial(&super::math::ERFC.map(f64::from));
        self.if_negative(-tail + 2.0, tail)
    }

    fn sin(self) -> Self {
        self.abs()
            .if_positive(self.unary(Unary::Sin, f64::sin), self)
    }

    fn cos(self) -> Self {
        self.abs()
            .if_positive(self.unary(Unary::Cos, f64::cos), self + 1.0)
    }

    fn max(self, other: Self) -> Self {
        self.binary(Binary::Max, other, f64::max)
    }

    fn min(self, other: Self) -> Self {
        self.binary(Binary::Min, other, f64::min)
    }

    fn if_positive(self, then: Self, otherwise: Self) -> Self {
        match self.0 {
            Repr::Literal(value) if value > 0.0 => then,
            Repr::Literal(_) => otherwise,
            Repr::Node(graph, test) => graph.push(Node::IfPositive {
                test,
                then: then.operand(),
                otherwise: otherwise.operand(),
            }),
        }
    }
}
