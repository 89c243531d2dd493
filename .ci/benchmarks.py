"""Runs the micro-benches and checks their targets: ratios of medians within one run, never times. They
measure the processor time of their thread; only threads against each other are measured by the clock.

Times of the issue are ratios to the raw verification of an RS256 signature, which took 16.5 µs on its
machine. A target may be missed by 25 %. On a busy machine one run says little: where one misses a target by
more than that, there are three, and the median of the three ratios counts.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHES = ["verification", "hot", "rules"]
RUNS = 3
MISSED_BY = 1.25
RAW_NS = 16_500

RAW = "verification/raw_rs256"
COLD = "verification/authenticator_rs256"
DECODE = "verification/jsonwebtoken_rs256"
# Everything that is measured; a bench that is missing is an error.
MEASURED = [
    RAW, COLD, DECODE, "verification/authenticator_es256", "verification/authenticator_eddsa",
    "hit/known", "hit/one_thread", "hit/two_threads", "hit/two_threads_apart", "hit/two_threads_apart_but_for_an_arc",
    "router/plain", "router/anonymous", "router/protected", "router/hand_written",
    "policy/one_role", "policy/ten_nested", "context/scope", "context/sync_scope",
    "function/plain", "function/annotated",
]


def over(one, other):
    return lambda ns: ns[one] / ns[other]


def scaling(ns, name):
    return ns["hit/one_thread"] / ns[name]


def most(name, ratio, bound):
    """The ratio is at most the bound."""
    return name, ratio, lambda _: bound, lambda value, bound: value <= bound * MISSED_BY, "≤"


def of_raw(name, bench, nanoseconds):
    return most(f"{name}: {nanoseconds} ns of {RAW_NS / 1000} µs", over(bench, RAW), nanoseconds / RAW_NS)


TARGETS = [
    most("new RS256 token, of its signature alone", over(COLD, RAW), 1.12),
    most("new RS256 token, of `jsonwebtoken::decode`", over(COLD, DECODE), 1.0),
    of_raw("known token", "hit/known", 300),
    (
        "known tokens in two threads, of one",
        lambda ns: scaling(ns, "hit/two_threads"),
        # Where the machine gives less to threads that share nothing but one count for each token, that is what
        # can be reached.
        lambda ns: 1.7 * min(1, scaling(ns, "hit/two_threads_apart_but_for_an_arc") / 2),
        lambda value, bound: value >= bound / MISSED_BY,
        "≥",
    ),
    of_raw("rule of one role", "policy/one_role", 15),
    of_raw("rule of ten nested requirements", "policy/ten_nested", 100),
    of_raw("entering the context, `scope`", "context/scope", 30),
    of_raw("entering the context, `sync_scope`", "context/sync_scope", 30),
]


def bench(*arguments, **environment):
    command = ["cargo", "bench", "--locked", "-p", "pico-auth", "--features", "test-kit"]
    for name in BENCHES:
        command += ["--bench", name]
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, env=os.environ | environment, capture_output=True, text=True
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed\n{done.stdout}\n{done.stderr}")


def measure():
    """The medians of one run in nanoseconds, by the name of the bench."""
    # A folder of its own: results of an earlier run must not stand in for one that is missing.
    with tempfile.TemporaryDirectory() as folder:
        bench("--", "--quiet", CRITERION_HOME=folder)
        medians = {}
        for name in MEASURED:
            file = Path(folder, name, "new", "estimates.json")
            if not file.is_file():
                sys.exit(f"no result of {name}: was it renamed or removed?")
            medians[name] = json.loads(file.read_text())["median"]["point_estimate"]
        return medians


def judge(runs):
    """A row of the table and whether it passes, for each target."""
    for name, ratio, bound, holds, sign in TARGETS:
        values = [ratio(ns) for ns in runs]
        value, limit = statistics.median(values), statistics.median(bound(ns) for ns in runs)
        passes, met = holds(value, limit), (value <= limit if sign == "≤" else value >= limit)
        verdict = "met" if met else "missed by less than 25 %" if passes else "**missed**"
        spread = f"{min(values):.4g} to {max(values):.4g}" if len(values) > 1 else "one run"
        yield f"| {name} | {value:.4g} × | {sign} {limit:.4g} × | {spread} | {verdict} |", passes


def main():
    bench("--no-run")
    runs = [measure()]
    if not all(passes for _, passes in judge(runs)):
        runs += [measure() for _ in range(RUNS - 1)]
    rows = list(judge(runs))

    print("| Target | Ratio | Bound | Spread | |\n|---|---|---|---|---|")
    print("\n".join(row for row, _ in rows))
    print("\n| Measured | Median | Of raw RS256 |\n|---|---|---|")
    for name in MEASURED:
        median = statistics.median(ns[name] for ns in runs)
        print(f"| {name} | {median:,.1f} ns | {statistics.median(ns[name] / ns[RAW] for ns in runs):.4g} × |")
    missed = sum(not passes for _, passes in rows)
    print(f"\n{len(runs)} run(s); {missed} of {len(rows)} targets missed by more than 25 %")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
