use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use crate::fixture::{Fixture, assert_refused, command, example, printed};

/// A study of two tasks, two activations and two initializers.
const SMALL: [&str; 14] = [
    "--tasks",
    "digits(samples=40, width=8, depth=3, steps=30)",
    "periodic(samples=20, width=8, depth=3, steps=30)",
    "--activations",
    "relu",
    "elu(alpha=0.5)",
    "--inits",
    "auto",
    "lsuv",
    "--rates",
    "1",
    "3",
    "--seeds",
    "3",
];

/// Trainings of it: two rates and three seeds each.
const RUNS: usize = 2 * 2 * 2 * (2 + 3);

/// What `args` are with the folders of the fixture.
fn all<'a>(folders: &'a [String; 2], args: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec![];
    for (flag, folder) in ["--data", "--out"].into_iter().zip(folders) {
        if !args.contains(&flag) {
            all.extend([flag, folder]);
        }
    }
    all.extend(args);
    all
}

fn folders(fixture: &Fixture) -> [String; 2] {
    [fixture.data(), fixture.out()].map(|it| it.to_str().unwrap().to_string())
}

fn compare(fixture: &Fixture, args: &[&str]) -> Output {
    example("compare", &all(&folders(fixture), args))
}

/// The lines that are whole, without the seconds that things took.
fn lines(fixture: &Fixture) -> Vec<String> {
    let text = fs::read_to_string(fixture.out().join("study.csv")).unwrap_or_default();
    let whole = text.split_inclusive('\n').filter(|it| it.ends_with('\n'));
    // From the back: a name may have a comma.
    let timeless = whole.map(|line| {
        let fields: Vec<&str> = line.trim_end().rsplitn(3, ',').collect();
        format!("{},{}", fields[2], fields[0])
    });
    timeless.collect()
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |it| it.len())
}

#[test]
fn compares_and_goes_on_with_a_larger_study() {
    let fixture = Fixture::new();
    let text = printed(&compare(&fixture, &SMALL));
    for expected in ["the best", "elu(alpha=0.5) · lsuv", "±", "comparison.html"] {
        assert!(text.contains(expected), "no {expected} in {text}");
    }
    let before = lines(&fixture);
    assert_eq!(before.len(), 1 + RUNS);
    assert!(size(&fixture.out().join("comparison.html")) > 10_000);

    // Again, there is nothing to do, and the page is the same.
    let page = fs::read(fixture.out().join("comparison.html")).unwrap();
    printed(&compare(&fixture, &SMALL));
    assert_eq!(lines(&fixture), before);
    assert_eq!(
        fs::read(fixture.out().join("comparison.html")).unwrap(),
        page
    );

    // One more depth: what is done counts, and the depths make a figure.
    let deeper = [&SMALL[..], &["--depths", "3", "4"]].concat();
    let text = printed(&compare(&fixture, &deeper));
    assert!(
        text.contains(&format!("{RUNS} of {} trainings are done", 2 * RUNS)),
        "{text}"
    );
    let after = lines(&fixture);
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len(), 1 + 2 * RUNS);
    for kind in ["light.svg", "light.png", "dark.svg", "dark.png"] {
        assert!(
            size(&fixture.out().join(format!("comparison-by-depth-{kind}"))) > 1000,
            "{kind}"
        );
    }
}

#[test]
fn the_same_study_has_the_same_numbers() {
    let results = [(); 2].map(|()| {
        let fixture = Fixture::new();
        printed(&compare(&fixture, &SMALL));
        // Threads finish in any order.
        lines(&fixture).into_iter().collect::<BTreeSet<_>>()
    });
    assert_eq!(results[0], results[1]);
}

/// `KILLS=100 cargo test --test command_line kill -- --nocapture` tries more.
#[test]
fn a_kill_at_any_moment_loses_no_finished_training() {
    let kills: u64 = std::env::var("KILLS").map_or(8, |it| it.parse().expect("KILLS, a number"));
    let whole = Fixture::new();
    printed(&compare(&whole, &SMALL));

    let fixture = Fixture::new();
    let folders = folders(&fixture);
    let mut random = 88_172_645_463_325_252_u64;
    let mut hits = 0;
    for _ in 0..kills {
        let mut command = command("compare", &all(&folders, &SMALL));
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Xorshift. Not all lives last to the first training.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        std::thread::sleep(Duration::from_millis(random % 200));
        let finished = lines(&fixture);
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "",
            "it went on after every kill"
        );
        hits += u64::from(output.status.code().is_none());
        let left = lines(&fixture);
        assert_eq!(
            left[..finished.len()],
            finished,
            "what was finished is there"
        );
        // A line that was torn, as when the power fails.
        if random.is_multiple_of(3) && !left.is_empty() {
            let path = fixture.out().join("study.csv");
            let mut text = fs::read_to_string(&path).unwrap();
            text += "digits(depth=3),relu,au";
            fs::write(&path, text).unwrap();
        }
    }
    let before = lines(&fixture);
    printed(&compare(&fixture, &SMALL));
    let after = lines(&fixture);
    assert_eq!(after[..before.len()], before);
    assert_eq!(after.len(), 1 + RUNS, "nothing was done twice");
    let sorted = |lines: Vec<String>| lines.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(sorted(after), sorted(lines(&whole)));
    println!("{hits} of {kills} kills hit a study that was not over");
    assert!(hits > 0);
}

#[test]
fn writes_the_documentation_from_what_is_done() {
    let fixture = Fixture::new();
    let docs = fixture.path("docs");
    let docs = docs.to_str().unwrap();
    let write = [&SMALL[..], &["--write-docs", docs]].concat();
    assert_refused(
        &compare(&fixture, &write),
        &["there is no study.csv", "run the study first"],
    );
    printed(&compare(&fixture, &SMALL));
    printed(&compare(&fixture, &write));
    let page = fs::read_to_string(fixture.path("docs").join("choosing.md")).unwrap();
    for expected in [
        "from the 40 trainings",
        "| situation | take | as good | do not | figure |",
        "| digits, 3 layers, 8 wide, 40 examples | **",
        "| a periodic function, 3 layers",
        "± ",
    ] {
        assert!(page.contains(expected), "no {expected} in {page}");
    }
    // Every file that the page points to is there.
    let links = page
        .split("](choosing/")
        .skip(1)
        .map(|it| it.split_once(')').unwrap().0);
    let mut count = 0;
    for link in links {
        assert!(
            size(&fixture.path("docs").join("choosing").join(link)) > 100,
            "{link}"
        );
        count += 1;
    }
    assert_eq!(count, 3, "the numbers, and a figure for each task");

    // One more seed, and it is not done.
    let more = [&write[..], &["--seeds", "4"]].concat();
    let more: Vec<&str> = more
        .into_iter()
        .enumerate()
        .filter(|(index, _)| ![12, 13].contains(index))
        .map(|it| it.1)
        .collect();
    assert_refused(&compare(&fixture, &more), &["8 candidates are not done"]);
}

#[test]
fn estimates_and_writes_nothing() {
    let fixture = Fixture::new();
    let args = [&SMALL[..], &["--estimate"]].concat();
    let text = printed(&compare(&fixture, &args));
    assert!(text.contains(&format!("{RUNS} trainings in all")), "{text}");
    assert!(!fixture.out().exists());
}

#[test]
fn what_auto_has_no_gain_for_is_left_out_with_a_note() {
    let fixture = Fixture::new();
    let args = [
        "--activations",
        "swiglu",
        "relu",
        "--inits",
        "auto",
        "he",
        "--rates",
        "1",
        "--tasks",
        "periodic(samples=20, width=4, depth=2, steps=5)",
    ];
    let output = compare(&fixture, &args);
    let note = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        note.starts_with("note: left out: no gain keeps the variance of swiglu"),
        "{note}"
    );
    assert_eq!(note.lines().count(), 1, "{note}");
    printed(&output);
    assert_eq!(lines(&fixture).len(), 1 + 3 * 4);
}

#[test]
fn a_training_that_diverges_has_an_error_of_one_and_ends_nothing() {
    let fixture = Fixture::new();
    let args = [
        "--activations",
        "relu",
        "squared_relu",
        "--rates",
        "1e30",
        "--optimizers",
        "sgd",
        "--tasks",
        "periodic(samples=20, width=8, depth=6, steps=20)",
    ];
    printed(&compare(&fixture, &args));
    for line in lines(&fixture).iter().skip(1) {
        assert!(line.contains(",1,1,"), "{line}");
    }
}

#[test]
fn half_precision_trains() {
    let fixture = Fixture::new();
    let args = [
        "--activations",
        "relu",
        "--rates",
        "1",
        "--inits",
        "he",
        "--tasks",
        "digits(samples=40, width=16, depth=3, steps=60, half=1)",
    ];
    let text = printed(&compare(&fixture, &args));
    assert!(text.contains("the best"), "{text}");
    let errors = lines(&fixture).into_iter().skip(1).map(|line| {
        let fields: Vec<String> = line.rsplitn(3, ',').map(str::to_string).collect();
        fields[1].parse::<f64>().unwrap()
    });
    assert!(errors.into_iter().all(|error| error < 0.5));
}

#[test]
fn refuses_what_cannot_be_right() {
    let fixture = Fixture::new();
    let nowhere = fixture.nowhere();
    let nowhere = nowhere.as_str();
    for (args, expected) in [
        (
            &["--activations", "rleu"][..],
            &["--activations", "did you mean \"relu\"?"][..],
        ),
        (
            &["--activations", "elu(alpha=-1)"],
            &["--activations", "alpha must be"],
        ),
        (
            &["--optimizers", "adam", "adim"],
            &["--optimizers", "did you mean \"adam\"?"],
        ),
        (&["--inits", "hee"], &["--inits", "did you mean \"he\"?"]),
        (
            &["--tasks", "digit"],
            &["--tasks", "did you mean \"digits\"?"],
        ),
        (
            &["--tasks", "digits(deep=3)"],
            &["digits has no parameter \"deep\"", "depth"],
        ),
        (
            &["--tasks", "digits(depth=0)"],
            &["depth must be a whole number from 1 to 1000, got 0"],
        ),
        (
            &["--tasks", "digits(noise=2)"],
            &["noise must be from 0 to 1, got 2"],
        ),
        (
            &["--tasks", "digits(norm=2)"],
            &["norm must be 0 or 1, got 2"],
        ),
        (
            &["--tasks", "digits(samples=50000)"],
            &["samples=50000", "there are 60"],
        ),
        (
            &["--quick", "--depths", "0"],
            &["depth must be a whole number from 1 to 1000, got 0"],
        ),
        (&["--quick", "--steps", "-1"], &["--steps"]),
        (&["--quick", "--rates", "0"], &["greater than 0", "got 0"]),
        (&["--quick", "--rates", "1", "1"], &["is there twice"]),
        (
            &["--quick", "--seeds", "2"],
            &["seeds must be from 3 to 1000, got 2"],
        ),
        (
            &["--quick", "--tasks", "digits"],
            &["--quick", "cannot be used with"],
        ),
        (&["--estimate", "--report"], &["cannot be used with"]),
        (&["--report"], &["there is no study.csv"]),
        (&["--data", nowhere], &["no data folder"]),
        (
            &["--tasks", "smooth", "--out", nowhere],
            &["--out", "cannot be written"],
        ),
        (&["--activations", "prelu(channels=3)"], &["64 wide"]),
    ] {
        assert_refused(&compare(&fixture, args), expected);
        assert!(!fixture.out().exists(), "{args:?} left something behind");
    }
}

#[test]
fn a_file_that_is_no_study_is_left_alone() {
    let fixture = Fixture::new();
    fs::create_dir(fixture.out()).unwrap();
    let path = fixture.out().join("study.csv");
    for (text, expected) in [
        (
            "a letter\n",
            "expected a study whose first line is task,activation,init,optimizer",
        ),
        (
            "task,activation,init,optimizer,rate,seed,validation,test,seconds,curve\nx\n",
            "line 2 cannot be read",
        ),
    ] {
        fs::write(&path, text).unwrap();
        assert_refused(&compare(&fixture, &SMALL), &[expected]);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn optimizers_that_look_at_all_parameters_take_part() {
    let fixture = Fixture::new();
    let args = [
        "--tasks",
        "smooth(width=8, depth=3, steps=3)",
        "--activations",
        "relu",
        "--rates",
        "1",
    ];
    let optimizers = ["--optimizers", "dog", "prodigy", "dadapt_adam", "muon"];
    printed(&compare(&fixture, &[&args[..], &optimizers].concat()));
    // A header, and for each the rate's training and three more.
    assert_eq!(lines(&fixture).len(), 1 + 4 * 4);
}
