use super::axis::Axis;

/// A page of panels under a title and one legend, which therefore never lies on a curve.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub title: String,
    /// What stands below the title, on as many lines as it needs.
    pub subtitle: String,
    pub legend: Vec<(String, Ink)>,
    pub columns: usize,
    /// Width and height of a panel in pixels.
    pub panel: (u32, u32),
    pub panels: Vec<Panel>,
}

impl Sheet {
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            subtitle: String::new(),
            legend: Vec::new(),
            columns: 1,
            panel: (480, 320),
            panels: Vec::new(),
        }
    }

    pub fn with_subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.subtitle = subtitle.into();
        self
    }

    pub fn with_legend(mut self, name: impl Into<String>, ink: Ink) -> Self {
        self.legend.push((name.into(), ink));
        self
    }

    pub fn with_grid(mut self, columns: usize, panel: (u32, u32)) -> Self {
        self.columns = columns.max(1);
        self.panel = panel;
        self
    }

    pub fn with_panels(mut self, panels: impl IntoIterator<Item = Panel>) -> Self {
        self.panels.extend(panels);
        self
    }
}

/// A chart with its axes.
#[derive(Clone, Debug)]
pub struct Panel {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    /// What is drawn, the hindmost first.
    pub marks: Vec<Mark>,
}

impl Panel {
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Self {
            title: title.into(),
            x,
            y,
            marks: Vec::new(),
        }
    }

    pub fn with(mut self, mark: Mark) -> Self {
        self.marks.push(mark);
        self
    }
}

/// Something drawn in a panel. What lies outside of its axes is cut off.
#[derive(Clone, Debug)]
pub enum Mark {
    Line {
        points: Vec<(f64, f64)>,
        ink: Ink,
        width: u32,
    },
    Dots {
        points: Vec<(f64, f64)>,
        ink: Ink,
        radius: u32,
    },
    Cross {
        at: (f64, f64),
        ink: Ink,
    },
    /// A histogram of bins of the same width, from the bottom of the panel.
    Bars {
        from: f64,
        to: f64,
        heights: Vec<f64>,
        ink: Ink,
    },
}

/// A colour by its part in the figure; the theme says which it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ink {
    /// One of the curves; beyond the last colour they start over.
    Series(usize),
    Text,
    Faint,
}
