"""A small plot with both axes logarithmic, as SVG text."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 360, 240, 58, 40, 28, 14


def log_plot(title: str, x: str, y: str, points: Sequence[tuple[float, float]], exponent: float) -> str:
    """Return the plot of ``points``, which are over 0, with its measured ``exponent`` in the title."""
    xs, ys = (_axis([point[place] for point in points]) for place in (0, 1))
    across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(point: tuple[float, float]) -> tuple[float, float]:
        right = (math.log10(point[0]) - xs[0]) / (xs[1] - xs[0])
        above = (math.log10(point[1]) - ys[0]) / (ys[1] - ys[0])
        return _LEFT + across * right, _HEIGHT - _BOTTOM - up * above

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="11" fill="#333"><rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="17" font-size="12">{html.escape(title)}, exponent {exponent:.2f}</text>',
    ]
    for power in range(xs[0], xs[1] + 1):
        at, _ = place((10.0**power, 10.0 ** ys[0]))
        parts.append(_line(at, _TOP, at, _HEIGHT - _BOTTOM))
        parts.append(f'<text x="{at:.1f}" y="{_HEIGHT - _BOTTOM + 14}" text-anchor="middle">{_number(power)}</text>')
    for power in range(ys[0], ys[1] + 1):
        _, at = place((10.0 ** xs[0], 10.0**power))
        parts.append(_line(_LEFT, at, _WIDTH - _RIGHT, at))
        parts.append(f'<text x="{_LEFT - 5}" y="{at + 4:.1f}" text-anchor="end">{_number(power)}</text>')
    dots = [place(point) for point in points]
    path = " ".join(f"{right:.1f},{down:.1f}" for right, down in dots)
    parts.append(f'<polyline points="{path}" fill="none" stroke="#0b62a8" stroke-width="1.5"/>')
    parts += [f'<circle cx="{right:.1f}" cy="{down:.1f}" r="3" fill="#0b62a8"/>' for right, down in dots]
    parts.append(f'<text x="{_LEFT + across / 2}" y="{_HEIGHT - 8}" text-anchor="middle">{html.escape(x)}</text>')
    parts.append(f'<text x="12" y="{_TOP - 8}">{html.escape(y)}</text></svg>')
    return "\n".join(parts) + "\n"


def _axis(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten around ``values``."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _line(left: float, top: float, right: float, bottom: float) -> str:
    return f'<path d="M{left:.1f} {top:.1f}L{right:.1f} {bottom:.1f}" stroke="#ddd"/>'


def _number(power: int) -> str:
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
