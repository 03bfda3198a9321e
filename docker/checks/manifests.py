"""Kubernetes manifests against the schemas of Kubernetes and KEDA; kustomizations against the files there are."""

import copy
import io
import sys

import kubernetes_validate
import yaml
from cloudcoil.models.keda import v1alpha1 as keda
from pydantic import ValidationError

from mistakes import DOCKER, Mistakes, lost

FOLDER = DOCKER / "kubernetes"
VERSION = "1.37"


def check(resource, where, mistakes):
    if resource["apiVersion"].startswith("kustomize"):
        return
    if resource["apiVersion"] == "keda.sh/v1alpha1":
        check_keda(resource, where, mistakes)
        return
    try:
        kubernetes_validate.validate(resource, VERSION, strict=True)
    except kubernetes_validate.ValidationError as e:
        mistakes.add(f"{where}: {'.'.join(map(str, e.path))}: {e.message}")


def check_keda(resource, where, mistakes):
    resource = copy.deepcopy(resource)
    if resource["kind"] == "ScaledJob":
        # The job itself is Kubernetes' own type.
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "worker"}, "spec": resource["spec"]["jobTargetRef"]}
        check(job, where, mistakes)
        resource["spec"]["jobTargetRef"] = {"template": {}}
    try:
        understood = getattr(keda, resource["kind"]).model_validate(resource)
    except ValidationError as e:
        for error in e.errors():
            mistakes.add(f"{where}: {'.'.join(map(str, error['loc']))}: {error['msg']}")
        return
    for line in lost(resource, understood.model_dump(mode="json", by_alias=True, exclude_unset=True)):
        mistakes.add(f"{where}: KEDA's schema: {line}")
    for trigger in resource["spec"]["triggers"]:
        for key, value in trigger["metadata"].items():
            if not isinstance(value, str):
                mistakes.add(f"{where}: {key} of a trigger must be text, found {value!r}")


def check_kustomization(file, mistakes):
    kustomization = yaml.safe_load(file.read_text())
    named = list(kustomization.get("resources", [])) + [p["path"] for p in kustomization.get("patches", []) if "path" in p]
    for name in named:
        if not (file.parent / name).exists():
            mistakes.add(f"{file.relative_to(DOCKER)}: there is no {name}")
    for other in file.parent.glob("*.yaml"):
        if other != file and other.name not in named:
            mistakes.add(f"{file.relative_to(DOCKER)}: does not name {other.name}")


def main():
    """With --built: resources that kustomize built, from standard input, instead of the files."""
    mistakes = Mistakes()
    if sys.argv[1:2] == ["--built"]:
        resources = [r for r in yaml.safe_load_all(io.StringIO(sys.stdin.read())) if r]
        for resource in resources:
            check(resource, f"{resource['kind']} {resource['metadata']['name']}", mistakes)
        mistakes.end(f"{len(resources)} resources as kustomize builds them")
        return
    count = 0
    for file in sorted(FOLDER.rglob("*.yaml")):
        if file.name == "kustomization.yaml":
            check_kustomization(file, mistakes)
            continue
        if file.parent.name == "gpu":
            continue  # a patch, no whole resource
        for resource in yaml.safe_load_all(file.read_text()):
            check(resource, str(file.relative_to(DOCKER)), mistakes)
            count += 1
    mistakes.end(f"{count} resources")


if __name__ == "__main__":
    main()
