use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::data::dataset::{Dataset, DatasetError};
use flate2::read::MultiGzDecoder;

use crate::fingerprint::Fingerprint;
use crate::problem::Problem;

/// Rows and columns of an image.
pub const SIDE: usize = 28;
/// Pixels of an image.
pub const PIXELS: usize = SIDE * SIDE;
/// The digits.
pub const CLASSES: usize = 10;

/// A handwritten digit.
#[derive(Clone, Debug)]
pub struct Digit {
    /// Row by row, 0 for the paper to 255 for the ink.
    pub pixels: [u8; PIXELS],
    /// Which digit it is.
    pub label: u8,
}

/// A range of a set of digits, kept as bytes.
#[derive(Clone)]
pub struct Digits {
    pixels: Arc<[[u8; PIXELS]]>,
    labels: Arc<[u8]>,
    start: usize,
    end: usize,
}

impl Digits {
    pub fn new(pixels: Vec<[u8; PIXELS]>, labels: Vec<u8>) -> Self {
        let end = labels.len();
        Self {
            pixels: pixels.into(),
            labels: labels.into(),
            start: 0,
            end,
        }
    }

    /// The digits `start..end` of these.
    pub fn range(&self, start: usize, end: usize) -> Self {
        assert!(start <= end && end <= self.len());
        Self {
            start: self.start + start,
            end: self.start + end,
            ..self.clone()
        }
    }

    /// That of these digits, behind that of others.
    pub fn fingerprint(&self, others: Fingerprint) -> Fingerprint {
        let pixels = &self.pixels[self.start..self.end];
        let labels = &self.labels[self.start..self.end];
        others.with(pixels.as_flattened()).with(labels)
    }

    /// The digit at `index`, if there are so many.
    pub fn digit(&self, index: usize) -> Option<Digit> {
        let index = self.start + index;
        (index < self.end).then(|| Digit {
            pixels: self.pixels[index],
            label: self.labels[index],
        })
    }
}

impl Dataset<Digit> for Digits {
    fn get(&self, index: usize) -> Result<Digit, DatasetError> {
        Ok(self.digit(index).expect("index in range"))
    }

    fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The 60,000 training and the 10,000 test images.
pub struct Mnist {
    pub train: Digits,
    pub test: Digits,
}

impl Mnist {
    /// Loads both sets from `folder`, or from the repository's copy when none is named.
    pub fn load(folder: Option<&Path>) -> Result<Self, Problem> {
        match folder {
            Some(folder) => Self::read(folder),
            None => match default_folder() {
                Some(folder) => Self::read(&folder),
                None => download(),
            },
        }
    }

    fn read(folder: &Path) -> Result<Self, Problem> {
        if !folder.is_dir() {
            return Err(Problem(format!(
                "no data folder {}: name one that holds the four MNIST files with --data",
                folder.display()
            )));
        }
        Ok(Self {
            train: read_set(folder, "train")?,
            test: read_set(folder, "t10k")?,
        })
    }
}

fn default_folder() -> Option<PathBuf> {
    in_repository("data/mnist").find(|folder| folder.is_dir())
}

/// A place where the command is run, then the same in the repository that it was built from.
pub fn in_repository(path: &str) -> impl Iterator<Item = PathBuf> {
    [
        PathBuf::from(path),
        Path::new(env!("CARGO_MANIFEST_DIR")).join(path),
    ]
    .into_iter()
}

fn read_set(folder: &Path, set: &str) -> Result<Digits, Problem> {
    let images = IdxFile::<3>::read(folder, &format!("{set}-images-idx3-ubyte"))?;
    let labels = IdxFile::<1>::read(folder, &format!("{set}-labels-idx1-ubyte"))?;
    let [count, rows, columns] = images.dims;
    if [rows, columns] != [SIDE, SIDE] {
        return Err(images.problem(format!(
            "images of {rows} x {columns} pixels, expected {SIDE} x {SIDE}"
        )));
    }
    if count == 0 {
        return Err(images.problem("no images".into()));
    }
    if count != labels.dims[0] {
        return Err(images.problem(format!(
            "{count} images, but {} labels in {}",
            labels.dims[0],
            labels.path.display()
        )));
    }
    if let Some(index) = labels.data.iter().position(|l| *l as usize >= CLASSES) {
        return Err(labels.problem(format!(
            "label {} at index {index}, expected 0 to 9",
            labels.data[index]
        )));
    }
    let pixels = images.data.as_chunks::<PIXELS>().0.to_vec();
    Ok(Digits::new(pixels, labels.data))
}

/// An array of bytes with `D` dimensions in the IDX format: a magic number that names the type
/// and the number of dimensions, the dimensions as big-endian `u32`, the bytes.
struct IdxFile<const D: usize> {
    path: PathBuf,
    dims: [usize; D],
    data: Vec<u8>,
}

impl<const D: usize> IdxFile<D> {
    fn read(folder: &Path, name: &str) -> Result<Self, Problem> {
        let path = [format!("{name}.gz"), name.to_string()]
            .into_iter()
            .map(|name| folder.join(name))
            .find(|path| path.exists())
            .ok_or_else(|| {
                Problem(format!(
                    "no {name}.gz or {name} in {}: put the MNIST file there, or name another folder with --data",
                    folder.display()
                ))
            })?;
        let mut file = Self {
            path,
            dims: [0; D],
            data: Vec::new(),
        };
        let bytes = file.bytes()?;

        let magic = u32::from_be_bytes([0, 0, 0x08, D as u8]);
        let header = 4 * (D + 1);
        let (words, data) = bytes
            .split_at_checked(header)
            .ok_or_else(|| file.problem(format!("truncated: {} bytes in all", bytes.len())))?;
        let mut words = words
            .as_chunks::<4>()
            .0
            .iter()
            .map(|w| u32::from_be_bytes(*w));
        let found = words.next().unwrap_or_default();
        if found != magic {
            return Err(file.problem(format!(
                "wrong magic number {found:#010x}, expected {magic:#010x}: not an IDX file of bytes with {D} dimension(s)"
            )));
        }
        for (dim, word) in file.dims.iter_mut().zip(words) {
            *dim = word as usize;
        }
        // Sizes come from the file: their product must not overflow, and nothing is allocated by them.
        let expected = file
            .dims
            .iter()
            .try_fold(1usize, |size, dim| size.checked_mul(*dim));
        if expected != Some(data.len()) {
            let what = match expected {
                Some(expected) if data.len() > expected => "trailing bytes",
                _ => "truncated",
            };
            return Err(file.problem(format!(
                "{what}: {} bytes of data, but dimensions {:?}",
                data.len(),
                file.dims
            )));
        }
        file.data = data.to_vec();
        Ok(file)
    }

    fn bytes(&self) -> Result<Vec<u8>, Problem> {
        /// More than the largest of the four files holds, so that a hostile gzip cannot fill memory.
        const LIMIT: u64 = 256 << 20;
        let file = File::open(&self.path)
            .map_err(|error| self.problem(format!("cannot be opened: {error}")))?;
        let mut bytes = Vec::new();
        let gzip = self.path.extension().is_some_and(|e| e == "gz");
        let result = if gzip {
            MultiGzDecoder::new(file)
                .take(LIMIT + 1)
                .read_to_end(&mut bytes)
        } else {
            file.take(LIMIT + 1).read_to_end(&mut bytes)
        };
        let what = if gzip {
            "corrupt gzip"
        } else {
            "cannot be read"
        };
        result.map_err(|error| self.problem(format!("{what}: {error}")))?;
        if bytes.len() as u64 > LIMIT {
            return Err(self.problem("holds more than 256 MiB, so it is not an MNIST file".into()));
        }
        Ok(bytes)
    }

    fn problem(&self, what: String) -> Problem {
        Problem(format!(
            "{}: {what} (restore the file, or name another folder with --data)",
            self.path.display()
        ))
    }
}

#[cfg(not(feature = "download"))]
fn download() -> Result<Mnist, Problem> {
    Err(Problem(
        "no data/mnist here: name the folder that holds the four MNIST files with --data, \
         or build with --features download"
            .into(),
    ))
}

#[cfg(feature = "download")]
fn download() -> Result<Mnist, Problem> {
    use burn::data::dataset::vision::{MnistDataset, MnistItem};

    fn digits(dataset: &MnistDataset) -> Result<Digits, DatasetError> {
        let mut pixels = Vec::with_capacity(dataset.len());
        let mut labels = Vec::with_capacity(dataset.len());
        for index in 0..dataset.len() {
            let MnistItem { image, label } = dataset.get(index)?;
            let mut bytes = [0; PIXELS];
            for (byte, value) in bytes.iter_mut().zip(image.as_flattened()) {
                *byte = *value as u8;
            }
            pixels.push(bytes);
            labels.push(label);
        }
        Ok(Digits::new(pixels, labels))
    }

    crate::print::warn("no data/mnist here: downloading MNIST");
    // MnistDataset panics when there is no network.
    let sets = std::panic::catch_unwind(|| (MnistDataset::train(), MnistDataset::test()));
    let failed =
        || Problem("MNIST could not be downloaded: name a folder that holds it with --data".into());
    let (train, test) = sets.map_err(|_| failed())?;
    Ok(Mnist {
        train: digits(&train).map_err(|_| failed())?,
        test: digits(&test).map_err(|_| failed())?,
    })
}
