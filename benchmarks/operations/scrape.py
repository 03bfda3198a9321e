#!/usr/bin/env python3
"""What a scrape costs a running service: processor time (its own counter, less what it uses without), time, bytes.

    scrape.py PORT...      of services on this machine without a token
"""

import re
import sys
import time
import urllib.request

SCRAPES = 200


def scrape(port):
    begun = time.perf_counter()
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
    return time.perf_counter() - begun, text


def processor(port):
    return float(re.search(r"^process_cpu_seconds_total (\S+)", scrape(port)[1], re.MULTILINE)[1])


for port in sys.argv[1:] or sys.exit(__doc__):
    before, begun = processor(port), time.perf_counter()
    time.sleep(8)
    idle = (processor(port) - before) / (time.perf_counter() - begun)
    before, begun = processor(port), time.perf_counter()
    taken = sorted(scrape(port)[0] for _ in range(SCRAPES))
    cost = (processor(port) - before - idle * (time.perf_counter() - begun)) / (SCRAPES + 1)
    text = scrape(port)[1]
    service = re.search(r'farm_build_info\{.*service="(\w+)"', text)[1]
    print(f"{service}: {cost * 1e3:.1f} ms of processor a scrape ({cost / 15:.2%} of a core at one in 15 s), "
          f"median {taken[SCRAPES // 2] * 1e3:.1f} ms, 95 % within {taken[SCRAPES * 95 // 100] * 1e3:.1f} ms, {len(text)} bytes")
