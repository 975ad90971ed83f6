use core::ops::Range;

#[cfg(feature = "flex")]
use super::flex::{Chunk, run_links};
use super::map::{Few, Kernel};
use super::number::{Number, Symbol};

/// Maps one after another, each over what is in the cache of those before: a map of maps, put together while
/// the program runs, so that no combination has to be compiled.
///
/// Its numbers are in registers: the inputs in the first ones, then the results of each link.
pub(crate) struct Chain<'a> {
    inputs: usize,
    registers: usize,
    links: Vec<Link<'a>>,
    results: Vec<usize>,
}

/// A map and the registers that it reads and writes.
pub(crate) struct Link<'a> {
    pub(crate) kernel: &'a dyn Kernel,
    pub(crate) reads: Few<usize>,
    pub(crate) writes: Range<usize>,
}

impl<'a> Chain<'a> {
    /// A chain without links.
    ///
    /// An input that is smaller than the others may be read by one link only.
    pub(crate) fn new(inputs: usize) -> Self {
        Self {
            inputs,
            registers: inputs,
            links: Vec::new(),
            results: Vec::new(),
        }
    }

    /// Adds a map that reads these registers; the registers of its results.
    pub(crate) fn link(
        &mut self,
        kernel: &'a dyn Kernel,
        reads: Few<usize>,
        results: usize,
    ) -> Range<usize> {
        let writes = self.registers..self.registers + results;
        self.registers = writes.end;
        self.links.push(Link {
            kernel,
            reads,
            writes: writes.clone(),
        });
        writes
    }

    /// Says which registers are the results of the whole, in their order. Each was written by a link.
    pub(crate) fn give(&mut self, results: Vec<usize>) {
        debug_assert!(results.iter().all(|register| *register >= self.inputs));
        self.results = results;
    }

    #[cfg(feature = "flex")]
    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    #[cfg(feature = "flex")]
    pub(crate) fn registers(&self) -> usize {
        self.registers
    }

    pub(crate) fn links(&self) -> &[Link<'a>] {
        &self.links
    }

    #[cfg(feature = "flex")]
    pub(crate) fn results(&self) -> &[usize] {
        &self.results
    }
}

impl Kernel for Chain<'_> {
    #[cfg(feature = "flex")]
    fn run_f32(&self, chunk: Chunk<'_, f32>) {
        run_links(self, chunk);
    }

    #[cfg(feature = "flex")]
    fn run_f64(&self, chunk: Chunk<'_, f64>) {
        run_links(self, chunk);
    }

    fn record<'g>(&self, inputs: &[Symbol<'g>]) -> Vec<Symbol<'g>> {
        let mut registers = inputs.to_vec();
        registers.resize(self.inputs, Symbol::literal(0.0));
        for link in &self.links {
            let reads: Vec<_> = link.reads.iter().map(|at| registers[*at]).collect();
            registers.extend(link.kernel.record(&reads));
            debug_assert_eq!(registers.len(), link.writes.end);
        }
        self.results.iter().map(|at| registers[*at]).collect()
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::backend::DispatchTensor;
    use burn::tensor::{Device, FloatDType, Tensor};
    use smallvec::smallvec;

    use super::*;
    use crate::fused::map::{Map, Output};
    use crate::fused::pack::Array;
    use crate::fused::{run, run_over};

    /// `[x k + y, x - y]`
    #[derive(Clone)]
    struct Blend;

    impl Map for Blend {
        type In = Array<3>;
        type Out = Array<2>;
        const SPREADS: bool = true;

        fn map<N: Number>(&self, [x, y, k]: [N; 3]) -> [N; 2] {
            [x * k + y, x - y]
        }
    }

    /// `x + 2 y`
    #[derive(Clone)]
    struct Mix;

    impl Map for Mix {
        type In = Array<2>;
        type Out = Array<1>;
        const SPREADS: bool = true;

        fn map<N: Number>(&self, [x, y]: [N; 2]) -> [N; 1] {
            [x + y * 2.0]
        }
    }

    fn tensor(len: usize, start: f64, dtype: FloatDType) -> DispatchTensor {
        // Multiples of a quarter, which every type has.
        let numbers: Vec<f32> = (0..len)
            .map(|i| ((i % 31) as f64 * 0.25 + start) as f32)
            .collect();
        let tensor = Tensor::<1>::from_floats(numbers.as_slice(), &Device::flex());
        tensor.cast(dtype).into_dispatch()
    }

    /// Two tensors, and a number that is spread over them.
    fn inputs(len: usize, dtype: FloatDType) -> [DispatchTensor; 3] {
        [(len, -3.0), (len, 1.5), (1, 0.5)].map(|(len, start)| tensor(len, start, dtype))
    }

    fn numbers(tensor: Option<DispatchTensor>) -> Vec<f64> {
        let tensor = Tensor::<1>::from_dispatch(tensor.expect("a result"));
        tensor.into_data().iter().collect()
    }

    const LENGTHS: [usize; 7] = [1, 63, 64, 65, 1024, 16_384 + 77, 70_001];
    const DTYPES: [FloatDType; 3] = [FloatDType::F32, FloatDType::F64, FloatDType::F16];

    /// Both links after each other, each for itself: `blend`, what `mix` makes of it, the difference.
    fn expected(inputs: &[DispatchTensor; 3]) -> [Vec<f64>; 3] {
        let [x, y, k] = inputs.clone();
        let mut given = smallvec![Some(x.clone()), Some(y), Some(k)];
        let wide = [Output::Wide(0), Output::Wide(0)];
        let mut blended = run(&Blend, &mut given, &wide).into_iter();
        let (blend, difference) = (blended.next().flatten(), blended.next().flatten());
        let mut given = smallvec![blend.clone(), Some(x)];
        let mixed = run(&Mix, &mut given, &[Output::Wide(0)]).pop().flatten();
        [blend, mixed, difference].map(numbers)
    }

    /// Results go where a later link still reads, and a smaller input is read over several chunks.
    #[test]
    fn a_chain_does_what_its_links_do_one_after_another() {
        for dtype in DTYPES {
            for len in LENGTHS {
                let inputs = inputs(len, dtype);
                let [blend, mixed, _] = expected(&inputs);
                let mut chain = Chain::new(3);
                let blended = chain.link(&Blend, smallvec![0, 1, 2], 2);
                let mix = chain.link(&Mix, smallvec![blended.start, 0], 1);
                chain.give(vec![blended.start, mix.start]);
                let [mut x, mut y, mut k] = inputs.map(Some);
                let outputs = [Output::Like(0), Output::Like(1)];
                run_over(&chain, &mut [&mut x, &mut y, &mut k], &outputs);
                assert_eq!(numbers(x), blend, "{len} numbers in {dtype:?}");
                assert_eq!(numbers(y), mixed, "{len} numbers in {dtype:?}");
            }
        }
    }

    #[test]
    fn what_a_link_makes_is_added_up() {
        for dtype in DTYPES {
            for len in LENGTHS {
                let inputs = inputs(len, dtype);
                let [_, mixed, _] = expected(&inputs);
                let mut chain = Chain::new(4);
                let blended = chain.link(&Blend, smallvec![0, 1, 2], 2);
                let mix = chain.link(&Mix, smallvec![blended.start, 0], 1);
                chain.give(mix.collect());
                let wide = match dtype {
                    FloatDType::F64 => FloatDType::F64,
                    _ => FloatDType::F32,
                };
                let room = tensor(1, 0.0, wide);
                let mut given: Few<_> = inputs.into_iter().chain([room]).map(Some).collect();
                let sum = run(&chain, &mut given, &[Output::Like(3)]).pop().flatten();
                let (sum, expected) = (numbers(sum)[0], mixed.iter().sum::<f64>());
                let far = (sum - expected).abs() / mixed.iter().map(|x| x.abs()).sum::<f64>();
                assert!(
                    far < 1e-6,
                    "{len} numbers in {dtype:?}: {sum} for {expected}"
                );
            }
        }
    }

    /// What somebody else holds stays as it is.
    #[test]
    fn shared_memory_is_left_alone() {
        let inputs = inputs(5000, FloatDType::F32);
        let held = inputs[0].clone();
        let mut chain = Chain::new(3);
        let blended = chain.link(&Blend, smallvec![0, 1, 2], 2);
        let mix = chain.link(&Mix, smallvec![blended.start, 0], 1);
        chain.give(vec![mix.start, blended.start + 1]);
        let before = numbers(Some(held.clone()));
        let [_, mixed, difference] = expected(&inputs);
        let [mut x, mut y, mut k] = inputs.map(Some);
        let outputs = [Output::Like(0), Output::Like(1)];
        run_over(&chain, &mut [&mut x, &mut y, &mut k], &outputs);
        assert_eq!(numbers(x), mixed);
        assert_eq!(numbers(y), difference);
        assert_eq!(numbers(Some(held)), before);
    }
}
