use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::Axis;
use super::clip::pieces;
use super::sheet::{Ink, Mark, Panel, Sheet};
use super::simplify::simplified;
use super::theme::Theme;

// In pixels. Readable at half their size.
const TITLE: u32 = 28;
const PANEL_TITLE: u32 = 20;
const LEGEND: u32 = 20;
/// A line of the subtitle or the legend.
const ROW: u32 = LEGEND * 8 / 5;
const TICK: u32 = 16;
const MARGIN: u32 = 14;
const SWATCH: u32 = 34;

/// Widths of text are guessed on the wide side: an SVG is shown in a font of the reader's.
fn text_width(text: &str, size: u32) -> u32 {
    text.chars().count() as u32 * size * 6 / 10
}

/// The width of whole words is closer to the mean than that of a few characters.
fn line_width(text: &str) -> u32 {
    (text.chars().count() as u32 + 1) * LEGEND / 2
}

/// The size of a sheet in pixels.
pub fn size(sheet: &Sheet) -> (u32, u32) {
    let rows = sheet.panels.len().div_ceil(sheet.columns) as u32;
    let width = sheet.columns as u32 * sheet.panel.0 + 2 * MARGIN;
    let header = Header::of(sheet, width);
    (width, rows * sheet.panel.1 + header.height + 2 * MARGIN)
}

/// What stands above the panels.
struct Header {
    /// The lines of the subtitle.
    subtitle: Vec<String>,
    /// Where each entry of the legend stands.
    legend: Vec<(u32, u32)>,
    height: u32,
}

impl Header {
    fn of(sheet: &Sheet, width: u32) -> Self {
        let room = width.saturating_sub(2 * MARGIN);
        let subtitle = wrapped(&sheet.subtitle, room);
        let mut y = subtitle_top(sheet) + subtitle.len() as u32 * ROW;
        let mut x = 0;
        let mut legend = Vec::new();
        for (name, _) in &sheet.legend {
            let entry = SWATCH + text_width(name, LEGEND) + 2 * MARGIN;
            if x > 0 && x + entry > room {
                (x, y) = (0, y + ROW);
            }
            legend.push((x, y));
            x += entry;
        }
        let height = if legend.is_empty() { y } else { y + ROW };
        Self {
            subtitle,
            legend,
            height,
        }
    }
}

fn subtitle_top(sheet: &Sheet) -> u32 {
    match sheet.title.is_empty() {
        true => 0,
        false => TITLE * 3 / 2,
    }
}

/// The words of `text` in lines that find room.
fn wrapped(text: &str, room: u32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line_width(line) + line_width(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

/// Draws a sheet; `scale` multiplies all its sizes.
pub fn draw<B: DrawingBackend>(
    sheet: &Sheet,
    theme: &Theme,
    scale: u32,
    area: &DrawingArea<B, Shift>,
) -> Result<(), Box<dyn Error>>
where
    B::ErrorType: 'static,
{
    let pen = Pen { theme, scale };
    area.fill(&theme.paper)?;
    let margin = pen.px(MARGIN);
    let (width, _) = size(sheet);
    let header = Header::of(sheet, width);
    let page = area.margin(margin, margin, margin, margin);
    let (top, body) = page.split_vertically(pen.px(header.height));
    pen.text(&top, &sheet.title, TITLE, (0, 0))?;
    for (row, line) in header.subtitle.iter().enumerate() {
        let y = subtitle_top(sheet) + row as u32 * ROW;
        pen.text(&top, line, LEGEND, (0, y))?;
    }
    for ((name, ink), (x, y)) in sheet.legend.iter().zip(header.legend) {
        let middle = pen.px(y + LEGEND / 2);
        let ends = [(pen.px(x), middle), (pen.px(x + SWATCH - 10), middle)];
        top.draw(&PathElement::new(ends, pen.stroke(*ink, 4)))?;
        let beside = pen.font(LEGEND).pos(Pos::new(HPos::Left, VPos::Center));
        top.draw_text(name, &beside, (pen.px(x + SWATCH), middle))?;
    }
    let rows = sheet.panels.len().div_ceil(sheet.columns).max(1);
    let cells = body.split_evenly((rows, sheet.columns));
    for (cell, panel) in cells.iter().zip(&sheet.panels) {
        pen.panel(cell, panel)?;
    }
    area.present()?;
    Ok(())
}

/// Draws in the colours of a theme, at a scale.
struct Pen<'a> {
    theme: &'a Theme,
    scale: u32,
}

impl Pen<'_> {
    fn px(&self, pixels: u32) -> i32 {
        (pixels * self.scale) as i32
    }

    fn color(&self, ink: Ink) -> RGBColor {
        match ink {
            Ink::Series(index) => self.theme.series[index % self.theme.series.len()],
            Ink::Text => self.theme.text,
            Ink::Faint => self.theme.faint,
        }
    }

    fn stroke(&self, ink: Ink, width: u32) -> ShapeStyle {
        self.color(ink).stroke_width(width * self.scale)
    }

    fn font(&self, size: u32) -> TextStyle<'static> {
        TextStyle {
            color: self.theme.text.to_backend_color(),
            ..("sans-serif", size * self.scale).into()
        }
    }

    fn text<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, Shift>,
        text: &str,
        size: u32,
        (x, y): (u32, u32),
    ) -> Result<(), Box<dyn Error>>
    where
        B::ErrorType: 'static,
    {
        area.draw_text(text, &self.font(size), (self.px(x), self.px(y)))?;
        Ok(())
    }

    fn panel<B: DrawingBackend>(
        &self,
        cell: &DrawingArea<B, Shift>,
        panel: &Panel,
    ) -> Result<(), Box<dyn Error>>
    where
        B::ErrorType: 'static,
    {
        let (x, y) = (&panel.x, &panel.y);
        let space = |label: &str, ticks: u32| match label {
            "" => ticks,
            _ => ticks + TICK * 3 / 2,
        };
        let widest = y.labels().iter().map(|text| text_width(text, TICK)).max();
        let (width, height) = cell.dim_in_pixel();
        let (title, chart) = cell.split_vertically(self.px(PANEL_TITLE * 8 / 5));
        let middle = self
            .font(PANEL_TITLE)
            .pos(Pos::new(HPos::Center, VPos::Center));
        let center = (width as i32 / 2, self.px(PANEL_TITLE * 4 / 5));
        title.draw_text(&panel.title, &middle, center)?;
        debug_assert!(height as i32 > self.px(PANEL_TITLE * 2));

        let mut chart = ChartBuilder::on(&chart)
            .margin_right(self.px(MARGIN))
            .margin_bottom(self.px(MARGIN / 2))
            .x_label_area_size(self.px(space(&x.label, TICK * 3 / 2)))
            .y_label_area_size(self.px(space(&y.label, widest.unwrap_or(0) + 14)))
            .build_cartesian_2d(x.clone(), y.clone())?;
        let mut mesh = chart.configure_mesh();
        if !x.label.is_empty() {
            mesh.x_desc(x.label.as_str());
        }
        if !y.label.is_empty() {
            mesh.y_desc(y.label.as_str());
        }
        mesh.max_light_lines(0)
            .bold_line_style(self.color(Ink::Faint).mix(0.45).stroke_width(self.scale))
            .axis_style(self.stroke(Ink::Faint, 1))
            .label_style(self.font(TICK))
            .axis_desc_style(self.font(TICK))
            .set_all_tick_mark_size(self.px(4))
            .draw()?;
        let placed = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
            let points = points.iter();
            points.map(|it| (x.place(it.0), y.place(it.1))).collect()
        };
        for mark in &panel.marks {
            match mark {
                Mark::Line { points, ink, width } => {
                    let size = (x.to - x.from, y.to - y.from);
                    for piece in pieces(&simplified(&placed(points), size, 5e-4), x, y) {
                        let style = self.stroke(*ink, *width);
                        chart.draw_series([PathElement::new(piece, style)])?;
                    }
                }
                Mark::Dots {
                    points,
                    ink,
                    radius,
                } => {
                    let style = self.color(*ink).filled();
                    let dots = placed(points)
                        .into_iter()
                        .filter(|point| holds(x, point.0) && holds(y, point.1))
                        .map(|point| Circle::new(point, self.px(*radius), style));
                    chart.draw_series(dots)?;
                }
                Mark::Cross { at, ink } => {
                    let at = (x.place(at.0), y.place(at.1));
                    let cross = Cross::new(at, self.px(5), self.stroke(*ink, 2));
                    chart.draw_series([cross])?;
                }
                Mark::Bars {
                    from,
                    to,
                    heights,
                    ink,
                } => {
                    let width = (to - from) / heights.len() as f64;
                    let style = self.color(*ink).filled();
                    let bars = heights.iter().enumerate();
                    let bars = bars.filter(|(_, it)| y.place(**it) > y.from);
                    chart.draw_series(bars.map(|(index, height)| {
                        let left = from + width * index as f64;
                        let [left, right] = [left, left + width].map(|it| x.place(it));
                        let corners = [
                            (left.clamp(x.from, x.to), y.from),
                            (right.clamp(x.from, x.to), y.place(*height).min(y.to)),
                        ];
                        Rectangle::new(corners, style)
                    }))?;
                }
            }
        }
        Ok(())
    }
}

fn holds(axis: &Axis, value: f64) -> bool {
    (axis.from..=axis.to).contains(&value)
}
