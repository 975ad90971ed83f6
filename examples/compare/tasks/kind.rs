/// What kind of task it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Digits of MNIST, ten classes.
    Digits,
    /// A smooth function of two numbers.
    Smooth,
    /// Two waves of one number.
    Periodic,
    /// The brightness of a picture at two coordinates.
    Picture,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Digits, Self::Smooth, Self::Periodic, Self::Picture];
    pub const NAMES: [&str; 4] = ["digits", "smooth", "periodic", "picture"];

    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Numbers that go in, and that come out.
    pub fn sizes(self) -> (usize, usize) {
        match self {
            Self::Digits => (crate::data::PIXELS, crate::data::CLASSES),
            Self::Periodic => (1, 1),
            Self::Smooth | Self::Picture => (2, 1),
        }
    }

    /// How many examples there are to learn from, unless a task says otherwise.
    pub fn samples(self) -> usize {
        match self {
            Self::Digits => 10_000,
            Self::Smooth => 500,
            Self::Periodic => 200,
            Self::Picture => 2048,
        }
    }
}
