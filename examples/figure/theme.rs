use plotters::style::RGBColor;

/// The colours of a page.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    /// What stands behind the file's name where there is one for each page.
    pub name: &'static str,
    pub paper: RGBColor,
    pub text: RGBColor,
    /// Axes, grids and whatever only gives orientation.
    pub faint: RGBColor,
    /// Curves, the most important first.
    pub series: [RGBColor; 6],
}

// The colours of Okabe and Ito, which people with any kind of colour blindness tell apart:
// https://jfly.uni-koeln.de/color/
const BLUE: RGBColor = RGBColor(0, 114, 178);
const VERMILION: RGBColor = RGBColor(213, 94, 0);
const GREEN: RGBColor = RGBColor(0, 158, 115);
const PURPLE: RGBColor = RGBColor(204, 121, 167);
const ORANGE: RGBColor = RGBColor(230, 159, 0);
const SKY: RGBColor = RGBColor(86, 180, 233);
const YELLOW: RGBColor = RGBColor(240, 228, 66);

impl Theme {
    pub const LIGHT: Self = Self {
        name: "light",
        paper: RGBColor(255, 255, 255),
        text: RGBColor(31, 35, 40),
        faint: RGBColor(175, 184, 193),
        series: [BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY],
    };

    /// The darker colours of the palette make way for its lighter ones.
    pub const DARK: Self = Self {
        name: "dark",
        paper: RGBColor(13, 17, 23),
        text: RGBColor(230, 237, 243),
        faint: RGBColor(85, 93, 103),
        series: [SKY, ORANGE, GREEN, PURPLE, YELLOW, VERMILION],
    };
}
