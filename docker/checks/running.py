"""Starts the services of compose.yaml as plain processes from the image's folder layout, with their commands and environments,
lets Prometheus scrape them while a small study is done, and fails unless every panel's query and every metric of every alert
returns data (those of GPUs apart), and a worker that is told to stop ends with 0.

    running.py FARM IMAGE     FARM: the farm script, for the broker; IMAGE: a folder made by docker/assemble
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

from commands import started
from metrics_used import expressions, names
from mistakes import DOCKER, Mistakes

PATIENCE_SECONDS = 180


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Farm:
    def __init__(self, farm, image, work):
        self.image = Path(image)
        self.work = work
        self.processes = {}
        self.ports = {name: free_port() for name in ("kafka", "aggregator", "regressor", "worker", "prometheus")}
        (work / "token").write_text("0123456789abcdef")
        self.compose = {where.split(": ")[1]: (words, env) for where, words, env in started() if where.startswith("compose")}
        self.start("kafka", [farm, "broker", "--dir", work / "kafka", "--port", self.ports["kafka"], "--http-port", "off"], {})

    def here(self, text):
        """What a container calls it, on this machine."""
        text = str(text).replace("kafka:9092", f"127.0.0.1:{self.ports['kafka']}")
        text = text.replace("/run/secrets/farm_token", str(self.work / "token"))
        text = text.replace("/var/lib/farm", str(self.work / "var"))
        return re.sub(r"^aggregator:8471$", f"localhost:{self.ports['aggregator']}", text)

    def command(self, service):
        words, given = self.compose[service]
        environment = {name: self.here(value) for name, value in given.items() if name != "FARM_SCHEMA_REGISTRY"}
        if "FARM_HTTP_PORT" in environment:
            environment["FARM_HTTP_PORT"] = str(self.ports[service])
        return [self.image / "farm/farm", *map(self.here, words)], environment

    def start(self, name, words, environment):
        with open(self.work / f"{name}.log", "w") as log:
            self.processes[name] = subprocess.Popen(
                list(map(str, words)), stdout=log, stderr=log, cwd=self.work,
                env=os.environ | {"FARM_JAVA_OPTS": "-Xmx512m"} | environment)

    def end(self):
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()

    def await_that(self, what, condition):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    sys.exit(f"{name} ended with {process.returncode} while waiting for {what}: {self.log(name)}")
            if time.monotonic() > deadline:
                sys.exit(f"gave up waiting for {what}")
            time.sleep(0.5)

    def log(self, name):
        return (self.work / f"{name}.log").read_text()[-1000:]

    def healthy(self, service):
        environment = os.environ | {"FARM_HTTP_PORT": str(self.ports[service])}
        return subprocess.run([self.image / "farm/healthy"], env=environment).returncode == 0

    def prometheus(self):
        """compose.yaml's configuration, but for where the services are and how often they are asked."""
        settings = yaml.safe_load((DOCKER / "prometheus/prometheus.yml").read_text())
        settings["global"] = {"scrape_interval": "2s", "evaluation_interval": "2s"}
        settings["rule_files"] = [str(DOCKER / "prometheus/alerts.yml")]
        for job in settings["scrape_configs"]:
            del job["dns_sd_configs"]
            job["authorization"]["credentials_file"] = str(self.work / "token")
            job["static_configs"] = [{"targets": [f"localhost:{self.ports[job['job_name']]}"]}]
        (self.work / "prometheus.yml").write_text(yaml.safe_dump(settings))
        self.start("prometheus", [
            "prometheus", f"--config.file={self.work}/prometheus.yml", f"--storage.tsdb.path={self.work}/tsdb",
            f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}"], {})

    def ask(self, query):
        url = f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/query?" + urllib.parse.urlencode({"query": query})
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)["data"]["result"]

    def asked(self, query):
        try:
            return self.ask(query)
        except OSError:
            return []


def wanted():
    """(where, query) that must return data."""
    for where, expression in expressions():
        if "farm_gpu_" in expression or "farm_broker_" in expression:
            continue
        if where.startswith("farm-"):
            yield where, re.sub(r"\$\w+", ".*", expression.replace("$__rate_interval", "20s"))
        else:
            yield from ((where, f"count({name})") for name in sorted(names(expression)))


def main():
    mistakes = Mistakes()
    with tempfile.TemporaryDirectory() as folder:
        farm = Farm(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), Path(folder))
        try:
            farm.await_that("the broker", lambda: "Kafka at" in farm.log("kafka"))
            for service in ("aggregator", "regressor", "worker"):
                farm.start(service, *farm.command(service))
            farm.prometheus()
            for service in ("aggregator", "regressor", "worker"):
                farm.await_that(f"a healthy {service}", lambda: farm.healthy(service))
            farm.await_that("Prometheus", lambda: len(farm.asked("farm_ready == 1")) == 3)
            words, environment = farm.command("submit")
            subprocess.run([*map(str, words[:-1]), "smoke"], env=os.environ | environment, check=True, capture_output=True)
            farm.await_that("the study", lambda: farm.asked('farm_formula_settled == 1'))
            missing = {}

            def everything():
                missing.clear()
                missing.update({query: where for where, query in wanted() if not farm.asked(query)})
                return not missing

            deadline = time.monotonic() + 60
            while not everything() and time.monotonic() < deadline:
                time.sleep(2)
            for query, where in missing.items():
                mistakes.add(f"{where}: no data for {query}")
            scrape = farm.ask("max(quantile_over_time(0.5, scrape_duration_seconds[1m]))")[0]["value"][1]
            series = farm.ask("max(scrape_samples_scraped)")[0]["value"][1]
            worker = farm.processes.pop("worker")
            worker.send_signal(signal.SIGTERM)
            if worker.wait(60) != 0:
                mistakes.add(f"a worker told to stop ended with {worker.returncode}")
        finally:
            farm.end()
    mistakes.end(f"{sum(1 for _ in wanted())} queries return data; the slowest service's median scrape {1000 * float(scrape):.0f} ms, at most {series} series")


if __name__ == "__main__":
    main()
