use crate::plane::Plane;

/// How far each pixel's middle lies inside the ink, below 0 outside of it: to where the ink is half, in pixels.
pub fn depth(ink: &Plane) -> Plane {
    let is_ink = |index: usize| ink.values[index] > 0.5;
    let outside = squared_distances(ink, is_ink);
    let inside = squared_distances(ink, |index| !is_ink(index));
    Plane::new(ink.width, ink.height, |index| match is_ink(index) {
        true => inside[index].sqrt() - 0.5,
        false => 0.5 - outside[index].sqrt(),
    })
}

/// The width of the strokes: twice the depth along their middles, on average; 0 where there is no ink.
pub fn width(depth: &Plane) -> f32 {
    let (mut sum, mut count) = (0.0, 0);
    for y in 1..depth.height.saturating_sub(1) {
        for x in 1..depth.width.saturating_sub(1) {
            let own = depth.at(x, y);
            // A ridge: no lower than on both sides of it, in two of four directions.
            let ridges = [
                [(1, 0), (-1, 0)],
                [(0, 1), (0, -1)],
                [(1, 1), (-1, -1)],
                [(1, -1), (-1, 1)],
            ]
            .iter()
            .filter(|beside| {
                beside.iter().all(|(dx, dy): &(isize, isize)| {
                    own >= depth.at(x.wrapping_add_signed(*dx), y.wrapping_add_signed(*dy))
                })
            })
            .count();
            if own > 0.0 && ridges >= 2 {
                sum += own;
                count += 1;
            }
        }
    }
    match count {
        0 => 0.0,
        count => 2.0 * sum / count as f32,
    }
}

/// The squared distance of every pixel to the nearest that is meant, in one pass along the rows and one along the columns.
fn squared_distances(plane: &Plane, is_meant: impl Fn(usize) -> bool) -> Vec<f32> {
    let (width, height) = (plane.width, plane.height);
    // Larger than any distance in the picture, and its square is a number.
    let far = (width + height) as f32;
    let mut rows = vec![far; width * height];
    for y in 0..height {
        let mut last = far;
        for x in 0..width {
            last = if is_meant(y * width + x) {
                0.0
            } else {
                last + 1.0
            };
            rows[y * width + x] = last;
        }
        let mut last = far;
        for x in (0..width).rev() {
            last = if is_meant(y * width + x) {
                0.0
            } else {
                last + 1.0
            };
            let best = &mut rows[y * width + x];
            *best = best.min(last).min(far);
        }
    }
    let mut result = vec![0.0; width * height];
    for x in 0..width {
        let column: Vec<f32> = (0..height).map(|y| rows[y * width + x].powi(2)).collect();
        for (y, distance) in lower_envelope(&column).into_iter().enumerate() {
            result[y * width + x] = distance;
        }
    }
    result
}

/// The lowest of parabolas that stand on `heights`, at every place: Felzenszwalb and Huttenlocher's distance transform.
fn lower_envelope(heights: &[f32]) -> Vec<f32> {
    // Which parabola is lowest, and from where on.
    let mut lowest: Vec<(usize, f32)> = Vec::with_capacity(heights.len());
    for (at, height) in heights.iter().enumerate() {
        let from = loop {
            let Some((other, from)) = lowest.last() else {
                break f32::NEG_INFINITY;
            };
            let (own, its) = (at as f32, *other as f32);
            let crossing = (height + own * own - heights[*other] - its * its) / (2.0 * (own - its));
            if crossing > *from {
                break crossing;
            }
            lowest.pop();
        };
        lowest.push((at, from));
    }
    let mut index = 0;
    (0..heights.len())
        .map(|at| {
            while lowest.get(index + 1).is_some_and(|it| it.1 <= at as f32) {
                index += 1;
            }
            let other = lowest[index].0;
            (at as f32 - other as f32).powi(2) + heights[other]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_the_shortest() {
        let plane = Plane::new(13, 9, |index| f32::from(index % 17 == 3));
        let meant: Vec<usize> = (0..13 * 9).filter(|it| it % 17 == 3).collect();
        let distances = squared_distances(&plane, |index| index % 17 == 3);
        for (index, distance) in distances.into_iter().enumerate() {
            let to = |other: &usize| {
                let [dx, dy] = [index % 13, index / 13].map(|it| it as f32);
                (dx - (other % 13) as f32).powi(2) + (dy - (other / 13) as f32).powi(2)
            };
            let expected = meant.iter().map(to).fold(f32::MAX, f32::min);
            assert_eq!(distance, expected, "{index}");
        }
    }

    #[test]
    fn a_bar_is_about_as_wide_as_it_is() {
        for wide in [3, 8, 13] {
            let plane = Plane::new(60, 80, |index| {
                let (x, y) = (index % 60, index / 60);
                f32::from((20..20 + wide).contains(&x) && (10..70).contains(&y))
            });
            let measured = width(&depth(&plane));
            // The ends of a stroke, where it is less deep, count too.
            let off = measured / wide as f32 - 1.0;
            assert!((-0.35..0.1).contains(&off), "{wide}: {measured}");
        }
    }
}
