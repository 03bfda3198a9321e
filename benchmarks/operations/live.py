#!/usr/bin/env python3
"""Runs a farm as plain processes with the settings of docker/compose.yaml, scaled to 1, 2, 4 and 2 workers (or others) while a study runs,
scraped by a real Prometheus, and draws what that has recorded. (That every dashboard's and alert's query has an answer is checked by
`docker/check --start`.)

    live.py [--phase SECONDS] [--workers N,N,N] [--keep DIR]      needs prometheus (apt-get install prometheus) and a built ./farm; loopback only

Prints what each phase came to, scrape times and sizes; leaves DIR/operations.html (default: a new
folder under /tmp, named at the end). Exit 1 if a run is lost or counted twice.
"""

import argparse
import html
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTS = {"broker": 18480, "aggregator": 18481, "regressor": 18482, "prometheus": 18490, "kafka": 18491}
FIRST_WORKER = 18500
SCRAPE_SECONDS = 2
STUDY = """study: scaling
corpus: builtin
vectors: builtin
runs: 10
grid: {tasks: [1, 2, 4], tokens: [400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000], alpha: [0.6, 0.8, 0.95]}
training: {epochs: 20, batch: 50, hidden: 32}
formulas:
  - f1 ~ tokens, tasks, ami
"""

processes = {}


def start(name, *command, log):
    environment = dict(os.environ, FARM_BOOTSTRAP_SERVERS=f"127.0.0.1:{PORTS['kafka']}", FARM_LOG="json")
    with open(log, "w") as out:
        processes[name] = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
    return processes[name]


def stop(name, patience=60):
    process = processes.pop(name)
    process.send_signal(signal.SIGTERM)
    status = process.wait(patience)
    if name.startswith("worker") and status != 0:
        sys.exit(f"{name} ended with {status}")


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read()


def until(what, patience=180):
    deadline = time.monotonic() + patience
    while True:
        try:
            found = what()
            if found:
                return found
        except OSError:
            pass
        if time.monotonic() > deadline:
            sys.exit("gave up waiting")
        time.sleep(0.5)


def ready(port):
    return until(lambda: get(f"http://127.0.0.1:{port}/health/ready"))


def query(expression, at=None):
    arguments = {"query": expression} | ({"time": at} if at else {})
    url = f"http://127.0.0.1:{PORTS['prometheus']}/api/v1/query?{urllib.parse.urlencode(arguments)}"
    return json.loads(get(url))["data"]["result"]


def series(expression, since, to):
    arguments = urllib.parse.urlencode({"query": expression, "start": since, "end": to, "step": SCRAPE_SECONDS})
    found = json.loads(get(f"http://127.0.0.1:{PORTS['prometheus']}/api/v1/query_range?{arguments}"))["data"]["result"]
    return [(float(t), float(v)) for t, v in found[0]["values"]] if found else []


def targets(folder, workers):
    """File of Prometheus's targets, by the jobs of docker/prometheus/prometheus.yml."""
    jobs = {
        "aggregator": [PORTS["aggregator"]],
        "regressor": [PORTS["regressor"]],
        "broker": [PORTS["broker"]],
        "worker": workers,
    }
    for job, ports in jobs.items():
        (folder / f"{job}.json").write_text(json.dumps([{"targets": [f"127.0.0.1:{port}" for port in ports]}]))


def configuration(folder):
    jobs = "\n".join(
        f"  - {{job_name: {job}, file_sd_configs: [{{files: ['{folder}/{job}.json'], refresh_interval: 1s}}]}}"
        for job in ("aggregator", "regressor", "broker", "worker")
    )
    text = f"""global: {{scrape_interval: {SCRAPE_SECONDS}s, evaluation_interval: {SCRAPE_SECONDS}s}}
rule_files: [{ROOT}/docker/prometheus/alerts.yml]
scrape_configs:
{jobs}
"""
    (folder / "prometheus.yml").write_text(text)


def chart(title, unit, lines, since, to):
    width, height, left = 860, 190, 60
    top = max([v for _, points in lines for _, v in points] + [1e-9]) * 1.1
    colours = ["#1f6feb", "#d1242f", "#2da44e"]
    parts = [f"<h2>{html.escape(title)}</h2><svg viewBox='0 0 {width} {height + 30}' role='img' aria-label='{html.escape(title)}'>"]
    for share in (0, 0.5, 1):
        y = height - share * (height - 10)
        parts.append(f"<line x1='{left}' x2='{width}' y1='{y}' y2='{y}' stroke='#ccc'/>"
                     f"<text x='{left - 6}' y='{y + 4}' text-anchor='end'>{share * top:,.{0 if top > 20 else 1}f}</text>")
    for minute in range(0, int((to - since) // 60) + 1):
        x = left + (width - left) * minute * 60 / (to - since)
        parts.append(f"<text x='{x}' y='{height + 18}' text-anchor='middle'>{minute} min</text>")
    for (name, points), colour in zip(lines, colours):
        path = " ".join(f"{left + (width - left) * (t - since) / (to - since):.1f},{height - v / top * (height - 10):.1f}"
                        for t, v in points)
        parts.append(f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>")
    legend = " &nbsp; ".join(f"<span style='color:{c}'>&#9632;</span> {html.escape(n)}" for (n, _), c in zip(lines, colours))
    return "".join(parts) + f"</svg><p>{legend} ({html.escape(unit)})</p>"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phase", type=int, default=60, help="seconds with each number of workers")
    parser.add_argument("--keep", type=Path, help="folder for logs and the drawing")
    parser.add_argument("--workers", default="1,2,4,2", help="of one slot each, in turn")
    chosen = parser.parse_args()
    numbers = [int(number) for number in chosen.workers.split(",")]
    folder = (chosen.keep or Path(tempfile.mkdtemp(prefix="farm-operations-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    farm = str(ROOT / "farm")
    try:
        sys.exit(run(farm, folder, chosen.phase, numbers))
    finally:
        for process in processes.values():
            process.kill()
        print(f"logs and drawing: {folder}")


def run(farm, folder, phase, numbers):
    start("broker", farm, "broker", "--dir", f"{folder}/kafka", "--port", str(PORTS["kafka"]),
          "--http-port", str(PORTS["broker"]), log=folder / "broker.log")
    ready(PORTS["broker"])
    start("aggregator", farm, "aggregator", "--state-dir", f"{folder}/state", "--http-port", str(PORTS["aggregator"]),
          log=folder / "aggregator.log")
    ready(PORTS["aggregator"])
    start("regressor", farm, "regressor", "--http-port", str(PORTS["regressor"]), log=folder / "regressor.log")
    ready(PORTS["regressor"])
    targets(folder, [])
    configuration(folder)
    start("prometheus", "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/prometheus",
          f"--web.listen-address=127.0.0.1:{PORTS['prometheus']}", "--log.level=warn", log=folder / "prometheus.log")
    until(lambda: get(f"http://127.0.0.1:{PORTS['prometheus']}/-/ready"))
    (folder / "scaling.yaml").write_text(STUDY)
    environment = dict(os.environ, FARM_BOOTSTRAP_SERVERS=f"127.0.0.1:{PORTS['kafka']}")
    subprocess.run([farm, "submit", f"{folder}/scaling.yaml"], check=True, env=environment, stdout=subprocess.DEVNULL)
    began = time.time()
    workers = []
    for number in numbers:
        while len(workers) < number:
            port = FIRST_WORKER + len(workers)
            start(f"worker-{port}", farm, "worker", "--slots", "1", "--drain-timeout", "60m",
                  "--checkpoint-dir", f"{folder}/checkpoints", "--http-port", str(port), log=folder / f"worker-{port}.log")
            workers.append(port)
        targets(folder, workers)
        for port in workers:
            ready(port)
        while len(workers) > number:
            stop(f"worker-{workers.pop()}")
            targets(folder, workers)
        # Its first seconds go to starting and to the JIT.
        time.sleep(phase / 3)
        since = time.time()
        time.sleep(phase * 2 / 3)
        window = f"{int(time.time() - since)}s"
        steps = query(f"sum(rate(farm_worker_training_steps_total[{window}]))")
        runs = query(f"sum(delta(farm_aggregator_results_total{{kind=\"counted\"}}[{window}]))")
        busy = query(f"avg_over_time(sum(farm_worker_slots_busy)[{window}:{SCRAPE_SECONDS}s])")
        broker = query(f'delta(process_cpu_seconds_total{{job="broker"}}[{window}])')
        slots, speed, done, processor = (float(found[0]["value"][1]) if found else 0 for found in (busy, steps, runs, broker))
        seconds = phase * 2 / 3
        print(f"{number} workers: {slots:.2f} slots busy, {speed:.0f} steps a second, {done * 60 / seconds:.0f} runs a minute, "
              f"the broker {processor / seconds:.1%} of a core", flush=True)
    firing = sorted({found["metric"]["alertname"] for found in query('ALERTS{alertstate="firing"}')})
    slowest = query("max by (job) (max_over_time(scrape_duration_seconds[5m]))")
    median = query("quantile by (job) (0.5, quantile_over_time(0.5, scrape_duration_seconds[5m]))")
    samples = query("max by (job) (scrape_samples_scraped)")
    ended = time.time()
    page = [
        chart("Slots", "slots", [("there", series("sum(farm_worker_slots)", began, ended)),
                                 ("busy", series("sum(farm_worker_slots_busy)", began, ended))], began, ended),
        chart("Training", "steps a second", [("all workers", series("sum(rate(farm_worker_training_steps_total[15s]))", began, ended))],
              began, ended),
        chart("Queue", "runs", [("waiting", series("max(farm_queue_waiting_runs)", began, ended)),
                                ("done", series('max(farm_runs{state="done"})', began, ended))], began, ended),
    ]
    (folder / "operations.html").write_text(
        "<!doctype html><meta charset='utf-8'><title>Scaling</title><style>body{font:14px sans-serif;max-width:900px;margin:2em auto}"
        "svg text{font-size:11px}</style>" + "".join(page))
    for port in list(workers):
        stop(f"worker-{port}", patience=300)
    lost = check(farm, environment)
    for name, found in (("median", median), ("longest", slowest)):
        print(f"scrape, {name}: " + ", ".join(f"{f['metric']['job']} {float(f['value'][1]) * 1e3:.0f} ms" for f in found))
    print("series a scrape: " + ", ".join(f"{f['metric']['job']} {f['value'][1]}" for f in samples))
    print("bytes a scrape: " + ", ".join(
        f"{name} {len(get(f'http://127.0.0.1:{PORTS[name]}/metrics'))}" for name in ("aggregator", "regressor", "broker")))
    print(f"alerts firing: {', '.join(firing) or 'none'}")
    return 1 if lost else 0


def check(farm, environment):
    """Every run that has a result has one, and its average counts it."""
    time.sleep(3)
    status = json.loads(subprocess.run([farm, "status", "--json"], check=True, env=environment, capture_output=True).stdout)
    counted = sum(json.loads(line)["runsDone"] for line in subprocess.run(
        [farm, "results", "--format", "json"], check=True, env=environment, capture_output=True, text=True).stdout.splitlines())
    text = get(f"http://127.0.0.1:{PORTS['aggregator']}/metrics").decode()
    repeated = {kind: float(re.search(rf'kind="{kind}"}} ([0-9.e+]+)', text)[1]) for kind in ("repeated_same", "repeated_different")}
    print(f"{status['runsDone']} of {status['runsPlanned']} runs done, {counted} in averages, "
          f"{repeated['repeated_same']:.0f} repeated the same, {repeated['repeated_different']:.0f} differently, "
          f"{status['failed']} failed")
    return status["runsDone"] != counted or repeated["repeated_different"] > 0 or status["failed"] > 0


if __name__ == "__main__":
    main()
