"""Paper, light and camera: what makes a photograph of ink."""

import io

import numpy as np
from PIL import Image
from scipy import ndimage

PENS = {
    "black": (25, 25, 30), "blue": (30, 50, 150), "red": (190, 30, 40), "green": (20, 120, 60),
    "violet": (100, 40, 140), "brown": (110, 60, 30), "pencil": (90, 90, 95), "orange": (225, 110, 20),
}  # fmt: skip
SHEETS = {"white": (250, 250, 248), "cream": (245, 238, 220), "grey": (215, 215, 212), "kraft": (200, 165, 120)}
BOARDS = {"blackboard": (35, 45, 42), "black": (20, 20, 22), "blue": (25, 40, 80)}
CHALKS = [(240, 240, 235), (245, 230, 140), (250, 190, 200), (170, 220, 250)]


def size(random):
    side = int(random.integers(120, 480))
    return side, round(side * random.uniform(0.75, 1.5))


def photograph(random, ink):
    """`ink` on a paper, in a light, through a camera: bytes in red, green and blue."""
    dark = random.random() < 0.15
    sheets = BOARDS if dark else SHEETS
    paper = np.array(sheets[random.choice(list(sheets))]) / 255.0
    pen = np.array(CHALKS[random.integers(len(CHALKS))] if dark else PENS[random.choice(list(PENS))]) / 255.0

    picture = np.broadcast_to(paper, ink.shape + (3,)).copy()
    picture *= 1 + grain(random, ink.shape)[..., None]
    if not dark and random.random() < 0.5:
        ruled(random, picture, ink.shape)
    coverage = ink[..., None] * pressure(random, ink.shape)[..., None]
    picture = picture * (1 - coverage) + pen * coverage
    picture *= light(random, ink.shape)
    return camera(random, picture)


def transparent(random, ink):
    """Ink on nothing: bytes in red, green, blue and alpha."""
    white = random.random() < 0.5
    pen = CHALKS[random.integers(len(CHALKS))] if white else PENS[random.choice(list(PENS))]
    # What nobody sees has any colour.
    nothing = random.integers(0, 256, 3)
    alpha = (255 * ink).astype(np.uint8)
    colour = np.where(alpha[..., None] > 0, pen, nothing).astype(np.uint8)
    return np.dstack([colour, alpha])


def field(random, shape, sigma):
    """Noise of deviation 1 that is alike over `sigma` pixels."""
    small = random.normal(size=[max(3, round(6 * side / sigma / 2)) for side in shape])
    small = ndimage.gaussian_filter(small, 1)
    large = ndimage.zoom(small, [side / its for side, its in zip(shape, small.shape)], order=1)
    return large[: shape[0], : shape[1]] / large.std()


def grain(random, shape):
    fine = random.normal(size=shape) * random.uniform(0, 0.025)
    fibres = field(random, shape, 8) * random.uniform(0, 0.015)
    return fine + fibres


def pressure(random, shape):
    """How much of the ink there is along the strokes."""
    uneven = 1 - random.uniform(0, 0.15) * np.abs(field(random, shape, 30))
    if random.random() < 0.25:
        uneven = uneven * (1 - random.uniform(0, 0.35) * random.random(shape))
    return np.clip(uneven * random.uniform(0.8, 1.0), 0.3, 1)


def ruled(random, picture, shape):
    """Lines or squares, a little turned, and a margin now and then."""
    rows, columns = np.indices(shape, dtype=float)
    angle = np.radians(random.uniform(-3, 3))
    across = columns * np.cos(angle) + rows * np.sin(angle)
    down = rows * np.cos(angle) - columns * np.sin(angle)
    spacing = random.uniform(0.08, 0.3) * min(shape)
    width = random.uniform(0.8, 2.2)
    colour = np.array([(120, 160, 215), (150, 150, 155), (205, 120, 120), (110, 190, 190)])[random.integers(4)] / 255.0
    strength = random.uniform(0.4, 1)
    offset = random.uniform(0, spacing)

    def draw(distance, colour):
        cover = np.clip(0.5 + width / 2 - distance, 0, 1)[..., None] * strength
        picture[...] = picture * (1 - cover) + picture * colour * cover

    def periodic(at):
        return np.abs((at + offset) % spacing - spacing / 2)

    draw(periodic(down), colour)
    if random.random() < 0.5:
        draw(periodic(across), colour)
    elif random.random() < 0.3:
        draw(np.abs(across - random.uniform(0.05, 0.15) * shape[1]), np.array([0.85, 0.4, 0.45]))


def light(random, shape):
    """Uneven light, a tint, and in half of the pictures a shadow with an edge."""
    rows, columns = np.indices(shape, dtype=float)
    rows, columns = rows / shape[0] - 0.5, columns / shape[1] - 0.5
    angle = random.uniform(0, 2 * np.pi)
    along = rows * np.sin(angle) + columns * np.cos(angle)
    light = 1 - random.uniform(0, 0.5) * (along - along.min())
    light *= 1 - random.uniform(0, 0.4) * (rows**2 + columns**2)
    if random.random() < 0.5:
        angle = random.uniform(0, 2 * np.pi)
        edge = rows * np.sin(angle) + columns * np.cos(angle) - random.uniform(-0.35, 0.35)
        edge += 0.02 * field(random, shape, 0.3 * min(shape))
        softness = random.uniform(0.003, 0.12)
        light *= 1 - random.uniform(0.2, 0.55) / (1 + np.exp(np.clip(-edge / softness, -50, 50)))
    tint = 1 + random.uniform(-0.06, 0.06, 3)
    return light[..., None] * tint * random.uniform(0.75, 1.05)


def camera(random, picture):
    """Blur, the noise of the sensor, and what JPEG does."""
    blur = random.uniform(0, 1.1)
    picture = ndimage.gaussian_filter(picture, (blur, blur, 0))
    picture = picture + random.normal(size=picture.shape) * random.uniform(0, 0.02)
    picture = (255 * np.clip(picture, 0, 1)).astype(np.uint8)
    if random.random() < 0.7:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", quality=int(random.integers(45, 95)))
        picture = np.asarray(Image.open(file))
    return picture
