#!/usr/bin/env python3
"""Brings together what CardCheck and the PyTorch peer have measured: report.py DIR reads card.json and pytorch.json there, writes
report.json and report.md, and prints the latter. Exits 1 if an aim of the engine that can be judged does not hold."""
import json
import pathlib
import sys

STEPS_OF_BALANCED_STUDY = 77.75e6
# What must hold on an H100 or H200.
LOSSES, TIMES_EAGER, HOURS = 1e-3, 20, 2


def read(folder, name):
    file = folder / name
    return json.loads(file.read_text()) if file.exists() else None


def fastest(rows, key):
    return max(rows, key=lambda row: row[key], default=None)


def peers(pytorch, precision):
    measured = [one for one in (pytorch or {"measured": []})["measured"]
                if one["precision"] == precision and "stepsPerSecond" in one]
    alone = next((one for one in measured if one["way"] == "eager" and one["processes"] == 1), None)
    return alone, fastest(measured, "stepsPerSecond")


def judged(card, pytorch):
    """(claim, what was found, whether that is so; None where it was not measured)"""
    found = []
    strict, tf32 = card.get("strict", {}), card.get("tf32", {})
    if "lossDistance" in strict:
        found.append((f"strict losses within {LOSSES} of fused over 100 steps", f"{strict['lossDistance']:.1e}",
                      strict["lossDistance"] <= LOSSES))
    if "f1Distance" in strict:
        found.append(("F1 means agree over the seeds",
                      f"{strict['f1Distance']:+.4f}, standard error {strict['f1StandardError']:.4f}",
                      abs(strict["f1Distance"]) <= 2.9 * strict["f1StandardError"] + 1e-9))
    best = fastest(tf32.get("gangs", []), "modelStepsPerSecond")
    # The harder of the two peers: PyTorch's default is strict products.
    rates = [alone["stepsPerSecond"] for alone, _ in (peers(pytorch, "strict"), peers(pytorch, "tf32")) if alone]
    if best and rates:
        times = best["modelStepsPerSecond"] / max(rates)
        found.append((f"a TF32 gang makes {TIMES_EAGER} times the steps of one eager PyTorch process",
                      f"{times:.1f} times, {best['models']} models", times >= TIMES_EAGER))
    if best:
        hours = STEPS_OF_BALANCED_STUDY / best["modelStepsPerSecond"] / 3600
        found.append((f"77.75 million steps in under {HOURS} hours", f"{hours:.2f} h", hours < HOURS))
    return found


def markdown(card, pytorch, verdicts):
    versions = card["versions"]
    lines = ["# A card measured", ""]
    lines += [f"* {name}: {value}" for name, value in versions.items()]
    if pytorch:
        lines.append(f"* PyTorch {pytorch['pytorch']}, its CUDA {pytorch['cuda']}, on {pytorch['card']['name']}")
    lines += ["", "| claim | found | |", "|---|---|---|"]
    on_card = bool(versions.get("computeCapability"))
    lines += [f"| {claim} | {found} | {('holds' if holds else 'DOES NOT HOLD') if on_card else 'no card: says nothing'} |"
              for claim, found, holds in verdicts]
    for precision in ("strict", "tf32"):
        gangs = card.get(precision, {}).get("gangs")
        if not gangs:
            continue
        alone, best = peers(pytorch, precision)
        lines += ["", f"## {'Strict FP32' if precision == 'strict' else 'TF32'}", "",
                  "| models | steps a second | of the peak | of the floor | GB | 77.75 million steps | times eager PyTorch |"
                  " times the best PyTorch |", "|---|---|---|---|---|---|---|---|"]
        for row in gangs:
            def times(peer, rate=row["modelStepsPerSecond"]):
                return f"{rate / peer['stepsPerSecond']:.1f}" if peer else "-"

            def percent(name, row=row):
                return f"{100 * row[name]:.1f} %" if name in row else "-"
            lines.append(f"| {row['models']} | {row['modelStepsPerSecond']:,.0f} | {percent('fractionOfPeak')} |"
                         f" {percent('fractionOfFloor')} | {row['memoryBytes'] / 1e9:.2f} |"
                         f" {row['hoursOfBalancedStudy']:.2f} h | {times(alone)} | {times(best)} |")
        if best:
            lines += ["", f"The best of PyTorch: {best['way']}, {best['processes']} processes,"
                          f" {best['stepsPerSecond']:,.0f} steps a second."]
    if pytorch:
        lines += ["", "## PyTorch", "", "| way | precision | processes | steps a second |", "|---|---|---|---|"]
        lines += [f"| {one['way']} | {one['precision']} | {one['processes']} |"
                  f" {format(one['stepsPerSecond'], ',.1f') if 'stepsPerSecond' in one else one['failed']} |"
                  for one in pytorch["measured"]]
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    card, pytorch = read(folder, "card.json"), read(folder, "pytorch.json")
    if card is None:
        sys.exit(f"{folder} has no card.json")
    verdicts = judged(card, pytorch)
    text = markdown(card, pytorch, verdicts)
    (folder / "report.md").write_text(text)
    (folder / "report.json").write_text(json.dumps(
        {"card": card, "pytorch": pytorch,
         "claims": [{"claim": claim, "found": found, "holds": holds} for claim, found, holds in verdicts]}, indent=2) + "\n")
    print(text)
    if card["versions"].get("computeCapability") and not all(holds for _, _, holds in verdicts):
        sys.exit(1)


if __name__ == "__main__":
    main()
