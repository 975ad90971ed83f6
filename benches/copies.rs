//! What memory allows.

use criterion::Criterion;
use rayon::prelude::*;

/// For each size as many bytes read and written, to fresh memory, on all cores.
pub fn copies(criterion: &mut Criterion, sizes: &[(&str, usize)]) {
    for (size, len) in sizes {
        let x = vec![1.0f32; *len];
        criterion.bench_function(&format!("copy-{size}"), |bencher| {
            bencher.iter(|| x.par_iter().copied().collect::<Vec<f32>>());
        });
    }
}
