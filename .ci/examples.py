"""Runs the examples and compares what they print and answer with what they promise.

Usage: examples.py FOLDER_OF_THE_BUILT_EXAMPLES
"""

import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

folder = Path(sys.argv[1])
passed = 0


def check(what, actual, expected):
    global passed
    if actual != expected:
        sys.exit(f"FAILED {what}\n  expected {expected!r}\n  got      {actual!r}")
    passed += 1


def quickstart():
    """Its own curl lines must answer what stands above them."""
    process = subprocess.Popen([folder / "quickstart"], stdout=subprocess.PIPE, text=True)
    tokens, tour, promise = {}, [], None
    for line in process.stdout:
        if assignment := re.fullmatch(r"([A-Z]+)=(\S+)\n", line):
            tokens[assignment[1]] = assignment[2]
        elif line.startswith("# "):
            promise = line[2:].strip()
        elif line.startswith("curl "):
            tour.append((promise, line.strip()))
            if len(tour) == 6:
                break
    for promise, line in tour:
        arguments = shlex.split(line)[2:]  # without `curl -i`
        arguments = [re.sub(r"\$([A-Z]+)", lambda m: tokens[m[1]], a) for a in arguments]
        command = ["curl", "-s", "-w", "\n%{http_code}", *arguments]
        output = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
        body, status = output.rsplit("\n", 1)
        detail = re.sub(r'^\{"detail":"(.*)"\}$', r"\1", body.strip())
        check(line, f"{status} {detail}", promise)
    process.send_signal(signal.SIGINT)
    check("quickstart ends on Ctrl-C", process.wait(timeout=10), 0)


def prints(name, expected):
    output = subprocess.run([folder / name], capture_output=True, text=True, timeout=60, check=True)
    check(name, [" ".join(line.split()) for line in output.stdout.splitlines()], expected)


quickstart()
prints(
    "custom-roles",
    [
        "alice 200 OK three invoices",
        """mallory 403 Forbidden {"detail":"Requires one of roles: ['billing']"}""",
        'unreachable 503 Service Unavailable {"detail":"Roles are temporarily unavailable"}',
    ],
)
prints(
    "service-methods",
    [
        "handler as accountant: 200 OK",
        "handler as visitor: 403 Forbidden",
        'call without a caller: Err("Missing or invalid Authorization header")',
        "job closes: Ok(2)",
        """job reopens: Err("Requires one of roles: ['accountant']")""",
    ],
)
print(f"{passed} passed, 0 failed")
