use std::fmt;

/// How the steps of a training are taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// On this program's own device.
    Here,
    /// On servers, to which each formula is one operation; the first updates the parameters.
    Formulas,
    /// The same, with formulas composed of Burn's operations.
    Composed,
    /// As with formulas, and each server updates a part of the parameters.
    Sharded,
}

/// A training to measure: the network has four hidden layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub way: Way,
    pub servers: usize,
    pub width: usize,
    pub batch: usize,
    pub activation: &'static str,
}

impl Case {
    fn new(way: Way, servers: usize, width: usize, batch: usize) -> Self {
        Self {
            way,
            servers,
            width,
            batch,
            activation: "relu",
        }
    }

    /// How many parameters the network has.
    pub fn parameters(&self) -> f64 {
        let width = self.width as f64;
        785.0 * width + 3.0 * (width + 1.0) * width + 10.0 * (width + 1.0)
    }

    /// Multiplications and additions of a step, of which the way back has twice as many as the way there.
    pub fn operations(&self) -> f64 {
        6.0 * self.parameters() * self.batch as f64
    }

    /// Pixels and labels of a step.
    pub fn batch_numbers(&self) -> f64 {
        (self.batch * (784 + 1)) as f64
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.way {
            Way::Here => "here",
            Way::Formulas => "formulas",
            Way::Composed => "composed",
            Way::Sharded => "sharded",
        };
        write!(
            f,
            "{way}, {} servers, {} wide, batches of {}, {}",
            self.servers, self.width, self.batch, self.activation
        )
    }
}

/// One server beside none.
pub fn steps() -> Vec<Case> {
    let mut cases = Vec::new();
    for width in [100, 512] {
        for activation in ["relu", "gelu", "mish", "softmax"] {
            for (way, servers) in [(Way::Here, 0), (Way::Formulas, 1), (Way::Composed, 1)] {
                cases.push(Case {
                    activation,
                    ..Case::new(way, servers, width, 100)
                });
            }
        }
    }
    cases
}

/// What the model is fitted to.
pub fn fitted() -> Vec<Case> {
    let mut cases = Vec::new();
    for width in [64, 256, 512] {
        for batch in [100, 800] {
            cases.push(Case::new(Way::Here, 0, width, batch));
            for servers in [1, 2, 4] {
                cases.push(Case::new(Way::Formulas, servers, width, batch));
            }
        }
    }
    cases
}

/// What it has not seen: between what it has, and beyond it.
pub fn others() -> Vec<Case> {
    vec![
        Case::new(Way::Formulas, 1, 128, 400),
        Case::new(Way::Formulas, 2, 384, 400),
        Case::new(Way::Formulas, 4, 128, 400),
        Case::new(Way::Formulas, 3, 768, 1000),
        Case::new(Way::Sharded, 2, 384, 400),
        Case::new(Way::Composed, 2, 384, 400),
    ]
}
