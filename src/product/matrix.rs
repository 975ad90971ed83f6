use burn::backend::flex::FlexTensor;
use burn::tensor::Element;

/// The numbers of a tensor, in whichever order they lie.
pub(crate) struct Matrix<'a, E> {
    storage: &'a [E],
    /// Where the first is.
    start: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// How far it is to the next row and the next column.
    pub(super) strides: [isize; 2],
}

impl<'a, E: Element + bytemuck::Pod> Matrix<'a, E> {
    pub(super) fn of(tensor: &'a FlexTensor) -> Self {
        let layout = tensor.layout();
        let (shape, strides) = (layout.shape(), layout.strides());
        Self {
            storage: tensor.storage(),
            start: layout.start_offset(),
            rows: shape[0],
            columns: shape[1],
            strides: [strides[0], strides[1]],
        }
    }

    /// Whether the numbers of a row, or those of a column, lie beside each other.
    pub(super) fn is_in_lines(&self) -> bool {
        self.strides.contains(&1)
    }

    pub(super) fn first(&self) -> *const E {
        // Axes may run backwards: the pointer is to all of the storage.
        self.storage.as_ptr().wrapping_add(self.start)
    }
}
