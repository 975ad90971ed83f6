"""Pictures of digits that people wrote, and of what is no digit, for `predict --score`.

    pip install numpy==2.4.6 pillow==13.0.0 scipy==1.17.1 scikit-image==0.26.0 fonttools==4.68.0 brotli==1.2.1
    npm install --prefix runs/fonts $(python tests/pictures/make.py --fonts)
    python tests/pictures/make.py tuning --share 0.5
    python tests/pictures/make.py held-out --share 0.4
    cargo run --release --example predict -- --score runs/pictures/held-out

A picture is a hand (hands.py), or something that is no digit (others.py), on a paper in a light (papers.py). The two
parts share nothing but this code: other digits of the data set (the last 5,000 training images, which training leaves out
for validation, and the first 5,000 test images), other fonts, and another seed. Constants of `predict` are chosen on the
part for tuning alone.

Beside the pictures, manifest.csv says what is on each: its file, its kind, and its digits in reading order, "" for none.
"""

import argparse
import csv
import pathlib

import numpy as np
from PIL import Image

import hands
import others
import papers

SEEDS = {"tuning": 1, "held-out": 20_000}
DIGITS = {"mnist": 400, "font": 300, "several": 300, "transparent": 100}
OTHERS = {"empty": 75, "noise": 75, "scribble": 150, "shape": 150, "letter": 300, "word": 100, "look-alike": 100}


def picture(random, kind, hand):
    """An image and its digits."""
    if kind in DIGITS:
        count = int(random.integers(2, 6)) if kind == "several" else 1
        digits = [int(d) for d in random.integers(0, 10, count)]
        source = {"mnist": "mnist", "font": "font"}.get(kind) or random.choice(["mnist", "font"])
        glyphs = [hand.digit(random, digit, source) for digit in digits]
        if kind == "several":
            ink, order = hands.page(random, glyphs)
            digits = [digits[index] for index in order]
        else:
            ink = hands.single(random, glyphs[0])
        if kind == "transparent":
            return papers.transparent(random, ink), digits
        return papers.photograph(random, ink), digits
    if kind == "empty":
        return papers.photograph(random, np.zeros(papers.size(random))), []
    if kind == "noise":
        return others.noise(random), []
    ink = {
        "scribble": lambda: hands.single(random, others.scribble(random)),
        "shape": lambda: hands.single(random, others.shape(random)),
        "letter": lambda: hands.single(random, hand.letters(random, others.LETTERS, 1)),
        "look-alike": lambda: hands.single(random, hand.letters(random, others.LOOK_ALIKES, 1)),
        "word": lambda: hands.single(random, hand.letters(random, others.LETTERS, int(random.integers(3, 7)))),
    }[kind]()
    return papers.photograph(random, ink), []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=SEEDS, nargs="?")
    parser.add_argument("--fonts", action="store_true", help="print the npm packages of the fonts")
    parser.add_argument("--node-modules", type=pathlib.Path, default=pathlib.Path("runs/fonts/node_modules"))
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("data/mnist"))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("runs/pictures"))
    parser.add_argument("--share", type=float, default=1.0, help="make this share of the pictures")
    args = parser.parse_args()
    if args.fonts:
        print("\n".join(f"@fontsource/{font}@5.3.0" for part in hands.FONTS.values() for font in part))
        return
    if args.part is None:
        parser.error("name a part, tuning or held-out")

    folder = args.out / args.part
    folder.mkdir(parents=True, exist_ok=True)
    hand = hands.Hands(args.part, args.data, args.node_modules)
    rows = []
    for place, (kind, count) in enumerate((DIGITS | OTHERS).items()):
        for index in range(round(count * args.share)):
            # Each picture has a seed of its own: more of one kind change no other.
            random = np.random.default_rng([SEEDS[args.part], place, index])
            image, digits = picture(random, kind, hand)
            name = f"{kind}-{index:03}.png"
            Image.fromarray(image).save(folder / name, compress_level=4)
            rows.append([name, kind, "".join(map(str, digits))])
    with open(folder / "manifest.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "kind", "digits"])
        writer.writerows(rows)
    print(f"{len(rows)} pictures in {folder}")


if __name__ == "__main__":
    main()
