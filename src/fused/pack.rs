use core::marker::PhantomData;

/// A fixed number of things of one type, known to the compiler: what a [`Map`](super::Map) takes and gives.
///
/// An array, or two packs side by side, whose lengths the compiler cannot add up.
pub(crate) trait Pack: 'static {
    /// How many things there are.
    const LEN: usize;

    /// The things.
    type Of<T: Copy>: Copy;

    /// The same thing in each place.
    fn filled<T: Copy>(thing: T) -> Self::Of<T>;

    /// The thing in one place.
    fn at<T: Copy>(things: &Self::Of<T>, index: usize) -> &T;

    /// The same to write to.
    fn at_mut<T: Copy>(things: &mut Self::Of<T>, index: usize) -> &mut T;

    /// Changes each thing by the one in the same place of another pack. Inside a loop over numbers it is this and not
    /// `at` and `at_mut` for every index: a loop over indices stays one, and then the numbers are worked on one by one.
    #[cfg_attr(
        not(feature = "flex"),
        allow(dead_code, reason = "the kernels of the Flex backend ask for it")
    )]
    fn each<T: Copy, U: Copy>(
        things: &mut Self::Of<T>,
        others: &Self::Of<U>,
        change: &mut impl FnMut(&mut T, &U),
    );
}

/// `K` things.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Array<const K: usize>;

impl<const K: usize> Pack for Array<K> {
    const LEN: usize = K;
    type Of<T: Copy> = [T; K];

    #[inline(always)]
    fn filled<T: Copy>(thing: T) -> [T; K] {
        [thing; K]
    }

    #[inline(always)]
    fn at<T: Copy>(things: &[T; K], index: usize) -> &T {
        &things[index]
    }

    #[inline(always)]
    fn at_mut<T: Copy>(things: &mut [T; K], index: usize) -> &mut T {
        &mut things[index]
    }

    #[inline(always)]
    fn each<T: Copy, U: Copy>(
        things: &mut [T; K],
        others: &[U; K],
        change: &mut impl FnMut(&mut T, &U),
    ) {
        for index in 0..K {
            change(&mut things[index], &others[index]);
        }
    }
}

/// The things of `A`, then those of `B`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair<A, B>(PhantomData<(A, B)>);

impl<A: Pack, B: Pack> Pack for Pair<A, B> {
    const LEN: usize = A::LEN + B::LEN;
    type Of<T: Copy> = (A::Of<T>, B::Of<T>);

    #[inline(always)]
    fn filled<T: Copy>(thing: T) -> Self::Of<T> {
        (A::filled(thing), B::filled(thing))
    }

    #[inline(always)]
    fn at<T: Copy>((a, b): &Self::Of<T>, index: usize) -> &T {
        if index < A::LEN {
            A::at(a, index)
        } else {
            B::at(b, index - A::LEN)
        }
    }

    #[inline(always)]
    fn at_mut<T: Copy>((a, b): &mut Self::Of<T>, index: usize) -> &mut T {
        if index < A::LEN {
            A::at_mut(a, index)
        } else {
            B::at_mut(b, index - A::LEN)
        }
    }

    #[inline(always)]
    fn each<T: Copy, U: Copy>(
        (a, b): &mut Self::Of<T>,
        (others_a, others_b): &Self::Of<U>,
        change: &mut impl FnMut(&mut T, &U),
    ) {
        A::each(a, others_a, change);
        B::each(b, others_b, change);
    }
}
