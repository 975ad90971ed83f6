/// The share of the values in each of `bins` bins over a range, where all of them together are `whole`.
pub fn shares(values: &[f32], (from, to): (f64, f64), bins: usize, whole: f64) -> Vec<f64> {
    let mut shares = vec![0.0; bins];
    for value in values.iter().map(|value| f64::from(*value)) {
        if (from..=to).contains(&value) {
            let place = (value - from) / (to - from) * bins as f64;
            shares[(place as usize).min(bins - 1)] += whole / values.len() as f64;
        }
    }
    shares
}

/// The outline of a histogram.
pub fn outline(heights: &[f64], (from, to): (f64, f64)) -> Vec<(f64, f64)> {
    let width = (to - from) / heights.len() as f64;
    let mut points = vec![(from, 0.0)];
    for (index, height) in heights.iter().enumerate() {
        let left = from + width * index as f64;
        points.extend([(left, *height), (left + width, *height)]);
    }
    points.push((to, 0.0));
    points
}
