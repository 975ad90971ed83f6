//! Learning-rate schedules have the rates of PyTorch, optax, Keras, timm and pytorch_optimizer.

use burn::lr_scheduler::{DynLrScheduler, LrScheduler, LrSchedulerRecord};
use burn_extras::schedule::{
    AnyScheduler, CosineRestartsConfig, Curve, FirstCycle, LrFinderConfig, OneCycleConfig,
    ReduceOnPlateauConfig, ScheduleConfig, Span, Warmup, WarmupConstantConfig, WarmupCosineConfig,
    WarmupLinearConfig, WarmupStableDecayConfig,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Goldens {
    lr: f64,
    cases: Vec<Case>,
    plateau: Vec<Plateau>,
    finder: Vec<Finder>,
}

#[derive(Deserialize)]
struct Case {
    schedule: String,
    steps: usize,
    library: String,
    rates: Vec<f64>,
}

#[derive(Deserialize)]
struct Plateau {
    schedule: String,
    /// `None` is NaN.
    metrics: Vec<Option<f64>>,
    rates: Vec<f64>,
}

#[derive(Deserialize)]
struct Finder {
    steps: usize,
    losses: Vec<f64>,
    smoothed: Vec<f64>,
    diverged: bool,
    suggestion: f64,
}

fn goldens() -> Goldens {
    serde_json::from_str(include_str!("goldens/schedule.json")).unwrap()
}

fn config(text: &str) -> ScheduleConfig {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn scheduler(text: &str, lr: f64, steps: usize) -> AnyScheduler {
    let scheduler = config(text).init(lr, steps);
    scheduler.unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn assert_close(actual: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (actual - expected).abs() <= tolerance,
        "{what}: {actual} and not {expected}"
    );
}

#[test]
fn every_rate_is_that_of_the_libraries() {
    let goldens = goldens();
    for case in goldens.cases {
        assert!(case.rates.len() >= case.steps);
        let mut scheduler = scheduler(&case.schedule, goldens.lr, case.steps);
        for (step, expected) in case.rates.iter().enumerate() {
            let what = format!("{} of {}, step {step}", case.schedule, case.library);
            let rate = scheduler.step();
            assert_eq!(Some(rate), scheduler.at(step), "{what}");
            // PyTorch goes from step to step, which adds up roundings of the largest rates: those of the
            // smallest are no more exact than that.
            let tolerance = 1e-12 * expected.abs() + 1e-15 * goldens.lr;
            assert_close(rate, *expected, tolerance, &what);
        }
    }
}

#[test]
fn every_schedule_has_goldens() {
    let goldens = goldens();
    for name in ScheduleConfig::names() {
        let is_it = |text: &String| text.split('(').next() == Some(name);
        let by_step = goldens.cases.iter().any(|case| is_it(&case.schedule));
        let by_metric = goldens.plateau.iter().any(|case| is_it(&case.schedule));
        assert!(by_step || by_metric, "{name}");
    }
}

#[test]
fn plateaus_are_those_of_pytorch() {
    let goldens = goldens();
    for case in goldens.plateau {
        let mut scheduler = scheduler(&case.schedule, goldens.lr, 1);
        assert_eq!(scheduler.at(0), None);
        for (index, (metric, expected)) in case.metrics.iter().zip(&case.rates).enumerate() {
            scheduler.report(metric.unwrap_or(f64::NAN));
            let what = format!("{} after metric {index}", case.schedule);
            assert_close(scheduler.step(), *expected, 1e-12 * expected, &what);
        }
        let last = case.rates.last().unwrap();
        assert!(*last < goldens.lr, "{} never lowers", case.schedule);
    }
}

#[test]
fn a_clone_of_a_plateau_shares_its_state() {
    let monitor = ReduceOnPlateauConfig::new()
        .with_patience(0)
        .init(0.5)
        .unwrap();
    let mut scheduler = DynLrScheduler::from(monitor.clone());
    assert_eq!(scheduler.step(), 0.5);
    monitor.report(1.0);
    monitor.report(1.0);
    assert_eq!(scheduler.step(), monitor.rate());
    assert!(monitor.rate() < 0.06);
}

#[test]
fn the_range_test_is_that_of_pytorch_lightning() {
    for case in goldens().finder {
        let config = LrFinderConfig::new().with_steps(case.steps);
        let mut finder = config.init().unwrap();
        for loss in &case.losses {
            finder.report(*loss);
        }
        assert_eq!(finder.trials().len(), case.smoothed.len());
        assert_eq!(finder.has_diverged(), case.diverged);
        assert_eq!(finder.rate(), None);
        for (trial, expected) in finder.trials().iter().zip(&case.smoothed) {
            // The mean is divided by what is left of 1.
            assert_close(trial.smoothed, *expected, 1e-12 * expected, "smoothed");
        }
        let first = finder.trials()[0].rate;
        assert_close(first, 1e-8, 1e-20, "the first rate");
        let suggestion = finder.suggestion().unwrap();
        assert_close(
            suggestion,
            case.suggestion,
            1e-12 * suggestion,
            "suggestion",
        );
    }
    let cases = goldens().finder;
    assert!(cases.iter().any(|case| case.diverged));
    assert!(cases.iter().any(|case| !case.diverged));
}

#[test]
fn the_range_test_ends() {
    let config = LrFinderConfig::new().with_steps(20).with_smoothing(0.0);
    let mut finder = config.init().unwrap();
    assert_eq!(finder.suggestion(), None);
    finder.report(1.0);
    finder.report(f64::NAN);
    assert!(finder.has_diverged());
    assert_eq!((finder.rate(), finder.suggestion()), (None, None));
    finder.report(1.0);
    assert_eq!(finder.trials().len(), 2, "nothing is taken after the end");

    let mut finder = config.init().unwrap();
    let mut rates = Vec::new();
    while let Some(rate) = finder.rate() {
        rates.push(rate);
        finder.report(2.0);
    }
    assert_eq!(rates.len(), 20);
    assert_close(rates[19], 1.0, 1e-14, "the last rate");
    assert_eq!(finder.suggestion(), None, "a loss that falls nowhere");
}

/// Every schedule, short enough that 60 steps of 100 are in its decay or its second cycle.
const SCHEDULES: [&str; 12] = [
    "constant(warmup_steps=80)",
    "linear(warmup_share=0.1, end=0.1)",
    "cosine",
    "cosine_restarts",
    "cosine_restarts(first_cycle=7, cycle_factor=1.3, peak_factor=0.9)",
    "wsd(decay_share=0.6)",
    "wsd_cosine(decay_share=0.6)",
    "wsd_sqrt(decay_share=0.6)",
    "one_cycle",
    "one_cycle(three_phase=1, linear=1)",
    "one_cycle_optax",
    "reduce_on_plateau(patience=1, cooldown=2, factor=0.7)",
];

/// A metric for each step, which at times improves.
fn metric(step: usize) -> f64 {
    1.0 / ((step / 7) as f64 + 1.0) + (step % 5) as f64
}

#[test]
fn a_saved_schedule_goes_on_to_the_bit() {
    for text in SCHEDULES {
        let rates = |scheduler: &mut AnyScheduler, steps: std::ops::Range<usize>| -> Vec<u64> {
            let rate = |step| {
                let rate = scheduler.step();
                scheduler.report(metric(step));
                rate.to_bits()
            };
            steps.map(rate).collect()
        };
        let mut whole = scheduler(text, 3.0, 100);
        let expected = rates(&mut whole, 0..110);
        for done in [0, 1, 60, 100] {
            let mut first = scheduler(text, 3.0, 100);
            let mut resumed = rates(&mut first, 0..done);
            let bytes = first.to_record().into_bytes().unwrap();
            let mut second = scheduler(text, 3.0, 100);
            second.load_record(LrSchedulerRecord::from_bytes(bytes).unwrap());
            resumed.extend(rates(&mut second, done..110));
            assert_eq!(resumed, expected, "{text} after {done} steps");
        }
        let mut fresh = scheduler(text, 3.0, 100);
        fresh.load_record(LrSchedulerRecord::new());
        assert_eq!(
            rates(&mut fresh, 0..110),
            expected,
            "{text}: an empty record"
        );
    }
}

#[test]
fn no_step_has_a_rate_of_zero_or_above_the_largest() {
    for text in SCHEDULES
        .into_iter()
        .chain(["wsd(warmup_share=0.5, decay_share=0.5)"])
    {
        for steps in [80, 81, 100, 1000] {
            let mut scheduler = scheduler(text, 0.1, steps);
            for step in 0..steps {
                let rate = scheduler.step();
                assert!(
                    rate > 0.0 && rate <= 0.1,
                    "{text}, step {step} of {steps}: {rate}"
                );
            }
        }
    }
    for name in ScheduleConfig::names() {
        // Three cycles do not fit into one step, and are refused.
        let Ok(mut scheduler) = config(name).init(0.1, 1) else {
            assert_eq!(*name, "cosine_restarts");
            continue;
        };
        let rate = scheduler.step();
        assert!(rate > 0.0 && rate <= 0.1, "{name}, one step: {rate}");
    }
}

#[test]
fn cycles_fill_the_training() {
    for (cycles, factor, steps) in [(3, 2.0, 100), (6, 1.0, 10), (4, 1.7, 997), (1, 3.0, 50)] {
        let text = format!("cosine_restarts(cycles={cycles}, cycle_factor={factor})");
        let scheduler = scheduler(&text, 1.0, steps);
        let rates: Vec<f64> = (0..steps).filter_map(|step| scheduler.at(step)).collect();
        let restarts = rates.windows(2).filter(|pair| pair[1] > pair[0]).count();
        assert_eq!(restarts + 1, cycles, "{text}");
        assert_eq!(
            scheduler.at(steps),
            Some(1.0),
            "{text} starts over at its end"
        );
    }
}

#[test]
fn names_are_read_and_written() {
    for text in SCHEDULES {
        let parsed = config(text);
        assert_eq!(config(&parsed.to_string()), parsed, "{text}");
        let json = serde_json::to_string(&parsed).unwrap();
        let read: ScheduleConfig = serde_json::from_str(&json).unwrap();
        assert_eq!(read, parsed, "{json}");
    }
    for name in ScheduleConfig::names() {
        assert_eq!(config(name).to_string(), *name);
    }
    let third = FirstCycle::Steps(9);
    for (text, expected) in [
        (
            "constant(warmup_steps=5, warmup_start=0)",
            WarmupConstantConfig::new()
                .with_warmup(Warmup::steps(5).with_start(0.0))
                .into(),
        ),
        (
            "warmup-linear(end=0.5)",
            WarmupLinearConfig::new().with_end(0.5).into(),
        ),
        (
            "warmup_cosine(warmup_share=0.2)",
            WarmupCosineConfig::new()
                .with_warmup(Warmup::share(0.2))
                .into(),
        ),
        (
            "cosine-restarts(first_cycle=9, peak_factor=0.5)",
            CosineRestartsConfig::new()
                .with_first_cycle(third)
                .with_peak_factor(0.5)
                .into(),
        ),
        (
            "wsd_sqrt(warmup_steps=0, decay_steps=10)",
            WarmupStableDecayConfig::new()
                .with_warmup(Warmup::none())
                .with_decay(Span::Steps(10))
                .with_curve(Curve::OneMinusSqrt)
                .into(),
        ),
        (
            "One-Cycle(three_phase=true)",
            OneCycleConfig::new().with_three_phase(true).into(),
        ),
        ("one_cycle_optax", OneCycleConfig::optax().into()),
        (
            "reduce_on_plateau(cooldown=3, maximize=true)",
            ReduceOnPlateauConfig::new()
                .with_cooldown(3)
                .with_maximize(true)
                .into(),
        ),
    ] {
        let expected: ScheduleConfig = expected;
        assert_eq!(config(text), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_in_a_name_is_said_in_a_line() {
    for (text, expected) in [
        ("cosin", "did you mean \"cosine\"?"),
        ("cosine(alpha=0.1)", "cosine has no parameter \"alpha\""),
        (
            "cosine(end=1.5)",
            "WarmupCosineConfig: end must be from 0 to 1, got 1.5",
        ),
        ("linear(end=-0.1)", "WarmupLinearConfig: end"),
        ("constant(end=0)", "constant has no parameter \"end\""),
        (
            "constant(warmup_steps=2.5)",
            "a whole number of at least 0, got 2.5",
        ),
        ("constant(warmup_steps=-1)", "a whole number"),
        ("constant(warmup_steps=1e300)", "a whole number"),
        (
            "constant(warmup_share=2)",
            "warmup_share must be from 0 to 1",
        ),
        (
            "constant(warmup_start=2)",
            "warmup_start must be from 0 to 1",
        ),
        (
            "linear(warmup_steps=1, warmup_share=0.1)",
            "linear: warmup_steps and warmup_share together: leave one of them out",
        ),
        ("cosine_restarts(cycles=0)", "cycles must be at least 1"),
        (
            "cosine_restarts(first_cycle=0)",
            "first_cycle must be at least 1",
        ),
        (
            "cosine_restarts(cycles=2, first_cycle=3)",
            "cycles and first_cycle together",
        ),
        (
            "cosine_restarts(cycle_factor=0.5)",
            "cycle_factor must be at least 1",
        ),
        (
            "cosine_restarts(peak_factor=0)",
            "peak_factor must be above 0",
        ),
        ("wsd(decay_share=1.1)", "decay_share must be from 0 to 1"),
        ("one_cycle(pct_start=1.1)", "OneCycleConfig: pct_start"),
        (
            "one_cycle(pct_start=0.6, three_phase=1)",
            "pct_start must be from 0 to 0.5 with three phases",
        ),
        ("one_cycle(div_factor=0)", "div_factor must be at least 1"),
        ("one_cycle(linear=2)", "linear must be 0 or 1"),
        ("one_cycle(warmup_steps=2)", "no parameter \"warmup_steps\""),
        ("one_cycle_optax(linear=true)", "no parameter \"linear\""),
        (
            "reduce_on_plateau(factor=1)",
            "factor must be above 0 and below 1",
        ),
        (
            "reduce_on_plateau(patience=0.5)",
            "patience must be a whole number",
        ),
        (
            "reduce_on_plateau(threshold=1)",
            "threshold must be below 1, or absolute",
        ),
        ("reduce_on_plateau(min_lr=-1)", "min_lr must be at least 0"),
    ] {
        let error = text.parse::<ScheduleConfig>().unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    for (text, lr, steps, expected) in [
        (
            "linear",
            0.0,
            10,
            "WarmupLinearConfig: lr must be greater than 0, got 0",
        ),
        ("one_cycle", f64::NAN, 10, "lr must be greater than 0"),
        (
            "reduce_on_plateau",
            f64::INFINITY,
            10,
            "lr must be greater than 0",
        ),
        ("cosine", 0.1, 0, "steps must be at least 1"),
        (
            "cosine(warmup_steps=11)",
            0.1,
            10,
            "warmup_steps must be no more than the training has, got 11",
        ),
        (
            "wsd(warmup_steps=5, decay_steps=6)",
            0.1,
            10,
            "decay_steps must be no more than the training has after its warm-up",
        ),
        (
            "cosine_restarts(cycles=5000)",
            0.1,
            100,
            "cycles must be so few",
        ),
    ] {
        let error = config(text).init(lr, steps).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let optax = OneCycleConfig::optax().with_linear(true);
    let error = optax.init(0.1, 10).unwrap_err().to_string();
    assert!(error.contains("linear must be 0 in optax' form"), "{error}");
    for name in ["one_cycle", "reduce_on_plateau"] {
        assert!(config(name).with_warmup(Warmup::steps(1)).is_err());
        assert_eq!(config(name).warmup(), None);
    }
    let warm = config("cosine").with_warmup(Warmup::steps(3)).unwrap();
    assert_eq!(warm.to_string(), "cosine(warmup_steps=3)");
    for finder in [
        LrFinderConfig::new().with_start(0.0),
        LrFinderConfig::new().with_end(1e-9),
        LrFinderConfig::new().with_steps(1),
        LrFinderConfig::new().with_divergence(1.0),
        LrFinderConfig::new().with_smoothing(1.0),
    ] {
        assert!(finder.init().is_err(), "{finder:?}");
    }
}
