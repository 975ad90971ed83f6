use super::finding::{Finding, Place};
use super::report::{Layer, Report, Saturation};
use super::statistics::Statistics;

/// A signal below this share of the input's has vanished.
const VANISHED: f64 = 0.01;
/// A signal above this multiple of the input's has exploded.
const EXPLODED: f64 = 100.0;
/// More dead units than this are too many.
const DEAD: f64 = 0.5;
/// An activation that is flat for this share of standard normal inputs rests there by design.
const RESTS: f64 = 0.4;
/// Too much is saturated when this share of what should not be is.
const SATURATED: f64 = 0.6;
/// An activation that rests by design may do so for this share of its values.
const IDLE: f64 = 0.97;
/// A step that changes more of a weight than this is too large.
const LARGE_UPDATE: f64 = 0.3;
/// One that changes less of every weight than this moves nothing: after ten thousand it would be a few hundredths.
const SMALL_UPDATE: f64 = 5e-6;

impl Report {
    /// What is wrong with the network, the likely cause first; nothing for a healthy one.
    ///
    /// | finding | when |
    /// | --- | --- |
    /// | not finite | an output is infinite or NaN |
    /// | all zero | all weights of a layer are 0; what follows from it is not found besides |
    /// | all the same | so are all weights of a layer of several units, and not 0 |
    /// | bottleneck | a layer before the last has one unit, and the last has several |
    /// | dead | more than half of a layer's units are [dead](Layer::dead) |
    /// | idle | an activation with `expected >= 0.4` is flat at more than 97 % of the values, and nothing of the above explains it |
    /// | vanishing | a layer's [signal](Layer::signal) is below 0.01 of the input's, and nothing before it is dead |
    /// | exploding | it is above 100 times the input's |
    /// | saturated | `(share - expected) / (1 - expected) > 0.6`, with the numbers of [`Saturation`]; not for activations with `expected >= 0.4`, which rest on one side by design |
    /// | no slope | the activation is flat everywhere |
    /// | gradients | one is not finite, or is all 0 |
    /// | update | a step changes a weight by more than 0.3 of it, or none by more than 5e-6; the last steps of a schedule that ends at 0 do so too |
    ///
    /// Each is found once, at the first layer that has it. Vanishing and exploding need the
    /// [input](super::Probe::input). What to try about each depends on what was set:
    /// [`Finding::advice`].
    pub fn diagnose(&self) -> Vec<Finding> {
        let all_zero = self.place(|layer| self.has_no_weights(layer));
        let all_same = self.place(|layer| self.has_equal_weights(layer));
        let bottleneck = self.bottleneck();
        let no_slope = self.place(|layer| layer.saturation.is_some_and(|it| it.steepest == 0.0));
        // What comes out of weights that are 0 says nothing more.
        let unexplained = |place: &Place| {
            let causes = [&all_zero, &all_same, &bottleneck].into_iter().flatten();
            !causes.into_iter().any(|it| it.number <= place.number)
        };
        let dead = self.place(|layer| layer.dead > DEAD).filter(unexplained);
        let vanishing = self
            .place(|layer| self.ratio(layer).is_some_and(|it| it < VANISHED))
            .filter(unexplained);
        let exploding = self.place(|layer| self.ratio(layer).is_some_and(|it| it > EXPLODED));
        let saturated = self
            .place(|layer| layer.saturation.is_some_and(is_saturated))
            .filter(unexplained);
        // What dies after the signal has been lost died of that, and the other way round. A unit
        // that is driven so far that its slope rounds to 0 is saturated.
        let dead = dead
            .filter(|dead| !matches!(&vanishing, Some(it) if it.number < dead.number))
            .filter(|dead| !matches!(&saturated, Some(it) if it.number <= dead.number))
            .filter(|_| no_slope.is_none());
        let vanishing = vanishing
            .filter(|place| !matches!(&dead, Some(it) if it.number <= place.number))
            .filter(|place| !matches!(&saturated, Some(it) if it.number <= place.number));
        let is_explained = dead.is_some() || vanishing.is_some() || no_slope.is_some();
        let idle = self
            .place(|layer| layer.saturation.is_some_and(is_idle))
            .filter(unexplained)
            .filter(|_| !is_explained);

        let mut findings = Vec::new();
        let not_finite = self.place(|layer| !layer.statistics.is_finite());
        let input = self.input_size();
        findings.extend(not_finite.map(|place| Finding::NotFinite { place, input }));
        findings.extend(all_zero.map(|place| Finding::AllZero { place }));
        findings.extend(all_same.map(|place| Finding::AllSame { place }));
        findings.extend(bottleneck.map(|place| Finding::Bottleneck { place }));
        findings.extend(no_slope.map(|place| Finding::NoSlope { place }));
        findings.extend(vanishing.map(|place| Finding::Vanishing {
            ratio: self.ratio(self.layer(&place)).unwrap_or(f64::NAN),
            weights: self.weights(&place),
            place,
        }));
        findings.extend(exploding.map(|place| Finding::Exploding {
            ratio: self.ratio(self.layer(&place)).unwrap_or(f64::NAN),
            weights: self.weights(&place),
            place,
        }));
        findings.extend(dead.map(|place| Finding::Dead {
            share: self.layer(&place).dead,
            place,
        }));
        findings.extend(idle.and_then(|place| {
            let Saturation {
                share, expected, ..
            } = self.layer(&place).saturation?;
            Some(Finding::Idle {
                place,
                share,
                expected,
            })
        }));
        findings.extend(saturated.and_then(|place| {
            let Saturation {
                share, expected, ..
            } = self.layer(&place).saturation?;
            Some(Finding::Saturated {
                place,
                share,
                expected,
                input,
            })
        }));
        findings.extend(self.gradient_finding());
        findings.extend(self.update_finding());
        findings
    }

    /// The first layer for which `is_bad` holds.
    fn place(&self, is_bad: impl Fn(&Layer) -> bool) -> Option<Place> {
        let bad: Vec<usize> = (0..self.layers.len())
            .filter(|index| is_bad(&self.layers[*index]))
            .collect();
        let first = *bad.first()?;
        Some(Place {
            number: first + 1,
            name: self.layers[first].name.clone(),
            others: bad.len() - 1,
        })
    }

    fn layer(&self, place: &Place) -> &Layer {
        &self.layers[place.number - 1]
    }

    /// A layer's signal as a multiple of the input's.
    fn ratio(&self, layer: &Layer) -> Option<f64> {
        let input = self.input.as_ref()?.signal;
        (input > 0.0).then(|| layer.signal / input)
    }

    /// The standard deviation of a layer's weights.
    fn weights(&self, place: &Place) -> Option<f64> {
        Some(self.weights_of(&place.name)?.std)
    }

    fn weights_of(&self, layer: &str) -> Option<&Statistics> {
        let name = format!("{layer}.weight");
        let weights = self.weights.iter().find(|weight| weight.name == name)?;
        Some(&weights.statistics)
    }

    fn has_no_weights(&self, layer: &Layer) -> bool {
        let weights = self.weights_of(&layer.name);
        weights.is_some_and(|it| it.is_finite() && it.min == 0.0 && it.max == 0.0)
    }

    fn has_equal_weights(&self, layer: &Layer) -> bool {
        let weights = self.weights_of(&layer.name);
        let equal = |it: &Statistics| it.is_finite() && it.min == it.max && it.min != 0.0;
        layer.units > 1 && weights.is_some_and(equal)
    }

    /// A layer of one unit between several that are read and several that are put out.
    fn bottleneck(&self) -> Option<Place> {
        let last = self.layers.last().filter(|last| last.units > 1)?;
        let reads_one = |layer: &Layer| layer.units == 1;
        if self.input.as_ref().is_some_and(reads_one) {
            return None;
        }
        self.place(|layer| layer.units == 1 && !core::ptr::eq(layer, last))
    }

    /// The root mean square of what the network reads.
    fn input_size(&self) -> Option<f64> {
        let Statistics { mean, std, .. } = &self.input.as_ref()?.statistics;
        Some(mean.hypot(*std))
    }

    fn gradient_finding(&self) -> Option<Finding> {
        let first = |is_bad: fn(&Statistics) -> bool| {
            let bad = self.gradients.iter().find(|it| is_bad(&it.statistics));
            bad.map(|gradient| gradient.name.clone())
        };
        first(|it| !it.is_finite())
            .map(|name| Finding::GradientNotFinite { name })
            .or_else(|| {
                first(|it| it.min == 0.0 && it.max == 0.0).map(|name| Finding::NoGradient { name })
            })
    }

    fn update_finding(&self) -> Option<Finding> {
        let large = |ratio: f64| ratio.is_finite() && ratio > LARGE_UPDATE;
        if let Some(update) = self.updates.iter().find(|update| large(update.ratio())) {
            return Some(Finding::LargeUpdate {
                name: update.name.clone(),
                ratio: update.ratio(),
            });
        }
        // Of weights that are 0 a share says nothing, and no gradient is found besides.
        let measured = self.updates.iter().filter(|it| it.ratio().is_finite());
        let most = measured.max_by(|a, b| a.ratio().total_cmp(&b.ratio()))?;
        let moves = most.ratio() >= SMALL_UPDATE || self.gradient_finding().is_some();
        (!moves).then(|| Finding::SmallUpdate {
            name: most.name.clone(),
            ratio: most.ratio(),
        })
    }
}

fn is_idle(saturation: Saturation) -> bool {
    saturation.expected >= RESTS && saturation.share > IDLE
}

fn is_saturated(saturation: Saturation) -> bool {
    let Saturation {
        share, expected, ..
    } = saturation;
    expected < RESTS && (share - expected) / (1.0 - expected) > SATURATED
}
