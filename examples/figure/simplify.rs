/// A line with as few of its points as draw the same picture, after Ramer, Douglas and Peucker.
///
/// `tolerance` is how far a point may end up from the line, in units in which a panel is `size`
/// wide and high.
pub fn simplified(points: &[(f64, f64)], size: (f64, f64), tolerance: f64) -> Vec<(f64, f64)> {
    let mut kept = vec![false; points.len()];
    let mut open = vec![(0, points.len().saturating_sub(1))];
    while let Some((first, last)) = open.pop() {
        if points.is_empty() {
            break;
        }
        kept[first] = true;
        kept[last] = true;
        let farthest = (first + 1..last)
            .map(|index| {
                (
                    distance(points[index], points[first], points[last], size),
                    index,
                )
            })
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((distance, index)) = farthest
            && distance > tolerance
        {
            open.extend([(first, index), (index, last)]);
        }
    }
    points
        .iter()
        .zip(kept)
        .filter_map(|(point, kept)| kept.then_some(*point))
        .collect()
}

/// How far a point is from the segment between `start` and `end`.
fn distance(point: (f64, f64), start: (f64, f64), end: (f64, f64), size: (f64, f64)) -> f64 {
    let from_start = |(x, y): (f64, f64)| ((x - start.0) / size.0, (y - start.1) / size.1);
    let ((px, py), (ex, ey)) = (from_start(point), from_start(end));
    let length = ex * ex + ey * ey;
    let share = match length {
        0.0 => 0.0,
        length => ((px * ex + py * ey) / length).clamp(0.0, 1.0),
    };
    (px - share * ex).hypot(py - share * ey)
}
