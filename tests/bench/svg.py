"""svg - charts as text: bars and lines in panels, readable on light and dark pages alike.

A panel is so many columns of a grid wide; all of it is one picture with a caption below.
"""

import math
from xml.sax.saxutils import escape

WIDTH, GAP = 400, 24  # of a panel; its height is what it needs
LABEL, VALUE, BAR, TITLE = 104, 74, 20, 44
PLOT = 190  # height of a panel with lines
# By day and by night: ground, text, faint text, lines, what is ours, what is others'.
COLOURS = {
    "light": ("#ffffff", "#1f2328", "#59636e", "#d1d9e0", "#0a6c74", "#b6bfc8"),
    "dark": ("#0d1117", "#e6edf3", "#9198a1", "#3d444d", "#3fb8c0", "#59626d"),
}



def rules(colours):
    ground, text, faint, line, ours, other = colours
    return (
        f".ground{{fill:{ground}}}.text{{fill:{text}}}.faint{{fill:{faint}}}"
        f".line{{stroke:{line};fill:none}}.ours{{fill:{ours}}}.other{{fill:{other}}}"
        f".curve{{stroke:{ours};fill:none;stroke-width:2}}.spread{{stroke:{faint};stroke-width:1}}"
    )


STYLE = (
    "text{font:12px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif}"
    ".title{font-weight:600;font-size:13px}"
    + rules(COLOURS["light"])
    + "@media(prefers-color-scheme:dark){"
    + rules(COLOURS["dark"])
    + "}"
)


def short(value):
    """Three digits that count, and no more than are needed."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def words(x, y, text, kind="text", anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def stroke(x1, y1, x2, y2, kind="line"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def bars(title, note, rows, ours):
    """A panel: rows of (label, value, least, most); the row of `ours` has its colour.  Elements, height."""
    room = WIDTH - LABEL - VALUE
    scale = room / max(most for _, _, _, most in rows)
    found = [words(0, 14, title, "text title"), words(0, 31, note, "faint")]
    for i, (label, value, least, most) in enumerate(rows):
        y = TITLE + i * BAR
        kind = "ours" if label == ours else "other"
        middle = y + BAR / 2 - 2
        found.append(words(LABEL - 8, middle + 4, label, "text", "end"))
        found.append(
            f'<rect x="{LABEL}" y="{y}" width="{value * scale:.1f}" height="{BAR - 6}" class="{kind}" rx="1"/>'
        )
        if most > least:
            found.append(stroke(LABEL + least * scale, middle, LABEL + most * scale, middle, "spread"))
        found.append(words(LABEL + max(value, most) * scale + 6, middle + 4, short(value)))
    return found, TITLE + len(rows) * BAR


def nice_step(most):
    """A step of 1, 2 or 5 times a power of ten, for at most five of them."""
    power = 10 ** math.floor(math.log10(most / 5)) if most > 0 else 1
    return next(power * n for n in (1, 2, 5, 10) if power * n * 5 >= most)


def curves(title, note, points, unit):
    """A panel: points of (x, value, least, most) over a logarithmic axis; the other begins at zero."""
    left, top, bottom = 44, TITLE, TITLE + PLOT
    lowest, highest = math.log10(points[0][0]), math.log10(points[-1][0])
    step = nice_step(max(most for *_, most in points))
    full = step * math.ceil(max(most for *_, most in points) / step)

    def across(x):
        return left + (math.log10(x) - lowest) / ((highest - lowest) or 1) * (WIDTH - left - 30)

    def up(y):
        return bottom - y / full * (bottom - top)

    found = [words(0, 14, title, "text title"), words(0, 31, note, "faint")]
    for i in range(round(full / step) + 1):
        found.append(stroke(left, up(i * step), WIDTH - 10, up(i * step)))
        found.append(words(left - 6, up(i * step) + 4, f"{i * step:,.10g}", "faint", "end"))
    for x, _, least, most in points:
        found.append(words(across(x), bottom + 17, f"{x:,}", "faint", "middle"))
        found.append(stroke(across(x), up(least), across(x), up(most), "spread"))
    line = " ".join(f"{across(x):.1f},{up(value):.1f}" for x, value, *_ in points)
    found.append(f'<polyline points="{line}" class="curve"/>')
    for x, value, *_ in points:
        found.append(f'<circle cx="{across(x):.1f}" cy="{up(value):.1f}" r="3" class="ours"/>')
    found.append(words(WIDTH - 10, bottom + 34, unit, "faint", "end"))
    return found, TITLE + PLOT + 38


def picture(panels, caption, columns=2):
    """All panels in rows of so many, as one document."""
    found, y = [], GAP
    for i in range(0, len(panels), columns):
        row = panels[i : i + columns]
        for k, (elements, _) in enumerate(row):
            x = GAP + k * (WIDTH + GAP)
            found.append(f'<g transform="translate({x},{y})">' + "".join(elements) + "</g>")
        y += max(height for _, height in row) + GAP
    for line in caption:
        found.append(words(GAP, y, line, "faint"))
        y += 17
    width, height = columns * (WIDTH + GAP) + GAP, y + GAP - 17
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" '
        f'height="{height:.0f}" role="img" aria-label="{escape(" ".join(caption))}"><style>{STYLE}</style>'
        f'<rect width="100%" height="100%" class="ground"/>\n' + "\n".join(found) + "\n</svg>\n"
    )
