//! A program as the numbers that an operation of Burn's carries besides its tensors.

use burn_ir::ScalarIr;

use super::program::Program;

/// The operation's name, with the number of the format: a server that does not know it refuses.
pub(super) const NAME: &str = "burn_extras::formula/1";

const WORD: usize = size_of::<u64>();

/// The program in bytes, eight in a number; the first number says how many there are.
pub(super) fn packed(program: &Program) -> Vec<ScalarIr> {
    let bytes = postcard::to_allocvec(program).expect("plain values in memory");
    let words = bytes.chunks(WORD).map(|chunk| {
        let mut word = [0; WORD];
        word[..chunk.len()].copy_from_slice(chunk);
        ScalarIr::UInt(u64::from_le_bytes(word))
    });
    let len = ScalarIr::UInt(bytes.len() as u64);
    core::iter::once(len).chain(words).collect()
}

/// The program that was packed; `None` where these are not the numbers of one.
pub(super) fn unpacked(scalars: &[ScalarIr]) -> Option<Program> {
    let word = |scalar: &ScalarIr| match scalar {
        ScalarIr::UInt(word) => Some(*word),
        _ => None,
    };
    let (len, words) = scalars.split_first()?;
    let len = usize::try_from(word(len)?).ok()?;
    let words: Option<Vec<_>> = words
        .iter()
        .map(|it| Some(word(it)?.to_le_bytes()))
        .collect();
    let bytes = words?.concat();
    let program: Program = postcard::from_bytes(bytes.get(..len)?).ok()?;
    program.is_sound().then_some(program)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Gelu;
    use crate::fused::function::{Operation, shared};
    use crate::fused::map::Output;

    #[test]
    fn a_formula_comes_back_as_it_was() {
        let function = shared(Gelu);
        let Operation::Each(kernel) = function.backward() else {
            unreachable!("a formula of numbers");
        };
        let program = Program::of(kernel, &[true, true], &[Output::Like(0)]);
        let scalars = packed(&program);
        let again = unpacked(&scalars).expect("the same");
        assert_eq!(format!("{program:?}"), format!("{again:?}"));
    }

    #[test]
    fn no_numbers_make_the_server_panic() {
        let function = shared(Gelu);
        let Operation::Each(kernel) = function.forward() else {
            unreachable!("a formula of numbers");
        };
        let program = Program::of(kernel, &[true], &[Output::Like(0)]);
        let scalars = packed(&program);
        assert!(unpacked(&[]).is_none());
        for index in 0..scalars.len() {
            assert!(unpacked(&scalars[..index]).is_none(), "cut at {index}");
            for other in [ScalarIr::UInt(u64::MAX), ScalarIr::Float(1.0)] {
                let mut damaged = scalars.clone();
                damaged[index] = other;
                // A damaged one may be another formula, and then a sound one.
                let _ = unpacked(&damaged);
            }
        }
    }
}
