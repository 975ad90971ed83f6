use core::ops::Range;

use burn::tensor::Shape;

use crate::fused::flex::chunk::LANES;

/// The rows along an axis of a tensor in row-major order, in groups that are worked on together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layout {
    /// How many numbers the axes before it have together.
    pub(super) outer: usize,
    /// How long a row is.
    pub(super) len: usize,
    /// How many numbers the axes behind it have together: so far it is from a number to the next one of its row.
    pub(super) inner: usize,
    pub(super) way: Way,
}

/// How the loops get at rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    /// Along them, as they are. A group is a row.
    Along,
    /// Along copies of them. A group is what one place before the axis has: few rows, and long.
    CopiedAlong,
    /// Across them, as they are. A group is as many as there are lanes, side by side.
    Across,
    /// Across copies of them. A group is as many as there are lanes or a few less, each short.
    CopiedAcross,
}

impl Layout {
    pub(super) fn new(shape: &Shape, axis: usize) -> Self {
        let product = |axes: Range<usize>| axes.map(|axis| shape[axis]).product::<usize>();
        let (outer, len) = (product(0..axis), shape[axis]);
        let inner = product(axis + 1..shape.num_dims());
        let way = match (len >= LANES, inner) {
            (_, LANES..) => Way::Across,
            (true, 1) => Way::Along,
            (true, _) => Way::CopiedAlong,
            (false, _) => Way::CopiedAcross,
        };
        Self {
            outer,
            len,
            inner,
            way,
        }
    }

    /// How many places before the axis a group has.
    pub(super) fn outers(&self) -> usize {
        match self.way {
            Way::CopiedAcross => LANES / self.inner,
            _ => 1,
        }
    }

    /// How many groups there are.
    pub(super) fn groups(&self) -> usize {
        match self.way {
            Way::Across => self.outer * self.inner.div_ceil(LANES),
            _ => self.outer.div_ceil(self.outers()),
        }
    }

    /// How many numbers a group has at most.
    pub(super) fn size(&self) -> usize {
        match self.way {
            Way::Across => self.len * LANES,
            _ => self.outers() * self.len * self.inner,
        }
    }

    /// The numbers of a group, where they lie one after another.
    pub(super) fn numbers(&self, group: usize) -> Range<usize> {
        let start = group * self.size();
        start..(start + self.size()).min(self.outer * self.len * self.inner)
    }

    /// Where a group that lies across begins, and how many rows it has.
    pub(super) fn side_by_side(&self, group: usize) -> (usize, usize) {
        let blocks = self.inner.div_ceil(LANES);
        let (outer, first) = (group / blocks, group % blocks * LANES);
        let start = outer * self.len * self.inner + first;
        (start, LANES.min(self.inner - first))
    }

    /// Copies a group's numbers to where the loops want them.
    pub(super) fn turn<E: Copy>(&self, numbers: &[E], turned: &mut [E]) {
        let (len, inner) = (self.len, self.inner);
        match (self.way, inner) {
            (Way::CopiedAcross, 1) => {
                let (blocks, _) = turned.as_chunks_mut::<LANES>();
                for (lane, row) in numbers.chunks_exact(len).enumerate().take(LANES) {
                    for (block, number) in blocks.iter_mut().zip(row) {
                        block[lane] = *number;
                    }
                }
            }
            (Way::CopiedAcross, _) => {
                for (outer, numbers) in numbers.chunks_exact(len * inner).enumerate() {
                    let places = numbers.chunks_exact(inner);
                    for (block, places) in turned.chunks_exact_mut(LANES).zip(places) {
                        let lanes = &mut block[outer * inner..];
                        for (lane, number) in lanes.iter_mut().zip(places) {
                            *lane = *number;
                        }
                    }
                }
            }
            _ => {
                for (index, places) in numbers.chunks_exact(inner).enumerate() {
                    for (row, number) in turned.chunks_exact_mut(len).zip(places) {
                        row[index] = *number;
                    }
                }
            }
        }
    }

    /// Copies a group's numbers back.
    pub(super) fn turn_back<E: Copy>(&self, turned: &[E], numbers: &mut [E]) {
        let (len, inner) = (self.len, self.inner);
        match (self.way, inner) {
            (Way::CopiedAcross, 1) => {
                let (blocks, _) = turned.as_chunks::<LANES>();
                for (lane, row) in numbers.chunks_exact_mut(len).enumerate().take(LANES) {
                    for (block, number) in blocks.iter().zip(row) {
                        *number = block[lane];
                    }
                }
            }
            (Way::CopiedAcross, _) => {
                for (outer, numbers) in numbers.chunks_exact_mut(len * inner).enumerate() {
                    let places = numbers.chunks_exact_mut(inner);
                    for (block, places) in turned.chunks_exact(LANES).zip(places) {
                        for (lane, number) in block[outer * inner..].iter().zip(places) {
                            *number = *lane;
                        }
                    }
                }
            }
            _ => {
                for (index, places) in numbers.chunks_exact_mut(inner).enumerate() {
                    for (row, number) in turned.chunks_exact(len).zip(places) {
                        *number = row[index];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(shape: &[usize], axis: usize) -> Layout {
        Layout::new(&Shape::from(shape.to_vec()), axis)
    }

    #[test]
    fn short_and_long_rows_take_their_ways() {
        assert_eq!(layout(&[100, 1000], 1).way, Way::Along);
        assert_eq!(layout(&[100, 64], 1).way, Way::Along);
        assert_eq!(layout(&[100, 63], 1).way, Way::CopiedAcross);
        assert_eq!(layout(&[2, 10, 2], 1).way, Way::CopiedAcross);
        assert_eq!(layout(&[2, 100, 63], 1).way, Way::CopiedAlong);
        assert_eq!(layout(&[2, 100, 64], 1).way, Way::Across);
        assert_eq!(layout(&[2, 3, 8, 8], 1).way, Way::Across);
    }

    #[test]
    fn groups_cover_each_number_once() {
        for (shape, axis) in [
            (vec![130, 10], 1),
            (vec![7, 9, 3], 1),
            (vec![9, 3], 0),
            (vec![3, 100, 5], 1),
            (vec![4, 70], 1),
        ] {
            let layout = layout(&shape, axis);
            let total: usize = shape.iter().product();
            let covered: Vec<_> = (0..layout.groups())
                .flat_map(|group| layout.numbers(group))
                .collect();
            assert_eq!(covered, (0..total).collect::<Vec<_>>(), "{shape:?}");
        }
        let layout = layout(&[2, 3, 150], 1);
        let mut seen = vec![0; 900];
        for group in 0..layout.groups() {
            let (start, lanes) = layout.side_by_side(group);
            for place in 0..3 {
                for lane in 0..lanes {
                    seen[start + place * 150 + lane] += 1;
                }
            }
        }
        assert_eq!(seen, vec![1; 900]);
    }

    #[test]
    fn turning_puts_rows_along_or_across() {
        // Two places before the axis, rows of three, two places behind it.
        let across = layout(&[2, 3, 2], 1);
        let numbers: Vec<_> = (0..12).collect();
        let mut turned = vec![-1; 3 * LANES];
        across.turn(&numbers, &mut turned);
        assert_eq!(turned[..4], [0, 1, 6, 7]);
        assert_eq!(turned[LANES..LANES + 4], [2, 3, 8, 9]);
        let mut back = vec![0; 12];
        across.turn_back(&turned, &mut back);
        assert_eq!(back, numbers);

        let along = layout(&[1, 70, 2], 1);
        let numbers: Vec<_> = (0..140).collect();
        let mut turned = vec![-1; 140];
        along.turn(&numbers, &mut turned);
        assert_eq!(turned[..3], [0, 2, 4]);
        assert_eq!(turned[70..73], [1, 3, 5]);
    }
}
