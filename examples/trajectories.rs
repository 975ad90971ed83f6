//! The paths of every optimizer on `f(x, y) = x^2 / 20 + y^2` from (-7, 2): a long, flat valley, in
//! which gradients hardly point at the minimum.
//!
//! ```text
//! cargo run --release --example trajectories [FOLDER]
//! ```
//!
//! Writes `trajectories.svg` and `trajectories.png` to the folder, `docs` if none is given.

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Tensor};
use burn_extras::optim::OptimizerConfig;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

const START: [f32; 2] = [-7.0, 2.0];

/// Each rule with a learning rate that shows its character, and how many steps to show.
const PATHS: &[(&str, f64, usize)] = &[
    ("sgd", 0.95, 40),
    ("momentum_book", 0.1, 40),
    ("nesterov_book", 0.1, 40),
    ("adagrad_book", 1.5, 40),
    ("rmsprop(rho=0.9)", 0.3, 40),
    ("adam", 0.3, 60),
    ("nadam", 0.3, 60),
    ("adamw", 0.3, 60),
    ("nadamw", 0.3, 60),
    ("radam", 0.3, 250),
    ("amsgrad", 0.3, 60),
    ("adamax", 0.5, 60),
    ("adabelief", 0.3, 60),
    ("yogi", 0.3, 60),
    ("adadelta", 20.0, 150),
    ("asgd", 0.8, 60),
    ("rprop", 0.1, 40),
    ("ftrl", 1.5, 60),
    ("signum", 0.2, 60),
    ("lion", 0.2, 60),
    ("adopt", 0.3, 60),
    ("ademamix", 0.1, 100),
    ("madgrad", 0.3, 60),
];

const COLUMNS: usize = 5;
const PANEL: (u32, u32) = (300, 190);

#[derive(Module, Debug)]
struct Point {
    at: Param<Tensor<1>>,
}

/// Where the optimizer has been after each step.
fn path(config: &OptimizerConfig, lr: f64, steps: usize) -> Vec<(f32, f32)> {
    let device = Device::default().autodiff();
    let at = Tensor::<1>::from_data(START, &device).require_grad();
    let mut point = Point {
        at: Param::from_tensor(at),
    };
    let curvature = Tensor::<1>::from_data([1.0 / 20.0, 1.0], &device);
    let mut optimizer = config.init();
    let mut path = vec![(START[0], START[1])];
    for _ in 0..steps {
        let height = (point.at.val().square() * curvature.clone()).sum();
        let grads = GradientsParams::from_grads(height.backward(), &point);
        point = optimizer.step(lr, point, grads);
        let at: Vec<f32> = point.at.val().into_data().iter().collect();
        path.push((at[0], at[1]));
    }
    path
}

/// An ellipse on which the function has this value.
fn contour(height: f32) -> impl Iterator<Item = (f32, f32)> {
    (0..=90).map(move |i| {
        let angle = i as f32 * core::f32::consts::TAU / 90.0;
        let radius = height.sqrt();
        (radius * 20f32.sqrt() * angle.cos(), radius * angle.sin())
    })
}

fn draw<B: DrawingBackend>(area: &DrawingArea<B, Shift>) -> Result<(), Box<dyn Error>>
where
    B::ErrorType: 'static,
{
    area.fill(&WHITE)?;
    let area = area.titled(
        "f(x, y) = x\u{b2}/20 + y\u{b2} from (-7, 2)",
        ("sans-serif", 24),
    )?;
    let panels = area.split_evenly((PATHS.len().div_ceil(COLUMNS), COLUMNS));
    for (panel, &(spec, lr, steps)) in panels.iter().zip(PATHS) {
        let config: OptimizerConfig = spec.parse()?;
        let path = path(&config, lr, steps);
        let caption = format!("{config}, lr {lr}");
        let mut chart = ChartBuilder::on(panel)
            .caption(caption, ("sans-serif", 15))
            .margin(6)
            .x_label_area_size(16)
            .y_label_area_size(22)
            .build_cartesian_2d(-8f32..8f32, -3f32..3f32)?;
        chart
            .configure_mesh()
            .disable_mesh()
            .x_labels(5)
            .y_labels(3)
            .label_style(("sans-serif", 11))
            .draw()?;
        for height in [0.05, 0.4, 1.2, 2.5, 4.5, 7.0] {
            chart.draw_series(LineSeries::new(contour(height), BLACK.mix(0.15)))?;
        }
        let color = RGBColor(200, 50, 40);
        chart.draw_series(LineSeries::new(path.iter().copied(), color.stroke_width(1)))?;
        let dots = path.iter().map(|&at| Circle::new(at, 2, color.filled()));
        chart.draw_series(dots)?;
        chart.draw_series([Cross::new((0.0, 0.0), 4, BLUE.stroke_width(2))])?;
    }
    area.present()?;
    Ok(())
}

fn write_png(path: &Path, size: (u32, u32), rgb: &[u8]) -> Result<(), Box<dyn Error>> {
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, size.0, size.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(rgb)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "docs".into()));
    std::fs::create_dir_all(&folder)?;
    // A font of our own: pictures of pixels then look the same everywhere, and need none installed.
    register_font(
        "sans-serif",
        FontStyle::Normal,
        epaint_default_fonts::UBUNTU_LIGHT,
    )
    .map_err(|_| "the font that comes along cannot be read")?;
    let rows = PATHS.len().div_ceil(COLUMNS) as u32;
    let size = (PANEL.0 * COLUMNS as u32, PANEL.1 * rows + 40);
    let (svg, png) = (
        folder.join("trajectories.svg"),
        folder.join("trajectories.png"),
    );
    draw(&SVGBackend::new(&svg, size).into_drawing_area())?;
    let mut pixels = vec![0; 3 * (size.0 * size.1) as usize];
    draw(&BitMapBackend::with_buffer(&mut pixels, size).into_drawing_area())?;
    write_png(&png, size, &pixels)?;
    println!("wrote {} and {}", svg.display(), png.display());
    Ok(())
}
