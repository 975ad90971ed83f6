use crate::cut;
use crate::data::Digit;
use crate::marks::{self, Mark};
use crate::paper::Ink;
use crate::photo::Photo;
use crate::plane::Plane;
use crate::ruling::Unruled;
use crate::signs::signs;

/// Edges of ink are steeper than this, where those of shadows are not.
const SHARPNESS: f32 = 0.06;

/// What is written on a picture.
pub struct Page {
    /// The ink, from 0 to 1, without the lines of the paper.
    pub ink: Plane,
    /// In the order in which they are read.
    pub signs: Vec<Sign>,
}

/// Something that may be a digit.
pub struct Sign {
    /// Its ink in the page's plane.
    pub mark: Mark,
    /// Which line of writing it is in.
    pub line: usize,
    /// As the data set would have it, in each of its [views](cut::views).
    pub views: Vec<Digit>,
}

impl Page {
    /// What is written on it, if darker places are ink, or if lighter ones are: the likelier first, and alone where that
    /// is plain.
    pub fn candidates(photo: &Photo) -> Vec<Self> {
        let inks = Ink::candidates(photo.planes());
        inks.iter().map(Self::of).collect()
    }

    fn of(ink: &Ink) -> Self {
        let unruled = Unruled::of(ink);
        let plane = unruled.ink;
        let mut marks = marks::marks(&plane, ink.threshold);
        marks.retain(|mark| {
            // What is left of lines where they cross, or at the border of the picture.
            let on_lines = mark
                .pixels
                .iter()
                .filter(|it| unruled.was_line[**it])
                .count();
            5 * on_lines < 3 * mark.pixels.len()
                && !mark.is_sliver(&plane)
                && mark.sharpness(&plane) > SHARPNESS
        });
        let signs = signs(marks, plane.width)
            .into_iter()
            .map(|(line, mark)| Sign {
                line,
                views: cut::views(&plane, &mark),
                mark,
            })
            .collect();
        Self { ink: plane, signs }
    }
}
