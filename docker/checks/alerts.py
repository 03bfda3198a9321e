"""Every alert says how bad it is, what is the matter and where its remedy stands; the remedy is there; a test fires it and a test does not."""

import re

import yaml

from mistakes import DOCKER, ROOT, Mistakes


def anchors(file):
    """Of a Markdown file's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def main():
    mistakes = Mistakes()
    groups = yaml.safe_load((DOCKER / "prometheus/alerts.yml").read_text())["groups"]
    tests = yaml.safe_load((DOCKER / "prometheus/alerts_test.yml").read_text())["tests"]
    cases = [case for test in tests for case in test.get("alert_rule_test", [])]
    fired = {case["alertname"] for case in cases if case["exp_alerts"]}
    silent = {case["alertname"] for case in cases if not case["exp_alerts"]}
    names = [rule["alert"] for group in groups for rule in group["rules"]]
    for rule in (rule for group in groups for rule in group["rules"]):
        name, told = rule["alert"], rule.get("annotations", {})
        if rule.get("labels", {}).get("severity") not in ("critical", "warning"):
            mistakes.add(f"{name}: its severity must be critical or warning")
        for key in ("summary", "description", "runbook"):
            if not told.get(key):
                mistakes.add(f"{name}: no {key}")
        file, _, anchor = told.get("runbook", "").partition("#")
        if anchor != name.lower() or not (ROOT / file).is_file() or anchor not in anchors(ROOT / file):
            mistakes.add(f"{name}: its runbook must be a heading {name} in docs/operations.md, found {told.get('runbook')}")
        if name not in fired:
            mistakes.add(f"{name}: no test fires it")
        if name not in silent:
            mistakes.add(f"{name}: no test leaves it silent")
    for name in sorted((fired | silent) - set(names)):
        mistakes.add(f"alerts_test.yml tests {name}, which is no alert")
    mistakes.end(f"{len(names)} alerts, each with its remedy and tests")


if __name__ == "__main__":
    main()
