"""Holds the commands and environments of compose.yaml and the Kubernetes manifests against what the farm command takes.

    commands.py FARM      FARM is the farm script; prints nothing but mistakes
    commands.py --kafka   prints the settings of compose.yaml's Kafka as name=value, a line each, if those of farm broker are among them
"""

import re
import subprocess
import sys

import yaml

from mistakes import DOCKER, ROOT, Mistakes

# Read before any command line is.
SCRIPT = {"FARM_JAVA_OPTS", "FARM_LOG"}

# Of the image's own start, not settings of Kafka.
IMAGE = {"CLUSTER_ID"}

BROKER = ROOT / "standalone/src/main/resources/org/mtlfarm/standalone/broker/broker.properties"


def compose():
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]


def on_gpus():
    """The services that compose.gpu.yaml changes, as they are with both files."""
    changed = yaml.safe_load((DOCKER / "compose.gpu.yaml").read_text())["services"]
    return {name: compose()[name] | service for name, service in changed.items()}


def resolved(text):
    """A compose value with the defaults of its variables."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(text))


def started():
    """(where, arguments, environment) of every farm process."""
    for file, services in (("compose.yaml", compose()), ("compose.gpu.yaml", on_gpus())):
        for name, service in services.items():
            if service["image"].startswith("mtl-farm"):
                words = [*service.get("entrypoint", [])[1:], *service["command"]]
                yield f"{file}: {name}", [resolved(word) for word in words], service["environment"]
    settings = {}
    pods = []
    for file in sorted((DOCKER / "kubernetes").rglob("*.yaml")):
        for resource in yaml.safe_load_all(file.read_text()):
            if resource["kind"] == "ConfigMap":
                settings[resource["metadata"]["name"]] = resource["data"]
            spec = resource.get("spec", {})
            template = spec.get("template") or spec.get("jobTargetRef", {}).get("template")
            for container in (template or {}).get("spec", {}).get("containers", []):
                if "args" in container:
                    pods.append((str(file.relative_to(DOCKER)), container))
    for where, container in pods:
        environment = {one["name"]: one.get("value") for one in container.get("env", []) if one["name"].startswith("FARM_")}
        for source in container.get("envFrom", []):
            environment |= settings[source["configMapRef"]["name"]]
        yield where, container["args"], environment


def settings(farm):
    """Which commands take an environment variable, by its name."""
    text = subprocess.run([farm, "help", "settings"], check=True, capture_output=True, text=True).stdout
    taken = {"FARM_HTTP_TOKEN": None}
    for block in re.split(r"\n(?=--)", text):
        name = re.search(r"(FARM_\w+)$", block.splitlines()[0])
        commands = re.search(r"^    in: (.*)$", block, re.MULTILINE)
        if name and commands:
            taken[name[1]] = commands[1].split(", ")
    return taken


def kafka():
    """Prints compose.yaml's settings of Kafka, unless one that farm broker has is another there, or is missing."""
    given = {name.removeprefix("KAFKA_").replace("_", ".").lower(): value
             for name, value in compose()["kafka"]["environment"].items() if name not in IMAGE}
    mistakes = Mistakes()
    for name, value in re.findall(r"^([\w.]+)=(.*)$", BROKER.read_text(), re.MULTILINE):
        if given.get(name) != value:
            mistakes.add(f"compose.yaml: {name} must be {value}, as in {BROKER.name}, found {given.get(name)}")
    mistakes.end("\n".join(f"{name}={value}" for name, value in given.items()))


def main():
    if sys.argv[1] == "--kafka":
        kafka()
        return
    farm = sys.argv[1]
    mistakes = Mistakes()
    taken = settings(farm)
    count = 0
    for where, words, environment in started():
        command = words[0]
        # Values are read, too, where help is asked for; only names that are none pass.
        run = subprocess.run([farm, *words, "--help"], capture_output=True, text=True)
        if run.returncode != 0:
            mistakes.add(f"{where}: farm {' '.join(words)}: {(run.stderr.splitlines() or ['no reason given'])[0]}")
            continue
        for flag in (word for word in words if word.startswith("--")):
            if not re.search(rf"{flag}\b(?!-)", run.stdout):
                mistakes.add(f"{where}: farm {command} has no {flag}")
        for name in environment:
            if name.startswith("FARM_") and name not in SCRIPT:
                if name not in taken:
                    mistakes.add(f"{where}: there is no setting {name}")
                elif taken[name] is not None and command not in taken[name]:
                    mistakes.add(f"{where}: farm {command} has no setting {name}")
        count += 1
    mistakes.end(f"{count} commands with their flags and environments")


if __name__ == "__main__":
    main()
