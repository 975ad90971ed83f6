"""What is no digit: letters, scribbles, shapes, noise."""

import numpy as np
from scipy import ndimage

# Letters that nobody takes for digits when they stand alone, in any of the hands.
LETTERS = "ACEFHJKLMNPRTUVWXYacdefhkmnprtuvwx"
# Letters that many do: D, O, Q and o are 0, I, i, j and l are 1, Z and z are 2, S and s are 5, G and b are 6, B is 8, and
# g, q and y are 9. They are reported apart.
LOOK_ALIKES = "BDGIOQSZbgijloqsyz"


def strokes(points, width, side=240):
    """Ink along lines through `points`, lists of places from 0 to 1 across and down."""
    canvas = np.ones((side + 80, side + 80), bool)
    for line in points:
        line = np.asarray(line) * side + 40
        for start, end in zip(line[:-1], line[1:]):
            steps = int(np.hypot(*(end - start))) + 2
            along = np.linspace(start, end, steps).round().astype(int).clip(0, side + 79)
            canvas[along[:, 1], along[:, 0]] = False
    ink = np.clip(0.5 + width / 2 - ndimage.distance_transform_edt(canvas), 0, 1)
    rows, columns = (np.flatnonzero((ink > 0.1).any(axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def pen(random):
    return random.choice([random.uniform(6, 14), random.uniform(14, 30)])


def scribble(random):
    """A pen that wanders to and fro."""
    turns = int(random.integers(6, 40))
    places = random.random((turns, 2))
    if random.random() < 0.5:
        # To and fro from one side to the other.
        places[:, 0] = np.where(np.arange(turns) % 2, random.uniform(0.6, 1, turns), random.uniform(0, 0.4, turns))
        places[:, 1] = np.sort(places[:, 1])
    dense = np.linspace(0, turns - 1, turns * 20)
    line = [np.interp(dense, np.arange(turns), places[:, axis]) for axis in (0, 1)]
    smooth = [ndimage.gaussian_filter1d(it, random.uniform(1, 8)) for it in line]
    return strokes([np.stack(smooth, 1)], pen(random))


def shape(random):
    """Signs and drawings."""
    t = np.linspace(0, 2 * np.pi, 120)
    circle = np.stack([0.5 + 0.5 * np.cos(t), 0.5 + 0.5 * np.sin(t)], 1)
    star = [(0.5 + 0.5 * np.sin(4 * np.pi * k / 5), 0.5 - 0.5 * np.cos(4 * np.pi * k / 5)) for k in range(6)]
    heart = np.stack([0.5 + 0.5 * np.sin(t) ** 3,
                      0.45 - (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 32], 1)
    spiral = np.stack([0.5 + t / 13 * np.cos(3 * t), 0.5 + t / 13 * np.sin(3 * t)], 1)
    wave = np.stack([t / 6.3, 0.5 + 0.25 * np.sin(2 * t)], 1)
    shapes = {
        "plus": [[(0, 0.5), (1, 0.5)], [(0.5, 0), (0.5, 1)]],
        "cross": [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
        "equals": [[(0, 0.35), (1, 0.35)], [(0, 0.65), (1, 0.65)]],
        "hash": [[(0, 0.33), (1, 0.33)], [(0, 0.67), (1, 0.67)], [(0.37, 0), (0.3, 1)], [(0.7, 0), (0.63, 1)]],
        "square": [[(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]],
        "triangle": [[(0.5, 0), (1, 0.9), (0, 0.9), (0.5, 0)]],
        "arrow": [[(0, 0.5), (1, 0.5)], [(0.7, 0.25), (1, 0.5), (0.7, 0.75)]],
        "tick": [[(0, 0.6), (0.3, 1), (1, 0)]],
        "house": [[(0, 1), (0, 0.4), (0.5, 0), (1, 0.4), (1, 1), (0, 1)], [(0.4, 1), (0.4, 0.65), (0.65, 0.65), (0.65, 1)]],
        "star": [star],
        "heart": [heart],
        "spiral": [spiral],
        "wave": [wave],
        "face": [circle, [(0.33, 0.35), (0.34, 0.42)], [(0.66, 0.35), (0.66, 0.42)],
                 [(0.3, 0.65), (0.4, 0.75), (0.6, 0.75), (0.7, 0.65)]],
        "sun": [0.5 + (circle - 0.5) * 0.5] + [
            [(0.5 + 0.32 * np.cos(a), 0.5 + 0.32 * np.sin(a)), (0.5 + 0.5 * np.cos(a), 0.5 + 0.5 * np.sin(a))]
            for a in np.arange(8) * np.pi / 4],
        "tree": [[(0.5, 1), (0.5, 0.7)], [(0.1, 0.7), (0.9, 0.7), (0.5, 0), (0.1, 0.7)]],
    }  # fmt: skip
    lines = shapes[random.choice(list(shapes))]
    angle = np.radians(random.uniform(-12, 12))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    stretch = random.uniform(0.75, 1.3)

    def drawn(line):
        line = (np.asarray(line, float) - 0.5) * (stretch, 1 / stretch) @ turn * 0.75
        # As a hand draws it: the corners are not where they should be.
        if len(line) < 20:
            line = line + random.normal(size=line.shape) * 0.03
        return line + 0.5

    return strokes([drawn(line) for line in lines], pen(random))


def noise(random):
    """Grey or coloured noise, fine or in clouds."""
    rows = int(random.integers(100, 320))
    shape = (rows, round(rows * random.uniform(0.75, 1.5)), 3)
    raw = random.normal(size=shape)
    if random.random() < 0.5:
        raw[...] = raw[..., :1]
    sigma = random.choice([0, random.uniform(0.5, 3), random.uniform(3, 25)])
    raw = ndimage.gaussian_filter(raw, (sigma, sigma, 0))
    raw = raw / raw.std() * random.uniform(0.03, 0.35) + random.uniform(0.3, 0.8)
    return (255 * np.clip(raw, 0, 1)).astype(np.uint8)
