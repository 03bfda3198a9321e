"""What the checks share: mistakes are gathered, printed a line each, and end the check with 1."""

import sys
from pathlib import Path

DOCKER = Path(__file__).resolve().parent.parent
ROOT = DOCKER.parent


class Mistakes:
    def __init__(self):
        self.lines = []

    def add(self, line):
        self.lines.append(line)

    def end(self, what):
        for line in self.lines:
            print(line, file=sys.stderr)
        if self.lines:
            sys.exit(1)
        print(what)


def lost(given, understood, path=""):
    """Where a value that was read by a schema's types and written again is not what was given: fields nobody knows."""
    if isinstance(given, dict) and isinstance(understood, dict):
        for key, value in given.items():
            if key in understood:
                yield from lost(value, understood[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}: unknown"
    elif isinstance(given, list) and isinstance(understood, list) and len(given) == len(understood):
        for index, (one, other) in enumerate(zip(given, understood)):
            yield from lost(one, other, f"{path}[{index}]")
    elif given != understood:
        yield f"{path}: {given!r} is read as {understood!r}"
