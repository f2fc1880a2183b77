"""metrics - what daemons count, read as Prometheus reads it (exposition format 0.0.4)."""

import re

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)')


def unescape(text):
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), text)


class Metrics:
    def __init__(self, text):
        self.text, self.types, self.helps, self.samples = text, {}, {}, []
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                assert name not in self.types, f"{name} comes twice"
                self.types[name] = kind
            elif line.startswith("# HELP "):
                _, _, name, words = line.split(" ", 3)
                self.helps[name] = words
            else:
                name, labels, value = SAMPLE.match(line).groups()
                pairs = {a: unescape(b) for a, b in LABEL.findall(labels or "")}
                self.samples.append((name, pairs, float(value)))

    def names(self):
        """Every name that an expression may ask for."""
        histograms = [name for name, kind in self.types.items() if kind == "histogram"]
        return set(self.types) | {
            name + end for name in histograms for end in ("_bucket", "_sum", "_count")
        }

    def all(self, name, **labels):
        return [
            value
            for found, pairs, value in self.samples
            if found == name and labels.items() <= pairs.items()
        ]

    def one(self, name, **labels):
        found = self.all(name, **labels)
        assert len(found) == 1, f"{name} {labels}: {found}"
        return found[0]


def of_hub(world):
    return Metrics(world.run("hub", "metrics", world.hub.folder))


def of_node(world, name):
    return Metrics(world.run("node", "metrics", "--node", world.node(name).folder))
