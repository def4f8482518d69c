"""Makes control-charts-train.csv.gz and control-charts-test.csv.gz: /usr/bin/python3 make_control_charts.py

Control charts of a process, by the formulas of R. J. Alcock and Y. Manolopoulos, "Time-series similarity queries employing a
feature-based approach", 1999: 60 steps around a level of 30 in noise of up to 6. One row is a chart; its label says what is
wrong with the process. The same formulas made the Synthetic Control set of the UCI and UCR archives, of which nothing is
copied here.
"""
import gzip
import math
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, LEVEL, DEVIATION, ROWS = 60, 30.0, 2.0, 50


def noise(draw):
    return LEVEL + DEVIATION * draw.uniform(-3, 3)


def normal(draw):
    return [noise(draw) for _ in range(STEPS)]


def cyclic(draw):
    height, period = draw.uniform(10, 15), draw.uniform(10, 15)
    return [noise(draw) + height * math.sin(2 * math.pi * t / period) for t in range(STEPS)]


def trend(sign):
    def make(draw):
        slope = sign * draw.uniform(0.2, 0.5)
        return [noise(draw) + slope * t for t in range(STEPS)]
    return make


def shift(sign):
    def make(draw):
        size, start = sign * draw.uniform(7.5, 20), draw.uniform(STEPS / 3, 2 * STEPS / 3)
        return [noise(draw) + (size if t >= start else 0) for t in range(STEPS)]
    return make


CLASSES = {
    "normal": normal, "cyclic": cyclic, "rising": trend(1), "falling": trend(-1),
    "shifted up": shift(1), "shifted down": shift(-1),
}


def write(name, seed):
    draw = random.Random(seed)
    rows = [(label, make(draw)) for label, make in CLASSES.items() for _ in range(ROWS)]
    draw.shuffle(rows)
    lines = [",".join(["label"] + [f"t{t + 1}" for t in range(STEPS)])]
    lines += [",".join([label] + [f"{value:.2f}" for value in values]) for label, values in rows]
    # No time stamp: the same bytes every time.
    with open(os.path.join(HERE, name), "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(("\n".join(lines) + "\n").encode())


write("control-charts-train.csv.gz", 1)
write("control-charts-test.csv.gz", 2)
