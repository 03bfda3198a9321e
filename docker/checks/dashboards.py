"""Holds the dashboards against Grafana's schema (its foundation SDK) and against what this farm wants of a panel.

With --rules FILE: writes every panel's query as a recording rule there, for promtool to parse.
"""

import json
import re
import sys

import yaml
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from metrics_used import expressions, panels
from mistakes import DOCKER, Mistakes, lost


def overlaps(one, other):
    a, b = one["gridPos"], other["gridPos"]
    return a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]


def check(file, mistakes):
    board = json.loads(file.read_text())
    if json.dumps(board, indent=2, ensure_ascii=False) + "\n" != file.read_text():
        mistakes.add(f"{file.name}: not written with two spaces a level")
    understood = json.loads(JSONEncoder().encode(Dashboard.from_json(board)))
    for line in lost(board, understood):
        mistakes.add(f"{file.name}: Grafana's schema: {line}")
    if board["uid"] != file.stem:
        mistakes.add(f"{file.name}: its uid is {board['uid']}")
    variables = {variable["name"] for variable in board["templating"]["list"]}
    ids = [panel["id"] for panel in panels(board)]
    if len(set(ids)) != len(ids):
        mistakes.add(f"{file.name}: two panels have one id")
    whole = list(panels(board))
    for index, panel in enumerate(whole):
        where = f"{file.name}: {panel['title']}"
        if panel["gridPos"]["x"] + panel["gridPos"]["w"] > 24:
            mistakes.add(f"{where}: beyond the right edge")
        for other in whole[:index]:
            if overlaps(panel, other):
                mistakes.add(f"{where}: lies over {other['title']}")
        if panel["type"] == "row":
            continue
        if not panel.get("description"):
            mistakes.add(f"{where}: no description")
        for target in panel["targets"]:
            if "unit" not in panel["fieldConfig"]["defaults"] and panel["type"] != "table":
                mistakes.add(f"{where}: no unit")
            if target["datasource"]["uid"] != "${datasource}":
                mistakes.add(f"{where}: another data source than the dashboard's")
            for variable in re.findall(r"\$(\w+)", target["expr"]):
                if variable not in variables | {"__rate_interval"}:
                    mistakes.add(f"{where}: there is no variable {variable}")
    used = json.dumps(board["panels"]) + json.dumps([v.get("query") for v in board["templating"]["list"]])
    for variable in variables:
        if not re.search(rf"\$\{{?{variable}\b", used):
            mistakes.add(f"{file.name}: nothing uses the variable {variable}")


def rules(file):
    queries = [
        re.sub(r"\$\w+", ".*", expression.replace("$__rate_interval", "5m")) for _, expression in expressions()
    ]
    group = {"name": "panels", "rules": [{"record": f"panel:{i}", "expr": query} for i, query in enumerate(queries)]}
    with open(file, "w") as out:
        yaml.safe_dump({"groups": [group]}, out)


def main():
    if sys.argv[1:2] == ["--rules"]:
        rules(sys.argv[2])
        return
    plugins.register_default_plugins()
    mistakes = Mistakes()
    files = sorted((DOCKER / "grafana/dashboards").glob("*.json"))
    for file in files:
        check(file, mistakes)
    mistakes.end(f"{len(files)} dashboards, {sum(1 for _ in expressions())} queries with those of the alerts")


if __name__ == "__main__":
    main()
