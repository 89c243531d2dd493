"""Checks two promises about dependencies, offline, from what cargo knows.

- No crate that a user of pico-auth compiles needs a newer Rust than `rust-version` says.
- The default tree stays under 130 crates, and the one without default features under 45.
"""

import json
import subprocess
import sys

MOST_CRATES = {"default features": ([], 130), "no default features": (["--no-default-features"], 45)}


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], check=True, capture_output=True, text=True).stdout


def version(text):
    return tuple(int(part) for part in (text.split(".") + ["0", "0"])[:3])


def tree(*arguments):
    """The crates a user compiles, as (name, version)."""
    lines = cargo(
        "tree", "--locked", "-p", "pico-auth", "-e", "normal", "--prefix", "none", *arguments
    ).splitlines()
    return {tuple(line.split()[:2]) for line in lines if line}


metadata = json.loads(cargo("metadata", "--format-version", "1", "--locked"))
needs = {(p["name"], "v" + p["version"]): p["rust_version"] for p in metadata["packages"]}
ours = version(next(p["rust_version"] for p in metadata["packages"] if p["name"] == "pico-auth"))

failed = False
for crate in sorted(tree("--all-features")):
    needed = needs.get(crate)
    if needed and version(needed) > ours:
        print(f"{crate[0]} {crate[1]} needs Rust {needed}")
        failed = True
needed = max(version(needs[crate]) for crate in tree("--all-features") if needs.get(crate))
if needed < ours:
    print(f"rust-version could be {'.'.join(map(str, needed))}: it is higher than any dependency needs")
    failed = True
for name, (arguments, most) in MOST_CRATES.items():
    count = len(tree(*arguments))
    print(f"{name}: {count} crates (at most {most})")
    failed |= count > most
sys.exit(1 if failed else 0)
