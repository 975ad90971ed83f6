use burn::backend::flex::FlexTensor;
use burn::tensor::{DType, Element};

/// The numbers of a tensor, in whichever order they lie.
pub(super) struct Matrix<'a, E> {
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

    /// The same, where its numbers are `f32`.
    pub(super) fn as_f32(&self) -> Option<Matrix<'a, f32>> {
        (E::dtype() == DType::F32).then(|| Matrix {
            storage: bytemuck::cast_slice(self.storage),
            start: self.start,
            rows: self.rows,
            columns: self.columns,
            strides: self.strides,
        })
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
