"""Ink that hands leave: digits of the data set written again with other pens, and handwriting fonts that are deformed.

Ink is an array of shares, 0 for paper to 1 for full ink.
"""

import functools
import gzip
import io

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage
from skimage.morphology import skeletonize

FONTS = {
    "tuning": [
        "caveat", "patrick-hand", "architects-daughter", "indie-flower", "kalam", "gaegu", "delius",
        "nanum-pen-script", "schoolbell", "neucha", "bad-script", "annie-use-your-telescope", "short-stack",
        "amatic-sc", "calligraffitti", "caveat-brush", "cedarville-cursive", "chilanka", "coming-soon", "cookie",
        "crafty-girls", "damion", "dawning-of-a-new-day", "dekko", "edu-nsw-act-foundation", "edu-sa-beginner",
        "fuzzy-bubbles", "gamja-flower", "give-you-glory", "grape-nuts", "hachi-maru-pop", "hi-melody", "itim",
        "just-another-hand", "just-me-again-down-here", "kaushan-script", "klee-one", "kristi", "la-belle-aurore",
        "licorice", "long-cang", "loved-by-the-king", "mali", "mrs-saint-delafield", "mynerve",
        "nanum-brush-script", "nothing-you-could-do", "oooh-baby", "over-the-rainbow", "pangolin",
        "playwrite-de-grund", "playwrite-fr-moderne", "playwrite-us-trad", "rancho", "rock-salt", "rouge-script",
        "sacramento", "satisfy", "sedgwick-ave", "shantell-sans", "square-peg", "sriracha", "sunshiney",
        "the-girl-next-door", "vibur", "waiting-for-the-sunrise", "walter-turncoat", "yellowtail", "yomogi",
        "zen-kurenaido", "zeyada", "zhi-mang-xing",
    ],
    "held-out": [
        "shadows-into-light", "handlee", "reenie-beanie", "covered-by-your-grace", "gochi-hand",
        "gloria-hallelujah", "homemade-apple", "swanky-and-moo-moo", "sue-ellen-francisco", "mansalva",
        "poor-story", "marck-script", "permanent-marker",
    ],
}  # fmt: skip
# The images of the data set: file names, and which of them.
IMAGES = {"tuning": ("train", slice(55_000, 60_000)), "held-out": ("t10k", slice(0, 5_000))}
# Glyphs are made this high, and shrunk when they are put on a page.
HEIGHT = 240


class Hands:
    def __init__(self, part, data, node_modules):
        name, images = IMAGES[part]
        with gzip.open(data / f"{name}-images-idx3-ubyte.gz") as file:
            self.pixels = np.frombuffer(file.read()[16:], np.uint8).reshape(-1, 28, 28)[images]
        with gzip.open(data / f"{name}-labels-idx1-ubyte.gz") as file:
            self.labels = np.frombuffer(file.read()[8:], np.uint8)[images]
        self.fonts = [font(node_modules, name) for name in FONTS[part]]

    def digit(self, random, digit, source):
        if source == "font":
            return self.written(random, str(digit))
        index = random.choice(np.flatnonzero(self.labels == digit))
        return reinked(random, self.pixels[index])

    def letters(self, random, alphabet, count):
        return self.written(random, "".join(random.choice(list(alphabet), count)))

    def written(self, random, text):
        face = self.fonts[random.integers(len(self.fonts))]
        left, top, right, bottom = face.getbbox(text)
        margin = HEIGHT // 4
        image = Image.new("L", (right - left + 2 * margin, bottom - top + 2 * margin))
        ImageDraw.Draw(image).text((margin - left, margin - top), text, font=face, fill=255)
        ink = deformed(random, np.asarray(image) / 255.0, turn=10, bend=5)
        # A heavier or a lighter hand than the font's.
        change = random.uniform(-0.2, 0.8) * stroke(ink)
        return cropped(widened(ink, change / 2))


def font(node_modules, name):
    """The face of a package, made a TrueType font, which Pillow reads."""
    woff = node_modules / "@fontsource" / name / "files" / f"{name}-latin-400-normal.woff2"
    face = TTFont(woff)
    face.flavor = None
    file = io.BytesIO()
    face.save(file)
    file.seek(0)
    return ImageFont.truetype(file, HEIGHT)


def reinked(random, pixels):
    """A digit of the data set in a pen of another width, from thin to thick."""
    large = ndimage.zoom(np.pad(pixels / 255.0, 4), 10, order=3)
    large = ndimage.gaussian_filter(large, 3)
    mask = large > 0.45
    width = random.choice([random.uniform(6, 14), random.uniform(14, 26), random.uniform(26, 44)])
    if random.random() < 0.7:
        # The path of the pen, which a new pen follows.
        line = ndimage.distance_transform_edt(~skeletonize(mask))
        ink = np.clip(0.5 + width / 2 - line, 0, 1)
    else:
        ink = large.clip(0.2, 0.7) / 0.5 - 0.4
    return cropped(deformed(random, ink, turn=8, bend=4))


def deformed(random, ink, turn, bend):
    """Turned, slanted, stretched and bent as far as hands differ; lengths are in pixels of HEIGHT."""
    angle = np.radians(random.uniform(-turn, turn))
    slant = random.uniform(-0.2, 0.2)
    stretch = random.uniform(0.85, 1.15)
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, 0], [slant, 1 / stretch]])
    rows, columns = ink.shape
    middle = np.array([rows, columns]) / 2
    places = np.indices(ink.shape).reshape(2, -1)
    noise = [ndimage.gaussian_filter(random.normal(size=ink.shape), 30) for _ in range(2)]
    moves = np.array([bend * it / it.std() for it in noise]).reshape(2, -1)
    pulled = matrix @ (places - middle[:, None]) + middle[:, None] + moves
    return ndimage.map_coordinates(ink, pulled, order=1).reshape(ink.shape)


def stroke(ink):
    """The width of the pen."""
    inside = ndimage.distance_transform_edt(ink > 0.5)
    ridge = inside[skeletonize(ink > 0.5)]
    return 2 * ridge.mean() if ridge.size else 1.0


def widened(ink, by):
    """Strokes whose edges lie `by` pixels further out, or further in."""
    mask = np.pad(ink > 0.5, 30)
    outside, inside = ndimage.distance_transform_edt(~mask), ndimage.distance_transform_edt(mask)
    wider = np.clip(0.5 + inside - outside + by, 0, 1)
    # A pen that is too thin for its paths is none.
    return wider if wider.sum() > 0.3 * ink.sum() else ink


def cropped(ink):
    rows, columns = (np.flatnonzero((ink > 0.1).any(axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def resized(ink, height):
    size = max(1, round(ink.shape[1] * height / ink.shape[0])), max(1, round(height))
    return np.asarray(Image.fromarray((255 * ink).astype(np.uint8)).resize(size, Image.Resampling.LANCZOS)) / 255.0


def single(random, glyph):
    """One glyph anywhere on a paper of its own."""
    side = int(random.integers(120, 480))
    rows, columns = side, round(side * random.uniform(0.75, 1.5))
    share = random.uniform(0.3, 0.8)
    height = min(share * rows, share * columns * glyph.shape[0] / glyph.shape[1])
    glyph = resized(glyph, max(height, 24))
    rows, columns = max(rows, glyph.shape[0] + 8), max(columns, glyph.shape[1] + 8)
    paper = np.zeros((rows, columns))
    top = int(random.integers(3, rows - glyph.shape[0] - 2))
    left = int(random.integers(3, columns - glyph.shape[1] - 2))
    paper[top : top + glyph.shape[0], left : left + glyph.shape[1]] = glyph
    return paper


def page(random, glyphs):
    """Digits in one line or in two, and the order in which they are read."""
    height = random.uniform(40, 110)
    lines = 2 if len(glyphs) > 3 and random.random() < 0.6 else 1
    placed, top, order = [], random.uniform(0.3, 1) * height, []
    for line in range(lines):
        left = random.uniform(0.3, 1.5) * height
        for index in range(line, len(glyphs), lines):
            tall = height * random.uniform(0.85, 1.15)
            # A 1 or a dash of a pen is not blown up to the width of the page.
            glyph = resized(glyphs[index], tall)
            up = top + height - glyph.shape[0] + random.uniform(-0.1, 0.1) * height
            placed.append((int(max(up, 2)), int(left), glyph))
            left += glyph.shape[1] + random.uniform(0.25, 0.9) * height
            order.append(index)
        top += height * random.uniform(1.5, 1.9)
    rows = max(up + glyph.shape[0] for up, _, glyph in placed) + int(random.uniform(0.2, 1) * height)
    columns = max(left + glyph.shape[1] for _, left, glyph in placed) + int(random.uniform(0.2, 1) * height)
    paper = np.zeros((rows, columns))
    for up, left, glyph in placed:
        area = paper[up : up + glyph.shape[0], left : left + glyph.shape[1]]
        np.maximum(area, glyph, out=area)
    return paper, order
