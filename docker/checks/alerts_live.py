#!/usr/bin/env python3
"""Has every alert fire on a running farm that is really in the state it tells of; those of GPUs apart.

    alerts_live.py FARM CLASSPATH [--phases NAME,NAME] [--keep DIR]
        FARM: the farm script; CLASSPATH: standalone's tests with their libraries, for what writes poison to the topics

A farm of plain processes on loopback, broken by signals, by other files than its runs', by records that are no messages, by a broker that
stands still; a Prometheus that scrapes it every two seconds. The rules are those of docker/prometheus/alerts.yml with times divided (every
range, offset, for and age by FACTOR, some by less: SLOWER), which is printed. No series is made up.
Exit 1 if an alert does not fire by its cause, or one fires on the healthy farm at the beginning. About twenty minutes.
"""

import argparse
import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

DOCKER = Path(__file__).resolve().parent.parent

FACTOR = 60
# An alert's own factor, where a 60th is less than what it watches takes by itself.
SLOWER = {
    "FarmStatusOld": (15, "the aggregator looks at the farm every 5 s"),
    "FarmReconcilerSilent": (30, "the aggregator looks at the farm every second here, in turn with other work"),
    "FarmServiceRestarts": (20, "a process takes seconds to start"),
    "FarmServiceDown": (30, "a process takes seconds to start"),
    "FarmNativeMemoryGrows": (240, "six hours would be six minutes"),
}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# Seconds that stand as plain numbers: ages, uptime, how far a forecast goes.
AGES = [
    ("FarmWorkerStuck", "600", 600),
    ("FarmStatusOld", "300", 300),
    ("FarmFormulasOld", "3600", 3600),
    ("FarmNativeMemoryGrows", "7 * 3600", 7 * 3600),
    ("FarmDeadLetters", "3600", 3600),
    ("FarmRunsRefused", "900", 900),
    ("FarmQueueUnreadable", "3600", 3600),
    ("FarmResultsDiffer", "3600", 3600),
    ("FarmResultsSetAside", "3600", 3600),
    ("FarmFitsFail", "1800", 1800),
    ("FarmRecordsNotSent", "900", 900),
    ("FarmDiskFills", "3 * 86400", 3 * 86400),
]
GPU = "farm_gpu_"
SLOTS = 6
DONE = 'sum(farm_worker_runs_total{outcome="trained"}) > 0'
# The least that a broker allows unless told otherwise.
LOCK_SECONDS = 15
SCRAPE = "2s"


def shorter(alert, text):
    """A duration divided, in milliseconds; a subquery's step of a minute is a scrape."""
    seconds = sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)([smhd])", text))
    return f"{max(1, round(1000 * seconds / factor(alert)))}ms"


def factor(alert):
    return SLOWER.get(alert, (FACTOR, ""))[0]


def transformed():
    """The rules of alerts.yml that need no GPU, with shorter times."""
    rules = yaml.safe_load((DOCKER / "prometheus/alerts.yml").read_text())
    for group in rules["groups"]:
        group["rules"] = [rule for rule in group["rules"] if GPU not in rule["expr"]]
        for rule in group["rules"]:
            name, text = rule["alert"], rule["expr"]
            for alert, age, seconds in AGES:
                if alert == name:
                    assert age in text, f"{alert} has no {age}"
                    text = text.replace(age, f"{seconds / factor(name):g}")
            text = re.sub(r"\[(\w+):\w+\]", lambda found: f"[{shorter(name, found[1])}:1s]", text)
            text = re.sub(r"\[(\d\w*)\]", lambda found: f"[{shorter(name, found[1])}]", text)
            text = re.sub(r"offset (\w+)", lambda found: f"offset {shorter(name, found[1])}", text)
            rule["expr"] = text
            if "for" in rule:
                rule["for"] = shorter(name, rule["for"])
    rules["groups"] = [group for group in rules["groups"] if group["rules"]]
    return rules


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url, timeout=20):
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read()


class Farm:
    def __init__(self, farm, classpath, work):
        # Processes have another working directory.
        self.classpath = os.pathsep.join(os.path.abspath(entry) for entry in classpath.split(os.pathsep))
        self.farm, self.work = farm, work
        self.processes, self.services, self.targets = {}, {}, {}
        self.kafka, self.prometheus, self.broker_http = free_port(), free_port(), free_port()
        self.environment = os.environ | {
            "FARM_BOOTSTRAP_SERVERS": f"127.0.0.1:{self.kafka}", "FARM_RECORD_LOCK": f"{LOCK_SECONDS}s",
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

    def spawn(self, name, words, heap="512m", files=None, **more):
        # Left over from a phase that came to nothing.
        self.kill(name)
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))) if files else None
        with open(self.work / f"{name}.log", "a") as log:
            self.processes[name] = subprocess.Popen(
                list(map(str, words)), stderr=log, cwd=self.work, preexec_fn=limit,
                env=self.environment | {"FARM_JAVA_OPTS": f"-Xmx{heap} -XX:TieredStopAtLevel=1"}, **{"stdout": log, **more})

    def broker(self):
        self.spawn("broker", [self.farm, "broker", "--dir", self.work / "kafka", "--port", self.kafka, "--http-port", self.broker_http])
        self.aim("broker", "broker", self.broker_http)
        self.until("the broker", lambda: get(f"http://127.0.0.1:{self.broker_http}/health/ready"))

    def start(self, job, *words, name=None, awaited=True, **more):
        """A service under its own port, which it keeps when it is started again."""
        name = name or job
        port = self.services.setdefault(name, (job, free_port()))[1]
        self.aim(name, job, port)
        began = time.time()
        self.spawn(name, [self.farm, job, "--http-port", port, *words], **more)
        if awaited:
            self.until(name, lambda: get(f"http://127.0.0.1:{port}/health/ready"))
            # Between two scrapes a process may have taken another's place, whose numbers would be taken for its own.
            start = f'process_start_time_seconds{{instance="{self.instance(name)}"}}'
            self.until(f"a scrape of {name}", lambda: (self.value(start) or 0) > began - 1)

    def aim(self, name, job, port):
        self.targets[name] = (job, port)
        for one in ("aggregator", "regressor", "worker", "broker"):
            ports = [port for job, port in self.targets.values() if job == one]
            file = self.work / f"{one}.json"
            file.with_suffix(".new").write_text(json.dumps([{"targets": [f"127.0.0.1:{port}" for port in ports]}] if ports else []))
            file.with_suffix(".new").rename(file)

    def forget(self, name):
        """Prometheus is no longer told of it."""
        self.targets.pop(name, None)
        self.aim("", "", 0)
        self.targets.pop("")

    def instance(self, name):
        return f"127.0.0.1:{self.targets[name][1]}"

    def send(self, name, what):
        self.processes[name].send_signal(what)

    def kill(self, name):
        process = self.processes.pop(name, None)
        if process:
            process.kill()
            process.wait()

    def stop(self, name, patience=30):
        process = self.processes.pop(name, None)
        if process:
            process.terminate()
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self.forget(name)

    def end(self):
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()

    def until(self, what, condition, patience=180):
        deadline = time.monotonic() + patience
        while True:
            try:
                if condition():
                    return
            except OSError:
                pass
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended with {process.returncode} while waiting for {what}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"gave up waiting for {what}")
            time.sleep(0.3)

    def trouble(self, *task):
        """Has done what no service does."""
        if "trouble" not in self.processes:
            self.spawn("trouble", ["java", "-Xmx1g", "-cp", self.classpath, "org.mtlfarm.standalone.faults.Trouble",
                                   f"127.0.0.1:{self.kafka}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process = self.processes["trouble"]
        process.stdin.write(" ".join(map(str, task)) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            if line == "done\n":
                return
        raise RuntimeError(f"could not {task}: see trouble.log")

    def submit(self, name, runs=1, tokens="200", grid="", more="", training="epochs: 3, batch: 50, hidden: 16"):
        file = self.work / f"{name}.yaml"
        file.write_text(f"study: {name}\nruns: {runs}\n{more}\ngrid: {{tokens: {tokens}, tasks: [1], {grid}}}\ntraining: {{{training}}}\n")
        self.command("submit", file)

    def command(self, *words):
        subprocess.run([self.farm, *map(str, words)], env=self.environment, check=True, capture_output=True, timeout=180)

    def succeeds(self, *words):
        run = subprocess.run([self.farm, *words], env=self.environment, capture_output=True, timeout=180)
        return run.returncode == 0

    def watch(self):
        rules = self.work / "alerts.yml"
        rules.write_text(yaml.safe_dump(transformed()))
        settings = {
            "global": {"scrape_interval": SCRAPE, "scrape_timeout": SCRAPE, "evaluation_interval": "1s"},
            "rule_files": [str(rules)],
            "scrape_configs": [
                {"job_name": job, "file_sd_configs": [{"files": [f"{self.work}/{job}.json"], "refresh_interval": "1s"}]}
                for job in ("aggregator", "regressor", "worker", "broker")]}
        (self.work / "prometheus.yml").write_text(yaml.safe_dump(settings))
        self.spawn("prometheus", [
            "prometheus", f"--config.file={self.work}/prometheus.yml", f"--storage.tsdb.path={self.work}/tsdb",
            f"--web.listen-address=127.0.0.1:{self.prometheus}", "--log.level=warn"])
        self.until("Prometheus", lambda: get(f"http://127.0.0.1:{self.prometheus}/-/ready"))

    def ask(self, query):
        arguments = urllib.parse.urlencode({"query": query})
        return json.loads(get(f"http://127.0.0.1:{self.prometheus}/api/v1/query?{arguments}"))["data"]["result"]

    def value(self, query):
        found = self.ask(query)
        return float(found[0]["value"][1]) if found else None


class Alarms:
    """Which alerts fire, and since which cause they are waited for."""

    def __init__(self, farm):
        self.farm = farm
        self.awaited, self.shown, self.mistakes, self.firing = {}, {}, [], set()
        self.ended = threading.Event()
        self.turn = threading.Condition()
        self.names = [rule["alert"] for group in transformed()["groups"] for rule in group["rules"]]
        threading.Thread(target=self.look, daemon=True).start()

    def look(self):
        while not self.ended.wait(0.5):
            try:
                found = self.farm.ask('ALERTS{alertstate="firing"}')
            except OSError:
                continue
            with self.turn:
                self.firing = {(one["metric"]["alertname"], one["metric"].get("instance", one["metric"].get("study", ""))) for one in found}
                for alert, (cause, where, began) in list(self.awaited.items()):
                    if any(name == alert and where in ("", place) for name, place in self.firing):
                        seconds = time.monotonic() - began
                        self.shown[alert] = cause
                        del self.awaited[alert]
                        print(f"{alert:32} after {seconds:5.1f} s by {cause}", flush=True)
                self.turn.notify_all()

    def by(self, cause, *alerts, where=""):
        """From now on these are waited for; they must not fire already."""
        with self.turn:
            for alert in alerts:
                assert alert in self.names, alert
                if any(name == alert and where in ("", place) for name, place in self.firing):
                    self.mistakes.append(f"{alert} fired before {cause}")
                else:
                    self.awaited[alert] = (cause, where, time.monotonic())

    def wait(self, *alerts, patience=120):
        with self.turn:
            if not self.turn.wait_for(lambda: not any(alert in self.awaited for alert in alerts), patience):
                for alert in alerts:
                    if alert in self.awaited:
                        cause = self.awaited.pop(alert)[0]
                        self.mistakes.append(f"{alert} did not fire by {cause} within {patience} s")
                        print(f"{alert:32} DID NOT FIRE by {cause}", flush=True)

    def quiet(self, *alerts, patience=90):
        """Until none of them fires any more."""
        with self.turn:
            self.turn.wait_for(lambda: not any(name in alerts for name, _ in self.firing), patience)


def healthy(farm, alarms):
    """A study on a farm at work, and a worker that is told to stop and lets its runs go on: nothing may fire."""
    farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "1s")
    farm.start("regressor")
    farm.start("worker", "--slots", 2, "--drain-timeout", "30s")
    farm.submit("healthy", runs=5, tokens="[200, 400, 600, 9000]", training="epochs: 200, batch: 50, hidden: 64")
    fired = set()
    watched = ((25, lambda: None), (15, lambda: farm.send("worker", signal.SIGTERM)))
    for seconds, first in watched:
        first()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            fired |= alarms.firing
            time.sleep(0.5)
    for name, where in sorted(fired):
        alarms.mistakes.append(f"{name} fired on the healthy farm ({where})")
    farm.stop("worker")
    farm.command("cancel", "healthy")


def nobody(farm, alarms):
    """Killed services; then no worker, no reconciler, and results that are none."""
    for name, words in (("aggregator", ["--state-dir", farm.work / "state", "--reconcile-every", "1s"]), ("regressor", [])):
        if name not in farm.processes:
            farm.start(name, *words)
    alarms.quiet("FarmNoAggregator", "FarmNoRegressor", "FarmServiceDown")
    alarms.by("kill -9 of the aggregator", "FarmNoAggregator")
    alarms.by("kill -9 of the aggregator", "FarmServiceDown", where=farm.instance("aggregator"))
    alarms.by("kill -9 of the regressor", "FarmNoRegressor")
    farm.kill("aggregator")
    farm.kill("regressor")
    alarms.wait("FarmNoAggregator", "FarmNoRegressor", "FarmServiceDown", patience=60)
    alarms.by("an aggregator with --reconcile-every 0s", "FarmReconcilerSilent")
    farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "0s")
    farm.start("regressor")
    alarms.by("a plan whose runs were never enqueued, and no reconciler", "FarmRunsMissing")
    alarms.by("a study of which no run ends", "FarmStudyStalls", where="lost")
    farm.trouble("plan", "lost", 0, 3)
    alarms.by("a submission and no worker", "FarmNoWorker", "FarmQueueNotTaken")
    alarms.by("submissions every 5 s and no worker", "FarmQueueGrows")
    grown = 2
    farm.trouble("submit", "grow", grown)
    alarms.by("a record of random bytes on farm.results", "FarmResultsSetAside")
    farm.trouble("bytes", "farm.results", 1)
    farm.trouble("plan", "law", 1, 60)
    farm.trouble("results", "law", 0, 40, "exact")
    alarms.by("the result of a run again, with another F1", "FarmResultsDiffer")
    farm.trouble("differ", "law")
    alarms.by("averages with an AMI of 1e200", "FarmFitsFail")
    farm.trouble("plan", "huge", 0, 6)
    farm.trouble("results", "huge", 0, 6, "huge")
    # A first fit, which takes part in the maximum before the jump.
    farm.until("a formula of the study law", lambda: (farm.value('farm_formula_rows{study="law"}') or 0) >= 40)
    farm.trouble("plan", "slow", 1, 40)
    farm.trouble("results", "slow", 0, 8, "exact")
    farm.until("a formula of the study slow", lambda: farm.value('farm_formula_rows{study="slow"}'))
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        grown += 3
        farm.trouble("submit", "grow", grown)
        time.sleep(5)
    alarms.by("results that follow no law after 40 that did", "FarmFormulaErrorJumps", where="law")
    farm.trouble("results", "law", 40, 60, "noise")
    alarms.wait("FarmFormulaErrorJumps", patience=120)
    alarms.by("a regressor busy with 60 formulas of another study", "FarmFormulasOld", where="slow")
    farm.trouble("plan", "hog", 60, 40)
    farm.trouble("results", "hog", 0, 40, "noise")
    complete = 8
    deadline = time.monotonic() + 120
    while "FarmFormulasOld" in alarms.awaited and time.monotonic() < deadline:
        grown += 3
        complete += 1
        farm.trouble("submit", "grow", grown)
        farm.trouble("results", "slow", complete - 1, complete, "exact")
        time.sleep(5)
    alarms.wait("FarmNoWorker", "FarmQueueNotTaken", "FarmQueueGrows", "FarmRunsMissing", "FarmReconcilerSilent", "FarmResultsSetAside",
                "FarmResultsDiffer", "FarmFitsFail", "FarmFormulasOld", patience=1)
    alarms.wait("FarmStudyStalls", patience=60)
    farm.kill("regressor")
    farm.forget("regressor")
    farm.stop("aggregator")
    for study in ("lost", "grow", "slow", "law", "hog", "huge"):
        farm.command("cancel", study)


def workers(farm, alarms):
    """Runs that fail, diverge and are refused; workers that die and stand still."""
    farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "1s")
    farm.start("worker", "--slots", SLOTS, name="w1")
    alarms.by("a record of random bytes on farm.runs", "FarmQueueUnreadable")
    farm.trouble("bytes", "farm.runs", 1)
    alarms.by("runs that take longer than their deadline of 1 s", "FarmTriesFail", "FarmDeadLetters")
    farm.submit("late", runs=8, tokens="[9000]", more="deadline: 1s\nmaxAttempts: 2", training="epochs: 100, hidden: 200")
    alarms.wait("FarmQueueUnreadable", "FarmTriesFail", "FarmDeadLetters", patience=120)
    alarms.by("trainings at a learning rate of 1", "FarmRunsDiverge")
    farm.submit("diverging", runs=12, tokens="[1000]", training="epochs: 20, batch: 20, hidden: 64, learningRate: 1")
    alarms.wait("FarmRunsDiverge", patience=120)
    farm.submit("long", runs=40, tokens="[5000]", training="epochs: 100, hidden: 100")
    farm.until("runs in training", lambda: farm.value(f'farm_worker_slots_busy{{instance="{farm.instance("w1")}"}}') == SLOTS)
    alarms.by("kill -9 of a worker and its start, three times", "FarmServiceRestarts", "FarmRunsRedelivered")
    for _ in range(3):
        farm.kill("w1")
        farm.start("worker", "--slots", SLOTS, name="w1")
        farm.until("runs in training", lambda: (farm.value(f'farm_worker_slots_busy{{instance="{farm.instance("w1")}"}}') or 0) >= 1)
    alarms.wait("FarmServiceRestarts", "FarmRunsRedelivered", patience=120)
    farm.command("cancel", "long")
    farm.submit("longer", runs=40, tokens="[5000]", training="epochs: 100, hidden: 101")
    farm.until("runs in training", lambda: farm.value(f'farm_worker_slots_busy{{instance="{farm.instance("w1")}"}}') == SLOTS)
    alarms.by("a worker that stands still (SIGSTOP) for longer than its locks", "FarmLeasesLost", where=farm.instance("w1"))
    farm.send("w1", signal.SIGSTOP)
    time.sleep(1.5 * LOCK_SECONDS)
    farm.send("w1", signal.SIGCONT)
    alarms.wait("FarmLeasesLost", patience=120)
    farm.start("worker", "--slots", 4, "--corpus", "builtin:2", name="w2")
    alarms.by("a worker with another corpus", "FarmRunsRefused", "FarmSlotsIdle", where=farm.instance("w2"))
    alarms.wait("FarmRunsRefused", "FarmSlotsIdle", patience=90)
    farm.stop("w2")
    farm.command("cancel", "longer")


def slow(farm, alarms):
    """A broker that stands still, and one that is slow."""
    if "aggregator" not in farm.processes:
        farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "1s")
    if "w1" not in farm.processes:
        farm.start("worker", "--slots", SLOTS, name="w1")
    # So many that no machine is done with them before the end.
    farm.submit("many", runs=1000, tokens=str(list(range(200, 400, 10))), training="epochs: 1, batch: 100, hidden: 8")
    farm.until("runs to be done", lambda: farm.value(DONE))
    alarms.by("a broker that stands still (SIGSTOP) for longer than the locks", "FarmAcknowledgementsUnconfirmed", "FarmBrokerSlow")
    for _ in range(4):
        farm.send("broker", signal.SIGSTOP)
        time.sleep(1.5 * LOCK_SECONDS)
        farm.send("broker", signal.SIGCONT)
        time.sleep(2)
        if "FarmAcknowledgementsUnconfirmed" not in alarms.awaited:
            break
    alarms.wait("FarmAcknowledgementsUnconfirmed", "FarmBrokerSlow", patience=30)
    # What ends of that is started again, as its container would be.
    if farm.processes["aggregator"].poll() is not None:
        farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "1s")
    # Its share of the work was given away meanwhile: one that has none commits nothing.
    farm.until("the aggregator", lambda: get(f"http://{farm.instance('aggregator')}/health/ready"))
    # Of the few commits in a turn one lasts as long as it does; longer than five seconds, and the broker is fenced.
    alarms.by("a broker that stands still for 4.4 s of 4.5", "FarmCommitsSlow")
    deadline = time.monotonic() + 120
    while "FarmCommitsSlow" in alarms.awaited and time.monotonic() < deadline:
        farm.send("broker", signal.SIGSTOP)
        time.sleep(4.4)
        farm.send("broker", signal.SIGCONT)
        time.sleep(0.08)
    alarms.wait("FarmCommitsSlow", patience=1)
    farm.command("cancel", "many")
    farm.stop("w1")
    farm.stop("aggregator")


def away(farm, alarms):
    """A broker that is killed under a worker with runs in hand."""
    if "aggregator" in farm.processes:
        # The broker may need a moment after what was done to it. With nothing done to it there are no topics to tell a status.
        farm.until("the broker", lambda: farm.succeeds("status"))
    farm.stop("aggregator")
    farm.stop("w1")
    (farm.work / "impatient.properties").write_text("request.timeout.ms=3000\ndefault.api.timeout.ms=3000\n")
    farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "1s",
               "--kafka-config", farm.work / "impatient.properties")
    farm.start("worker", "--slots", SLOTS, name="w1")
    farm.submit("several", runs=400, tokens="[200, 210, 220, 230, 240]", training="epochs: 10, batch: 20, hidden: 32")
    farm.until("runs to be done", lambda: farm.value(DONE))
    alarms.by("kill -9 of the broker", "FarmStatusOld", "FarmReconcilerFails")
    farm.kill("broker")
    alarms.wait("FarmStatusOld", "FarmReconcilerFails", patience=120)
    farm.broker()
    farm.command("cancel", "several")
    farm.stop("w1")
    farm.stop("aggregator")


def refused(farm, alarms):
    """A queue that takes no record as large as a run."""
    farm.stop("aggregator")
    farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "1s")
    alarms.by("a queue that takes no record of more than 64 bytes, and runs to be enqueued", "FarmRecordsNotSent", where=farm.instance("aggregator"))
    farm.trouble("limit", "farm.runs", 64)
    farm.trouble("plan", "unsent", 0, 3)
    alarms.wait("FarmRecordsNotSent", patience=90)
    farm.trouble("limit", "farm.runs", 1048588)
    farm.command("cancel", "unsent")


def crawl(farm, alarms, name, *alerts):
    """Lets a service stand still nine tenths of the time, until these have fired."""
    deadline = time.monotonic() + 90
    while set(alerts) & set(alarms.awaited) and time.monotonic() < deadline:
        farm.send(name, signal.SIGSTOP)
        time.sleep(0.45)
        farm.send(name, signal.SIGCONT)
        time.sleep(0.05)
    alarms.wait(*alerts, patience=1)


def cramped(farm, alarms):
    """An aggregator whose state lies on a disk of 200 MB with 190 MB of something else."""
    disk = farm.work / "small-disk"
    disk.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", disk], capture_output=True)
    if mount.returncode:
        alarms.mistakes.append("FarmDiskFills: not shown, since nothing may be mounted here")
        return
    try:
        (disk / "something").write_bytes(bytes(190 * 2**20))
        farm.start("aggregator", "--state-dir", disk / "state", name="cramped")
        alarms.by("a state of 10 MB's room of 200", "FarmDiskFills", where=farm.instance("cramped"))
        alarms.wait("FarmDiskFills", patience=60)
        farm.stop("cramped")
    finally:
        subprocess.run(["umount", "-l", disk])


def handles(farm, alarms):
    """A service that may open few files, and many who follow it."""
    if "aggregator" not in farm.processes:
        farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "1s")
    files = 400
    farm.start("regressor", name="few", files=files)
    alarms.by(f"event streams on a regressor with ulimit -n {files}", "FarmFileHandles", where=farm.instance("few"))
    streams = []
    while "FarmFileHandles" in alarms.awaited and len(streams) < files:
        stream = socket.create_connection(("127.0.0.1", farm.services["few"][1]))
        stream.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
        streams.append(stream)
        time.sleep(0.05 if len(streams) < 100 else 0.2)
    alarms.wait("FarmFileHandles", patience=20)
    for stream in streams:
        stream.close()
    farm.stop("few")


def amounts(farm, alarms):
    """Many results, a lost disk, a full one."""
    # It would be told of all of them, too.
    farm.stop("regressor")
    farm.stop("aggregator")
    for begin in range(100_000, 250_000, 10_000):
        farm.trouble("flood", begin, begin + 10_000)
    alarms.by("an aggregator that stands still nine tenths of the time, and 150,000 results", "FarmConsumerLags")
    farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "1s")
    crawl(farm, alarms, "aggregator", "FarmConsumerLags")
    farm.until("the end of the flood", lambda: farm.value("kafka_consumer_fetch_manager_records_consumed_rate") == 0, 120)
    alarms.by("an aggregator whose disk was lost and is restored, standing still nine tenths of the time", "FarmAggregatorNotRunning", "FarmServiceNotReady")
    farm.stop("aggregator")
    shutil.rmtree(farm.work / "state")
    farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "1s", awaited=False)
    farm.until("its metrics", lambda: get(f"http://{farm.instance('aggregator')}/metrics"))
    crawl(farm, alarms, "aggregator", "FarmAggregatorNotRunning", "FarmServiceNotReady")
    cramped(farm, alarms)


def ask_without_end(url, over):
    while not over.is_set():
        try:
            get(url)
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)


def memory(farm, alarms):
    """A network whose steps take too long and too much; a heap that is too small."""
    if "aggregator" not in farm.processes:
        farm.start("aggregator", "--state-dir", farm.work / "state", "--reconcile-every", "1s")
    farm.start("worker", "--slots", 1, name="large", heap="3g")
    farm.start("regressor", name="small", heap="64m")
    large, small = farm.instance("large"), farm.instance("small")
    share = f'jvm_memory_used_bytes{{instance="{small}", id=~".*Old Gen"}} / jvm_memory_max_bytes'
    alarms.by("a regressor with -Xmx64m and ever more averages", "FarmHeapFull", where=small)
    sent = 0
    deadline = time.monotonic() + 240
    while "FarmHeapFull" in alarms.awaited and time.monotonic() < deadline and farm.processes["small"].poll() is None:
        full = farm.value(share) or 0
        if full < 0.93:
            step = 2000 if full < 0.8 else 300
            farm.trouble("flood", sent, sent + step)
            sent += step
        time.sleep(1)
    alarms.wait("FarmHeapFull", patience=10)
    alarms.by("that heap and requests without end", "FarmGarbageCollection", where=small)
    over = threading.Event()
    for _ in range(8):
        threading.Thread(target=ask_without_end, args=(f"http://{small}/metrics", over), daemon=True).start()
    alarms.wait("FarmGarbageCollection", patience=90)
    over.set()
    farm.kill("small")
    farm.forget("small")
    farm.until("the age of a worker", lambda: (farm.value(f'process_uptime_seconds{{instance="{large}"}}') or 0) > 110)
    alarms.by("a study whose single step is a minute's work", "FarmWorkerStuck", "FarmNativeMemoryGrows", where=large)
    farm.submit("giant", runs=1, tokens="[5000]", training="epochs: 3, batch: 5000, hidden: 1500")
    alarms.wait("FarmWorkerStuck", "FarmNativeMemoryGrows", patience=120)
    alarms.by("its cancellation in the middle of a step", "FarmTrainingAbandoned", where=large)
    farm.command("cancel", "giant")
    alarms.wait("FarmTrainingAbandoned", patience=60)
    farm.stop("large")


# Memory before there is much that a regressor with little of it must know.
PHASES = {"nobody": nobody, "memory": memory, "workers": workers, "slow": slow, "away": away, "refused": refused, "handles": handles,
          "amounts": amounts}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("farm", type=Path)
    parser.add_argument("classpath")
    parser.add_argument("--phases", default=",".join(["healthy", *PHASES]))
    parser.add_argument("--keep", type=Path, help="folder for logs, which stays")
    chosen = parser.parse_args()
    folder = (chosen.keep or Path(tempfile.mkdtemp(prefix="farm-alerts-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    print(f"times divided by {FACTOR}: ranges, offsets, for, ages; scraped every {SCRAPE}, evaluated every second; subqueries by the second")
    for alert, (own, reason) in SLOWER.items():
        print(f"  {alert}: by {own}, since {reason}")
    farm = Farm(chosen.farm.resolve(), chosen.classpath, folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        farm.broker()
        farm.watch()
        alarms = Alarms(farm)
        for name in chosen.phases.split(","):
            print(f"-- {name}, {time.monotonic() - began:.0f} s", flush=True)
            try:
                (PHASES | {"healthy": healthy})[name](farm, alarms)
            except (RuntimeError, OSError, subprocess.SubprocessError) as e:
                alarms.mistakes.append(f"{name}: {e}")
                print(f"{name}: {e}", flush=True)
                for ended in [one for one, process in farm.processes.items() if process.poll() is not None]:
                    farm.kill(ended)
        alarms.ended.set()
    finally:
        farm.end()
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)
    missing = [name for name in alarms.names if name not in alarms.shown]
    for line in alarms.mistakes:
        print(line, file=sys.stderr)
    print(f"{len(alarms.shown)} of {len(alarms.names)} alerts fired by what they are for, in {time.monotonic() - began:.0f} s"
          + (f"; did not: {', '.join(missing)}" if missing else ""))
    sys.exit(1 if alarms.mistakes or missing else 0)


if __name__ == "__main__":
    main()
