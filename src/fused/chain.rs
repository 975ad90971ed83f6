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

    pub(crate) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(crate) fn registers(&self) -> usize {
        self.registers
    }

    pub(crate) fn links(&self) -> &[Link<'a>] {
        &self.links
    }

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
