use std::fs;

use serde::{Deserialize, Serialize};

use crate::config::RunConfig;
use crate::fingerprint::Fingerprint;
use crate::history::Epoch;
use crate::part::Part;
use crate::run_folder::{RunFolder, json};

/// What makes three files the checkpoint of an epoch: it is written after them, and says what they hold,
/// what they came from, and all that the run knows besides.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EpochRecord {
    pub epoch: usize,
    pub settings: RunConfig,
    /// That of all images and labels.
    pub data: Fingerprint,
    /// In the order of [`Part::ALL`].
    pub files: [Content; 3],
    /// The epochs so far.
    pub history: Vec<Epoch>,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    bytes: usize,
    checksum: Fingerprint,
}

impl Content {
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.len(),
            checksum: Fingerprint::of(bytes),
        }
    }
}

/// An epoch's record as it stands in its file.
#[derive(Serialize, Deserialize)]
struct Sealed {
    /// That of the record's text.
    checksum: Fingerprint,
    record: EpochRecord,
}

/// An epoch whose files are what its record says.
pub struct WholeEpoch {
    pub record: EpochRecord,
    /// In the order of [`Part::ALL`].
    pub parts: [Vec<u8>; 3],
}

impl EpochRecord {
    pub fn to_text(&self) -> String {
        json(&Sealed {
            checksum: self.checksum(),
            record: self.clone(),
        })
    }

    fn checksum(&self) -> Fingerprint {
        Fingerprint::of(json(self).as_bytes())
    }

    fn from_text(text: &str, epoch: usize) -> Result<Self, String> {
        let Sealed { checksum, record } =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        let rows = record.history.iter().map(|row| row.number);
        if record.checksum() != checksum {
            return Err("it is damaged".into());
        }
        if record.epoch != epoch || !rows.eq(1..=epoch) {
            return Err("it is that of another epoch".into());
        }
        Ok(record)
    }
}

impl WholeEpoch {
    /// The checkpoint of an epoch, or, in a few words, what is wrong with it.
    pub fn read(folder: &RunFolder, epoch: usize) -> Result<Self, String> {
        let name = format!("epoch-{epoch}.json");
        let text = fs::read_to_string(folder.epoch(epoch));
        let text = text.map_err(|error| format!("{name}: {error}"))?;
        let record =
            EpochRecord::from_text(&text, epoch).map_err(|error| format!("{name}: {error}"))?;
        let [model, optimizer, scheduler] = Part::ALL;
        let read = |part: Part, content: Content| {
            let name = part.file(epoch);
            let bytes = fs::read(folder.part(part, epoch));
            let bytes = bytes.map_err(|error| format!("{name}: {error}"))?;
            match Content::of(&bytes) == content {
                true => Ok(bytes),
                false => Err(format!("{name}: it is damaged")),
            }
        };
        let parts = [
            read(model, record.files[0])?,
            read(optimizer, record.files[1])?,
            read(scheduler, record.files[2])?,
        ];
        Ok(Self { record, parts })
    }

    /// The last epoch that is whole and that `accept` takes, and what is wrong with each after it.
    pub fn last(
        folder: &RunFolder,
        mut accept: impl FnMut(&Self) -> Result<(), String>,
    ) -> (Option<Self>, Vec<String>) {
        let mut passed_over = Vec::new();
        for epoch in folder.saved_epochs().into_iter().rev() {
            let read = Self::read(folder, epoch);
            match read.and_then(|whole| accept(&whole).map(|()| whole)) {
                Ok(whole) => return (Some(whole), passed_over),
                Err(why) => passed_over.push(format!("epoch {epoch} ({why})")),
            }
        }
        (None, passed_over)
    }
}
