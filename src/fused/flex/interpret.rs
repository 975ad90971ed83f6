//! A formula that is only known when it runs: node by node, each over a block of numbers.

use super::chunk::{Block, Chunk, LANES};
use super::computed::Computed;
use super::vectorize::{Task, Vectors, vectorize};
use crate::fused::map::Few;
use crate::fused::number::{Binary, Node, Number, Operand, Unary};
use crate::fused::remote::Program;

/// Runs a program over blocks of numbers.
pub(crate) fn interpret<E: Computed>(program: &Program, chunk: Chunk<'_, E>) {
    vectorize(Interpreter { program, chunk });
}

struct Interpreter<'a, E> {
    program: &'a Program,
    chunk: Chunk<'a, E>,
}

impl<E: Computed> Task for Interpreter<'_, E> {
    #[inline(always)]
    fn run<V: Vectors>(self) {
        let Self { program, mut chunk } = self;
        let nodes = program.nodes();
        let results: Few<Operand> = program.results().collect();
        let mut sources = chunk.all_sources();
        let mut targets = chunk.all_targets();
        // The result of each node; those of the inputs come first.
        let mut made: Vec<Block<E>> = vec![*E::ZEROS; nodes.len()];
        for _ in 0..chunk.len() {
            for (place, source) in sources.iter_mut().enumerate() {
                let here = chunk.spread(place, *source);
                // SAFETY: one of the blocks that the chunk was promised, or a window's own.
                unsafe { E::widen_block::<V>(here.memory, &mut made[place]) };
                *source = here.from(1);
            }
            for (index, node) in nodes.iter().enumerate().skip(sources.len()) {
                let (earlier, rest) = made.split_at_mut(index);
                step(*node, earlier, &mut rest[0]);
            }
            for (place, result) in results.iter().enumerate() {
                let mut result = operand(*result, &made);
                let target = &mut targets[place];
                if chunk.sums(place) {
                    *target = chunk.summed(place, *target);
                    // SAFETY: a sum's own block, initialized.
                    let sums = unsafe { target.memory.start.cast::<Block<E>>().read() };
                    for lane in 0..LANES {
                        result[lane] = result[lane].plus(sums[lane]);
                    }
                }
                // SAFETY: one of the blocks that the chunk was promised, or a sum's own. All inputs' blocks of this
                // place were read.
                unsafe { E::narrow_block::<V>(&result, target.memory) };
                *target = target.from(1);
            }
        }
    }
}

/// The numbers of an operand.
#[inline(always)]
fn operand<E: Computed>(operand: Operand, made: &[Block<E>]) -> Block<E> {
    match operand {
        Operand::Node(index) => made[index],
        Operand::Literal(value) => [E::from_f64(value); LANES],
    }
}

/// What a node makes of earlier results.
#[inline(always)]
fn step<E: Computed>(node: Node, made: &[Block<E>], result: &mut Block<E>) {
    match node {
        Node::Unary(op, x) => {
            let x = &made[x];
            match op {
                Unary::Neg => each(x, result, |x| -x),
                Unary::Abs => each(x, result, Number::abs),
                Unary::Recip => each(x, result, Number::recip),
                Unary::Sqrt => each(x, result, Number::sqrt),
                Unary::Exp => each(x, result, Number::exp),
                Unary::Ln => each(x, result, Number::ln),
                Unary::Atan => each(x, result, Number::atan),
                Unary::Sin => {
                    each(x, result, Number::sin);
                    restore(x, result, f64::sin);
                }
                Unary::Cos => {
                    each(x, result, Number::cos);
                    restore(x, result, f64::cos);
                }
            }
        }
        Node::Binary(op, a, b) => {
            let (a, b) = (operand(a, made), operand(b, made));
            match op {
                Binary::Add => both(&a, &b, result, |a, b| a + b),
                Binary::Sub => both(&a, &b, result, |a, b| a - b),
                Binary::Mul => both(&a, &b, result, |a, b| a * b),
                Binary::Div => both(&a, &b, result, |a, b| a / b),
                Binary::Max => both(&a, &b, result, Number::max),
                Binary::Min => both(&a, &b, result, Number::min),
            }
        }
        Node::IfPositive {
            test,
            then,
            otherwise,
        } => {
            let (test, then) = (&made[test], operand(then, made));
            let otherwise = operand(otherwise, made);
            for lane in 0..LANES {
                let chosen = test[lane]
                    .number()
                    .if_positive(then[lane].number(), otherwise[lane].number());
                result[lane] = E::from_number(chosen);
            }
        }
        Node::Input(_) | Node::Along(..) => unreachable!("a sound program has no such node here"),
    }
}

#[inline(always)]
fn each<E: Computed>(x: &Block<E>, result: &mut Block<E>, f: impl Fn(E::Number) -> E::Number) {
    for lane in 0..LANES {
        result[lane] = E::from_number(f(x[lane].number()));
    }
}

#[inline(always)]
fn both<E: Computed>(
    a: &Block<E>,
    b: &Block<E>,
    result: &mut Block<E>,
    f: impl Fn(E::Number, E::Number) -> E::Number,
) {
    for lane in 0..LANES {
        result[lane] = E::from_number(f(a[lane].number(), b[lane].number()));
    }
}

/// Works out anew what the vector functions do not know of large angles, one by one.
#[inline(always)]
fn restore<E: Computed>(x: &Block<E>, result: &mut Block<E>, f: fn(f64) -> f64) {
    if result.iter().any(|it| it.is_nan()) {
        for lane in 0..LANES {
            if result[lane].is_nan() {
                result[lane] = E::from_f64(f(x[lane].to_f64()));
            }
        }
    }
}
