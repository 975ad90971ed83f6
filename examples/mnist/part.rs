/// A part of a checkpoint: each has a file of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    Model,
    Optimizer,
    Scheduler,
}

impl Part {
    /// In the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Model, Self::Optimizer, Self::Scheduler];

    /// The name that burn-train gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Optimizer => "optim",
            Self::Scheduler => "scheduler",
        }
    }

    /// The name of its file after an epoch.
    pub fn file(self, epoch: usize) -> String {
        format!("{}-{epoch}.bpk", self.name())
    }
}
