//! Products of matrices in `bf16` on the tile registers of Intel's AMX, added up in `f32`.
//!
//! A tile has 16 rows of 64 bytes. One instruction multiplies a tile of 16 rows of 32 numbers by one of 32 rows of 16, and
//! adds that to a tile of 16 rows of 16 sums, in 16 cycles: 16 times as many as AVX-512 multiplies in `f32`. What is left
//! to do is to bring both matrices into tiles, rounded to `bf16`, and to keep those in the near caches.

use core::arch::asm;
use core::arch::x86_64::*;
use core::mem::{self, MaybeUninit};
use core::ops::Range;
use std::sync::LazyLock;

use super::matrix::Matrix;
use crate::fused::{buffer, recycle};

/// Rows of a tile, and sums of a row.
const SIDE: usize = 16;

/// Numbers of a row of a tile that is multiplied: what is added up by one instruction.
const DEPTH: usize = 2 * SIDE;

/// Lines of a panel: two tiles, for each is used twice then.
const PANEL: usize = 2 * SIDE;

/// How many tiles deep panels are multiplied before the next ones are: those of a block stay in the second-level cache then.
const STEPS: usize = 64;

/// Panels of the first matrix and of the second that a thread takes at a time.
const BLOCK: [usize; 2] = [8, 4];

/// Multiplications from which a product is worth more than one thread.
const WORTH_SHARING: usize = 1 << 26;

/// Whether this machine has tiles, and lets this process use them.
pub(super) fn is_supported() -> bool {
    static SUPPORTED: LazyLock<bool> = LazyLock::new(|| has_tiles() && may_use_tiles());
    *SUPPORTED
}

fn has_tiles() -> bool {
    const AMX_BF16: u32 = 1 << 22;
    const AMX_TILE: u32 = 1 << 24;
    let features = match __cpuid(0).eax {
        7.. => __cpuid_count(7, 0).edx,
        _ => 0,
    };
    features & (AMX_BF16 | AMX_TILE) == AMX_BF16 | AMX_TILE
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512bf16")
}

/// Asks Linux for the tiles: a thread's state has no room for them before.
fn may_use_tiles() -> bool {
    const ARCH_PRCTL: i64 = 158;
    const ARCH_REQ_XCOMP_PERM: i64 = 0x1023;
    const XFEATURE_XTILEDATA: i64 = 18;
    let result: i64;
    // SAFETY: a system call that touches no memory of the process.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") ARCH_PRCTL => result,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XFEATURE_XTILEDATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result == 0
}

/// Writes the product row by row, or adds it to what is there. In each matrix the numbers of a row or of a column lie
/// beside each other.
///
/// # Safety
///
/// [`is_supported`]; the output can be written, and read where it is added to.
pub(super) unsafe fn multiply(
    lhs: &Matrix<'_, f32>,
    rhs: &Matrix<'_, f32>,
    output: *mut f32,
    adds: bool,
) {
    let shared = lhs.rows * rhs.columns * lhs.columns >= WORTH_SHARING;
    let first = Tiles::of(&Lines::rows(lhs), Side::First, shared);
    let second = Tiles::of(&Lines::columns(rhs), Side::Second, shared);
    let output = Output {
        start: output,
        rows: lhs.rows,
        columns: rhs.columns,
        adds,
    };
    let panels = [first.panels(), second.panels()];
    let [down, across] = [0, 1].map(|axis| panels[axis].div_ceil(BLOCK[axis]));
    share((0..down * across).collect(), shared, |block| {
        let place = [block / across, block % across];
        let [rows, columns] = [0, 1].map(|axis| {
            let start = place[axis] * BLOCK[axis];
            start..panels[axis].min(start + BLOCK[axis])
        });
        // SAFETY: the caller's promise; each block of the output is one thread's.
        unsafe { output.write(&first, &second, rows, columns) };
    });
    recycle(first.tiles);
    recycle(second.tiles);
}

/// A matrix as lines of what is added up: rows of the first, columns of the second.
struct Lines {
    start: *const f32,
    count: usize,
    len: usize,
    /// How far it is to the next line, and to the next number of a line: one of both is 1.
    strides: [isize; 2],
}

// SAFETY: the matrix is read, never written.
unsafe impl Sync for Lines {}

impl Lines {
    fn rows(matrix: &Matrix<'_, f32>) -> Self {
        Self {
            start: matrix.first(),
            count: matrix.rows,
            len: matrix.columns,
            strides: matrix.strides,
        }
    }

    fn columns(matrix: &Matrix<'_, f32>) -> Self {
        let [to_row, to_column] = matrix.strides;
        Self {
            start: matrix.first(),
            count: matrix.columns,
            len: matrix.rows,
            strides: [to_column, to_row],
        }
    }

    /// 16 numbers from a place on, beside each other; zeros past the end.
    #[target_feature(enable = "avx512f")]
    fn numbers(&self, line: usize, index: usize) -> __m512 {
        if line >= self.count || index >= self.len {
            return _mm512_setzero_ps();
        }
        let left = match self.strides[1] {
            1 => self.len - index,
            _ => self.count - line,
        };
        let mask = match left {
            SIDE.. => __mmask16::MAX,
            _ => (1 << left) - 1,
        };
        let offset = line as isize * self.strides[0] + index as isize * self.strides[1];
        // SAFETY: numbers of the matrix, and no others.
        unsafe { _mm512_maskz_loadu_ps(mask, self.start.wrapping_offset(offset)) }
    }

    /// The tile of some lines from a place on.
    #[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
    fn tile(&self, line: usize, index: usize, side: Side) -> Tile {
        let mut tile = Tile([_mm512_setzero_si512(); SIDE]);
        let lies = match self.strides[1] {
            1 => {
                for (row, pairs) in tile.0.iter_mut().enumerate() {
                    let [lower, upper] =
                        [0, SIDE].map(|past| self.numbers(line + row, index + past));
                    *pairs = narrowed(lower, upper);
                }
                Side::First
            }
            _ => {
                for (row, pairs) in tile.0.iter_mut().enumerate() {
                    let [even, odd] = [0, 1].map(|past| self.numbers(line, index + 2 * row + past));
                    *pairs = _mm512_permutexvar_epi16(INTERLEAVED, narrowed(even, odd));
                }
                Side::Second
            }
        };
        match lies == side {
            true => tile,
            false => tile.transposed(),
        }
    }
}

/// Which of a tile's axes is added up: along its rows in the first matrix, across pairs of them in the second.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    First,
    Second,
}

/// Rows of pairs of `bf16` numbers.
#[repr(C)]
#[derive(Clone, Copy)]
struct Tile([__m512i; SIDE]);

impl Tile {
    /// Pairs as columns in place of rows: the halves that belong to each other's rows change places, then their halves.
    #[target_feature(enable = "avx512f")]
    fn transposed(mut self) -> Self {
        for (distance, [upper, lower]) in [8, 4, 2, 1].into_iter().zip(EXCHANGED) {
            for row in (0..SIDE).filter(|row| row & distance == 0) {
                let [one, other] = [self.0[row], self.0[row + distance]];
                self.0[row] = _mm512_permutex2var_epi32(one, upper, other);
                self.0[row + distance] = _mm512_permutex2var_epi32(one, lower, other);
            }
        }
        self
    }
}

/// The places that numbers come from: one of the lower half, one of the upper, and so on.
const INTERLEAVED: __m512i = {
    let mut places = [0_u16; DEPTH];
    let mut place = 0;
    while place < DEPTH {
        places[place] = (place / 2 + place % 2 * SIDE) as u16;
        place += 1;
    }
    // SAFETY: any bits are a vector.
    unsafe { mem::transmute(places) }
};

/// For each distance, of two rows so far apart: what becomes of the upper one, and of the lower one.
const EXCHANGED: [[__m512i; 2]; 4] = {
    let mut exchanged = [[[0_u32; SIDE]; 2]; 4];
    let mut step = 0;
    while step < 4 {
        let distance = SIDE >> (step + 1);
        let mut column = 0;
        while column < SIDE {
            let is_upper = column & distance == 0;
            exchanged[step][0][column] = match is_upper {
                true => column,
                false => SIDE + column - distance,
            } as u32;
            exchanged[step][1][column] = match is_upper {
                true => column + distance,
                false => SIDE + column,
            } as u32;
            column += 1;
        }
        step += 1;
    }
    // SAFETY: as above.
    unsafe { mem::transmute(exchanged) }
};

/// Numbers in `bf16`, those of the first vector before those of the second.
#[target_feature(enable = "avx512bf16,avx512f")]
fn narrowed(first: __m512, second: __m512) -> __m512i {
    // SAFETY: both are 512 bits.
    unsafe { mem::transmute(_mm512_cvtne2ps_pbh(second, first)) }
}

/// A matrix in tiles: panel by panel, and in each from the first of what is added up to the last.
struct Tiles {
    tiles: Vec<Tile>,
    /// How many a panel is deep.
    steps: usize,
}

impl Tiles {
    fn of(lines: &Lines, side: Side, shared: bool) -> Self {
        let panels = lines.count.div_ceil(PANEL);
        let steps = lines.len.div_ceil(DEPTH);
        let mut tiles = buffer::<Tile>(2 * panels * steps);
        let room = &mut tiles.spare_capacity_mut()[..2 * panels * steps];
        let rooms = room.chunks_exact_mut(2 * steps).enumerate().collect();
        share(rooms, shared, |(panel, room)| {
            // SAFETY: the machine has AVX-512, for it has tiles.
            unsafe { pack(lines, side, panel, room) };
        });
        // SAFETY: all of them were written.
        unsafe { tiles.set_len(2 * panels * steps) };
        Self { tiles, steps }
    }

    fn panels(&self) -> usize {
        self.tiles.len() / self.steps / 2
    }

    /// The tiles of a panel from a step on.
    fn from(&self, panel: usize, step: usize) -> *const Tile {
        self.tiles[2 * (panel * self.steps + step)..].as_ptr()
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512bf16")]
fn pack(lines: &Lines, side: Side, panel: usize, room: &mut [MaybeUninit<Tile>]) {
    for (place, tile) in room.iter_mut().enumerate() {
        let line = panel * PANEL + place % 2 * SIDE;
        tile.write(lines.tile(line, place / 2 * DEPTH, side));
    }
}

/// Where a product goes, row by row.
struct Output {
    start: *mut f32,
    rows: usize,
    columns: usize,
    /// Whether it is added to what is there.
    adds: bool,
}

// SAFETY: threads work on blocks of their own.
unsafe impl Sync for Output {}

impl Output {
    /// Writes the product of some panels.
    ///
    /// # Safety
    ///
    /// The machine has tiles; the output can be written, and nobody else works on this block.
    unsafe fn write(
        &self,
        first: &Tiles,
        second: &Tiles,
        rows: Range<usize>,
        columns: Range<usize>,
    ) {
        // SAFETY: a valid configuration, of all eight tiles.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &ALL_TILES, options(nostack, readonly)) };
        for step in (0..first.steps).step_by(STEPS) {
            let steps = STEPS.min(first.steps - step);
            let adds = self.adds || step > 0;
            for row in rows.clone() {
                for column in columns.clone() {
                    let tiles = [first.from(row, step), second.from(column, step)];
                    // SAFETY: as many tiles are there; the caller's promise.
                    unsafe { self.write_panel([row, column], tiles, steps, adds) };
                }
            }
        }
        // SAFETY: nothing in the tiles is needed any more.
        unsafe { asm!("tilerelease", options(nostack, nomem)) };
    }

    /// # Safety
    ///
    /// As [`write`](Self::write); the tiles are configured.
    unsafe fn write_panel(
        &self,
        place: [usize; 2],
        tiles: [*const Tile; 2],
        steps: usize,
        adds: bool,
    ) {
        let [row, column] = place.map(|panel| panel * PANEL);
        let start = self.start.wrapping_add(row * self.columns + column);
        let [rows, columns] = [self.rows - row, self.columns - column].map(|it| it.min(PANEL));
        let line = |row: usize| start.wrapping_add(row * self.columns);
        // Rows lie too far apart for the processor to expect the next ones.
        for row in 0..rows {
            for past in [0, SIDE, PANEL - 1] {
                // SAFETY: a hint, whatever is there.
                unsafe { _mm_prefetch::<_MM_HINT_ET0>(line(row).wrapping_add(past).cast()) };
            }
        }
        if [rows, columns] == [PANEL; 2] {
            // SAFETY: a panel's rows and columns are there.
            return unsafe { product(tiles, steps, start, self.columns, adds) };
        }
        let mut room = [[0.0_f32; PANEL]; PANEL];
        if adds {
            for (row, numbers) in room.iter_mut().take(rows).enumerate() {
                // SAFETY: so many numbers of the output are there.
                unsafe {
                    numbers
                        .as_mut_ptr()
                        .copy_from_nonoverlapping(line(row), columns)
                };
            }
        }
        // SAFETY: the room is as large as a panel.
        unsafe { product(tiles, steps, room.as_mut_ptr().cast(), PANEL, adds) };
        for (row, numbers) in room.iter().take(rows).enumerate() {
            // SAFETY: as above.
            unsafe { line(row).copy_from_nonoverlapping(numbers.as_ptr(), columns) };
        }
    }
}

/// What the tile registers hold: the layout that `ldtilecfg` reads.
#[repr(C, align(64))]
struct TileConfig {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    bytes: [u16; 16],
    rows: [u8; 16],
}

/// Eight registers, each a whole tile.
static ALL_TILES: TileConfig = {
    let mut config = TileConfig {
        palette: 1,
        start_row: 0,
        reserved: [0; 14],
        bytes: [0; 16],
        rows: [0; 16],
    };
    let mut tile = 0;
    while tile < 8 {
        config.bytes[tile] = size_of::<__m512i>() as u16;
        config.rows[tile] = SIDE as u8;
        tile += 1;
    }
    config
};

/// Writes the product of two panels, or adds it to what is there; `width` numbers lie between two of its rows.
///
/// # Safety
///
/// The tiles are configured; each panel has as many steps; the output is as large as a panel.
unsafe fn product(
    [first, second]: [*const Tile; 2],
    steps: usize,
    output: *mut f32,
    width: usize,
    adds: bool,
) {
    // SAFETY: the caller's promise.
    unsafe {
        asm!(
            "test {adds:e}, {adds:e}",
            "jnz 2f",
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            "jmp 3f",
            "2:",
            "tileloadd tmm0, [{upper} + {width}]",
            "tileloadd tmm1, [{upper} + {width} + 64]",
            "tileloadd tmm2, [{lower} + {width}]",
            "tileloadd tmm3, [{lower} + {width} + 64]",
            "3:",
            "tileloadd tmm4, [{first} + {row}]",
            "tileloadd tmm6, [{second} + {row}]",
            "tileloadd tmm7, [{second} + {row} + 1024]",
            "tdpbf16ps tmm0, tmm4, tmm6",
            "tileloadd tmm5, [{first} + {row} + 1024]",
            "tdpbf16ps tmm1, tmm4, tmm7",
            "tdpbf16ps tmm2, tmm5, tmm6",
            "tdpbf16ps tmm3, tmm5, tmm7",
            "add {first}, 2048",
            "add {second}, 2048",
            "dec {steps}",
            "jnz 3b",
            "tilestored [{upper} + {width}], tmm0",
            "tilestored [{upper} + {width} + 64], tmm1",
            "tilestored [{lower} + {width}], tmm2",
            "tilestored [{lower} + {width} + 64], tmm3",
            adds = in(reg) u32::from(adds),
            upper = in(reg) output,
            lower = in(reg) output.wrapping_add(SIDE * width),
            width = in(reg) width * size_of::<f32>(),
            row = in(reg) size_of::<__m512i>(),
            first = inout(reg) first => _,
            second = inout(reg) second => _,
            steps = inout(reg) steps => _,
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack),
        );
    }
}

/// Does the work for each item, on all of rayon's pool where it is worth that.
fn share<I: Send>(items: Vec<I>, shared: bool, work: impl Fn(I) + Send + Sync) {
    #[cfg(feature = "rayon")]
    if shared && items.len() > 1 {
        use rayon::prelude::*;
        return items.into_par_iter().with_max_len(1).for_each(work);
    }
    let _ = shared;
    items.into_iter().for_each(work);
}
