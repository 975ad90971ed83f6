use burn::tensor::Bytes;
use burn_pack::{Error, Reader, Writer};

/// A record with its tensors in the order of their names.
///
/// An optimizer's are in the order of a hash map, another in each run: in this order equal states are equal
/// bytes.
pub fn canonical(record: Bytes) -> Result<Vec<u8>, Error> {
    let reader = Reader::from_bytes(record)?;
    let (metadata, scalars) = (reader.metadata().clone(), reader.scalars().clone());
    let mut tensors = reader
        .into_tensors()?
        .into_iter()
        .map(|tensor| tensor.into_parts())
        .collect::<Result<Vec<_>, Error>>()?;
    tensors.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    let tensors = tensors.into_iter().map(|(name, dtype, shape, id, bytes)| {
        burn_pack::Tensor::new(name, dtype, shape, id, bytes)
    });
    let writer = Writer::new(tensors.collect());
    let writer = metadata.iter().fold(writer, |writer, (key, text)| {
        writer.with_metadata(key, text)
    });
    let writer = scalars.iter().fold(writer, |writer, (key, value)| {
        writer.with_scalar(key, *value)
    });
    Ok(writer.into_bytes()?.to_vec())
}
