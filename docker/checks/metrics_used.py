"""Prints the names of the metrics that dashboards and alerts use, one a line.

With --against FILE: fails unless they are exactly those that FILE, docs/operations.md, lists in its catalogue: rows of tables
whose first cell is a metric's name in backquotes.
"""

import json
import re
import sys
from pathlib import Path

import yaml

from mistakes import DOCKER, Mistakes

WORDS = set("and or unless by without on ignoring group_left group_right bool offset".split())

# Made by Prometheus itself.
PROMETHEUS = {"up", "ALERTS"}


def names(expression):
    """Metrics in a PromQL expression: names that are no function, no keyword and no label."""
    text = re.sub(r'"(\\.|[^"\\])*"', '""', expression)
    text = re.sub(r"\{[^}]*\}", "", text)
    text = re.sub(r"\[[^\]]*\]", "", text)
    text = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", text)
    found = re.findall(r"(?<![\w.:$])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])", text)
    return {name for name in found if name not in WORDS} - PROMETHEUS


def panels(board):
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", [])


def expressions():
    """(where, expression) of every dashboard and alert."""
    for file in sorted((DOCKER / "grafana/dashboards").glob("*.json")):
        board = json.loads(file.read_text())
        for panel in panels(board):
            for target in panel.get("targets", []):
                yield f"{file.name}: {panel['title']}", target["expr"]
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                yield f"{file.name}: ${variable['name']}", re.match(r"label_values\((.*),", variable["query"]["query"])[1]
    for group in yaml.safe_load((DOCKER / "prometheus/alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


def base(name):
    """A histogram's or timer's series belong to one metric."""
    return re.sub(r"_(bucket|count|sum|max)$", "", name) if re.search(r"_seconds_(bucket|count|sum|max)$", name) else name


def catalogue(file):
    rows = re.findall(r"^\| (`[^|]*) \|", Path(file).read_text(), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`((?:farm|process|jvm|kafka|disk)_\w+)[`{]", row)}


def main():
    used = {name: where for where, expression in expressions() for name in names(expression)}
    if sys.argv[1:2] != ["--against"]:
        print("\n".join(sorted(used)))
        return
    mistakes = Mistakes()
    listed = {base(name) for name in catalogue(sys.argv[2])}
    for name, where in sorted(used.items()):
        if base(name) not in listed:
            mistakes.add(f"{where} uses {name}, which {sys.argv[2]} does not list")
    for name in sorted(listed - {base(name) for name in used}):
        mistakes.add(f"{sys.argv[2]} lists {name}, which no dashboard and no alert uses")
    mistakes.end(f"{len(used)} series of {len(listed)} metrics, each listed and used")


if __name__ == "__main__":
    main()
