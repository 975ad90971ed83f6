//! Work without threads, in a build without rayon.

/// Does the work for each item.
pub(crate) fn share<I>(items: I, work: impl Fn(I::Item) + Sync)
where
    I: ExactSizeIterator,
    I::Item: Send,
{
    items.for_each(work);
}
