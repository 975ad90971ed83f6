use burn::data::dataset::Dataset;
use burn::module::Module;
use burn::tensor::Device;
use burn_extras::model::Mlp;

use crate::advice;
use crate::config::RunConfig;
use crate::data::Digits;
use crate::ending::Ending;
use crate::epoch_record::WholeEpoch;
use crate::evaluate::Evaluation;
use crate::figures;
use crate::header::epochs;
use crate::history::History;
use crate::precision;
use crate::print::say;
use crate::problem::Problem;
use crate::run_folder::{RunFolder, json};
use crate::saved;
use crate::summary::{Outcome, Summary};
use crate::train;
use crate::whole_file;

/// A run whose training is over.
pub struct Results<'a> {
    pub config: &'a RunConfig,
    pub folder: &'a RunFolder,
    pub device: &'a Device,
    pub device_name: &'a str,
    pub train: &'a Digits,
    pub validation: &'a Digits,
    pub test: &'a Digits,
    pub history: &'a History,
}

impl Results<'_> {
    /// Tests and saves the best network that the run has, draws its pictures, and says how it ended;
    /// returns the exit status.
    pub fn leave(self, ending: Ending) -> Result<u8, Problem> {
        let config = self.config;
        let done = self.history.epochs();
        let Some((epoch, network, train)) = self.network(&ending) else {
            let problem = ending.problem(config.lr);
            return Err(Problem(problem.unwrap_or_else(|| match done.len() {
                0 => format!("{ending} before the first epoch was over: nothing is saved"),
                _ => self.ruined(),
            })));
        };
        let wants_last = ending == Ending::Finished && !self.takes_best(&ending);
        let ending = match wants_last && epoch < done.len() {
            true => Ending::Failed(self.ruined()),
            false => ending,
        };
        let outcome = Outcome {
            epoch,
            train,
            validation: (self.validation.len() > 0)
                .then(|| self.evaluation(&network, self.validation)),
            test: self.evaluation(&network, self.test),
            model: self.file_of(&network)?,
        };
        let steps = config.steps(self.train.len());
        let summary = Summary::new(config, self.device_name, &ending, &outcome, &done, steps);

        let start = train::initial_network(config, self.train)?.to_device(self.device);
        let before = figures::inspect(&start, self.train, self.device)?;
        let after = figures::inspect(&network, self.train, self.device)?;
        self.save(&outcome.model, &summary)?;
        say(summary.report(&outcome.test));

        figures::save(&figures::curves(config, &done), self.folder, "curves")?;
        figures::save(&figures::layers(&before, &after), self.folder, "layers")?;
        for line in advice::after_training(config, &before.report, &after.report) {
            say(line);
        }
        say(self.conclusion(&ending, epoch));
        say(format_args!("results: {}", self.folder.path().display()));
        match ending.problem(config.lr) {
            None => Ok(ending.exit_status()),
            Some(problem) => Err(Problem(format!(
                "{problem}; what is saved is the network of epoch {epoch}"
            ))),
        }
    }

    /// Why the network of the last epoch is none to take, without a validation that saw it.
    fn ruined(&self) -> String {
        format!(
            "the loss of the network after the last step is not a number: try a smaller --lr (it is {})",
            self.config.lr
        )
    }

    fn file_of(&self, network: &Mlp) -> Result<Vec<u8>, Problem> {
        let network = match self.config.half {
            true => precision::halved(network.clone()),
            false => network.clone(),
        };
        let bytes = network.into_record().into_bytes();
        let bytes = bytes.map_err(|error| Problem(format!("model.bpk: {error}")))?;
        Ok(bytes.to_vec())
    }

    /// Writes the network, and then the summary that says it is there.
    fn save(&self, model: &[u8], summary: &Summary) -> Result<(), Problem> {
        let folder = self.folder;
        if !whole_file::has(&folder.model(), model) {
            let removed = whole_file::remove(&folder.summary());
            removed.map_err(|error| folder.unwritable(&error))?;
        }
        folder.write(&folder.model(), model)?;
        folder.write(&folder.summary(), json(summary).as_bytes())
    }

    fn evaluation(&self, network: &Mlp, digits: &Digits) -> Evaluation {
        Evaluation::of(network, digits, self.device)
    }

    /// The network to take, with its epoch and what it makes of the training images: the last where the
    /// run went its whole length and nobody asked for the best, otherwise the best, or the last good one
    /// where no validation tells the best.
    fn network(&self, ending: &Ending) -> Option<(usize, Mlp, Evaluation)> {
        let history = self.history.epochs();
        let mut candidates = self.folder.saved_epochs();
        candidates.retain(|epoch| *epoch <= history.len());
        if self.takes_best(ending) {
            let loss = |epoch: usize| history[epoch - 1].validation_loss.unwrap_or(f64::INFINITY);
            candidates.sort_by(|one, other| loss(*one).total_cmp(&loss(*other)));
        } else {
            candidates.reverse();
        }
        candidates.into_iter().find_map(|epoch| {
            // A checkpoint that is damaged is passed over, and one that the last step ruined.
            let network = WholeEpoch::read(self.folder, epoch)
                .and_then(|whole| saved::after_epoch(&whole, self.config, self.device));
            let network = match network {
                Ok(network) => network,
                Err(why) => {
                    say(format_args!("epoch {epoch} is passed over: {why}"));
                    return None;
                }
            };
            let network = match self.config.half {
                true => precision::widened(precision::halved(network), self.device),
                false => network,
            };
            let evaluation = self.evaluation(&network, self.train);
            let is_good = evaluation.loss.is_finite();
            is_good.then_some((epoch, network, evaluation))
        })
    }

    fn takes_best(&self, ending: &Ending) -> bool {
        let is_whole = *ending == Ending::Finished && self.config.patience.is_none();
        !is_whole && self.history.best().is_some()
    }

    /// How the run ended, whose network it left, and how to go on.
    fn conclusion(&self, ending: &Ending, epoch: usize) -> String {
        let done = self.history.epochs().len();
        let which = match self.takes_best(ending) {
            true => "the best by its validation loss",
            false if epoch == done => "the last",
            false => "the last good one",
        };
        let what = match self.config.optimizer.averages() {
            Some(_) => "averaged network",
            None => "network",
        };
        let out = self.folder.path().display();
        let next = match ending {
            Ending::Finished => format!("; --resume --epochs N --out {out} goes on"),
            Ending::OutOfPatience => format!("; --resume --patience N --out {out} goes on"),
            Ending::Diverged(_) => String::new(),
            _ => format!("; --resume --out {out} goes on from epoch {done}"),
        };
        let after = match self.config.epochs {
            all if all == done => epochs(all as f64),
            all => format!("{done} of {}", epochs(all as f64)),
        };
        format!("{ending} after {after}; the {what} is that of epoch {epoch}, {which}{next}")
    }
}
