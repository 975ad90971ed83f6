use super::axis::Axis;

/// The pieces of a line that lie inside a panel, none of which turns back on itself.
///
/// The plotting crate draws a line on where its panel ends, over whatever is there, and in pictures
/// of pixels it gives a line that turns back a spike of any length.
pub fn pieces(points: &[(f64, f64)], x: &Axis, y: &Axis) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    for pair in points.windows(2) {
        let Some((start, end)) = inside(pair[0], pair[1], x, y) else {
            continue;
        };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&start) && goes_on(piece, end, x, y) => {
                piece.push(end);
            }
            _ => pieces.push(vec![start, end]),
        }
    }
    pieces
}

/// Whether a piece turns by less than a right angle on its way to `next`.
fn goes_on(piece: &[(f64, f64)], next: (f64, f64), x: &Axis, y: &Axis) -> bool {
    let [.., (x0, y0), (x1, y1)] = piece else {
        return true;
    };
    let turn =
        |axis: &Axis, before: f64, after: f64| before * after / (axis.to - axis.from).powi(2);
    turn(x, x1 - x0, next.0 - x1) + turn(y, y1 - y0, next.1 - y1) > 0.0
}

/// The part of a segment inside the panel, after Liang and Barsky: each side of the panel cuts off
/// a share of it, from the front or from the back.
fn inside(
    (x0, y0): (f64, f64),
    (x1, y1): (f64, f64),
    x: &Axis,
    y: &Axis,
) -> Option<((f64, f64), (f64, f64))> {
    if ![x0, y0, x1, y1].iter().all(|value| value.is_finite()) {
        return None;
    }
    let (dx, dy) = (x1 - x0, y1 - y0);
    let (mut front, mut back) = (0.0f64, 1.0f64);
    for (step, room) in [
        (-dx, x0 - x.from),
        (dx, x.to - x0),
        (-dy, y0 - y.from),
        (dy, y.to - y0),
    ] {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            front = front.max(room / step);
        } else {
            back = back.min(room / step);
        }
    }
    let at = |share: f64| match share {
        0.0 => (x0, y0),
        1.0 => (x1, y1),
        share => (x0 + share * dx, y0 + share * dy),
    };
    (front <= back).then(|| (at(front), at(back)))
}
