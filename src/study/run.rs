/// A training that is to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What is to be learned.
    pub task: String,
    /// Who learns: a level of each factor of the [`Plan`](super::Plan).
    pub levels: Vec<String>,
    /// The learning rate.
    pub rate: f64,
    /// 0 where a learning rate is tried, from 1 where it has been chosen. The start of the network, the order of its
    /// batches and all else that is drawn should follow from it.
    pub seed: u64,
}

/// What became of a training. Of every error, lower is better.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Outcome {
    /// The error on data that the network has not learned from: it chooses the learning rate.
    pub validation: f64,
    /// The error on data that nothing is chosen by: it is what is reported.
    pub test: f64,
    /// The error at times that are the same for all candidates of a task; empty where nobody is to see it. Three
    /// digits of each are kept.
    pub curve: Vec<f64>,
}

/// A training that has been done.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Which.
    pub run: Run,
    /// What became of it.
    pub outcome: Outcome,
    /// How long it took.
    pub seconds: f64,
}
