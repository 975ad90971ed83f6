use crate::marks::{Bounds, Mark};

/// A sign is at least this high or wide, in pixels, ...
const SMALLEST: usize = 8;
/// ... and this share of the largest beside it: what is smaller is a dot or a speck.
const SPECK: f32 = 0.3;
/// What has less than this share of the darkest ink is faint.
const FAINT: f32 = 0.55;
/// A part of a sign is no further from the rest of it than this share of its height.
const REACH: f32 = 0.15;

/// Puts marks together that are one sign, such as the bar of a 5 and the rest of it, and puts signs in the order in which
/// they are read, each with the number of its line. `width`: that of the picture.
pub fn signs(marks: Vec<Mark>, width: usize) -> Vec<(usize, Mark)> {
    let mut signs: Vec<Mark> = Vec::new();
    // The largest are first: parts come to what they are a part of.
    for mark in marks {
        let homes = signs.iter_mut().filter_map(|sign| {
            let distance = may_be_part(&mark.bounds, &sign.bounds)?;
            let is_part =
                distance == 0.0 || mark.distance(sign, width) < REACH * high(&sign.bounds);
            is_part.then_some((distance, sign))
        });
        match homes.min_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((_, sign)) => sign.absorb(mark),
            None => signs.push(mark),
        }
    }
    let largest = signs.iter().map(|it| it.bounds.side()).max().unwrap_or(0);
    let least = SMALLEST.max((SPECK * largest as f32) as usize);
    let darkest = signs.iter().map(|it| it.ink).fold(0.0, f32::max);
    signs.retain(|sign| {
        let bounds = sign.bounds;
        // No digit is so flat, and no pen leaves so fine and faint a stroke beside others: both are ends of printed lines.
        let is_flat = bounds.width() > 4 * bounds.height();
        let is_faint = sign.ink < FAINT * darkest && bounds.width().min(bounds.height()) <= 8;
        bounds.side() >= least && !is_flat && !is_faint
    });
    in_reading_order(signs)
}

/// How high a sign is, or would be if it stood upright.
fn high(sign: &Bounds) -> f32 {
    sign.height().max(sign.width() / 2) as f32
}

/// How far the smaller box is from the larger one, if it may hold a part of what is in that one: 0 where it does anyway.
fn may_be_part(part: &Bounds, sign: &Bounds) -> Option<f32> {
    let [across, down] = part.gaps(sign);
    let high = high(sign);
    if across < 0.0 && down < 0.0 {
        // One box reaches into the other: most of the smaller one, as neighbours that lean overlap too.
        let inside = across * down / (part.width() * part.height()) as f32;
        if inside > 0.5 {
            return Some(0.0);
        }
    }
    // A bar, or a stroke that the pen left out a piece of.
    let together = part.with(sign);
    let distance = across.max(0.0).hypot(down.max(0.0));
    let is_near = distance < REACH * high
        && (part.height() as f32) < 0.6 * high
        && (together.height() as f32) < 1.35 * high
        && (together.width() as f32) < 1.6 * sign.side() as f32;
    is_near.then_some(distance.max(f32::MIN_POSITIVE))
}

/// Line by line from the top, each from the left.
fn in_reading_order(mut signs: Vec<Mark>) -> Vec<(usize, Mark)> {
    signs.sort_by_key(|sign| sign.bounds.top + sign.bounds.bottom);
    let mut lines: Vec<Vec<Mark>> = Vec::new();
    for sign in signs {
        let home = lines.iter_mut().find(|line| {
            line.iter().any(|other| {
                let [_, down] = sign.bounds.gaps(&other.bounds);
                -down > 0.5 * sign.bounds.height().min(other.bounds.height()) as f32
            })
        });
        match home {
            Some(line) => line.push(sign),
            None => lines.push(vec![sign]),
        }
    }
    for line in &mut lines {
        line.sort_by_key(|sign| sign.bounds.left + sign.bounds.right);
    }
    lines
        .into_iter()
        .enumerate()
        .flat_map(|(number, line)| line.into_iter().map(move |sign| (number, sign)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(left: usize, top: usize, right: usize, bottom: usize) -> Mark {
        Mark {
            bounds: Bounds {
                left,
                top,
                right,
                bottom,
            },
            pixels: (top..bottom)
                .flat_map(|y| (left..right).map(move |x| y * 200 + x))
                .collect(),
            ink: 1.0,
        }
    }

    #[test]
    fn a_bar_is_a_part_of_its_5() {
        let body = mark(0, 10, 40, 80);
        let bar = mark(10, 2, 48, 8);
        assert_eq!(signs(vec![body, bar], 200).len(), 1);
    }

    #[test]
    fn lines_are_read_one_after_the_other() {
        let marks = vec![
            mark(60, 105, 90, 165),
            mark(10, 100, 40, 160),
            mark(62, 4, 92, 60),
            mark(9, 0, 44, 62),
            mark(120, 8, 150, 58),
        ];
        let order: Vec<(usize, usize)> = signs(marks, 200)
            .into_iter()
            .map(|(line, sign)| (line, sign.bounds.left))
            .collect();
        assert_eq!(order, [(0, 9), (0, 62), (0, 120), (1, 10), (1, 60)]);
    }
}
