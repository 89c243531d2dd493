"""Checks what is promised about dependencies, offline, from what cargo knows.

- No crate that a user of pico-auth compiles needs a newer Rust than `rust-version` says.
- The default tree stays under 130 crates, and the one of `aws-lc` alone under 45.
- With `rust-crypto` in place of `aws-lc`, nothing in C is built or linked, on no target.
- No crypto back-end of jsonwebtoken is enabled for a user: it only reads keys, and with both it would panic.
  (The benches enable one.)
"""

import json
import subprocess
import sys

MOST_CRATES = {
    "default features": ([], 130),
    "aws-lc alone": (["--no-default-features", "--features", "aws-lc"], 45),
}
WITHOUT_C = ["--no-default-features", "--features", "rust-crypto,axum,macros"]
# What builds, finds or makes bindings to something in C.
C_BUILDERS = {"bindgen", "cc", "cmake", "nasm-rs", "pkg-config", "system-deps", "vcpkg"}
# `links` only keeps two versions apart there.
LINKS_NOTHING = {"wasm-bindgen-shared"}


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], check=True, capture_output=True, text=True).stdout


def version(text):
    return tuple(int(part) for part in (text.split(".") + ["0", "0"])[:3])


def tree(*arguments, edges="normal"):
    """The crates a user compiles, as (name, version)."""
    lines = cargo(
        "tree", "--locked", "-p", "pico-auth", "-e", edges, "--prefix", "none", *arguments
    ).splitlines()
    return {tuple(line.split()[:2]) for line in lines if line}


metadata = json.loads(cargo("metadata", "--format-version", "1", "--locked", "--all-features"))
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
linking = {(p["name"], "v" + p["version"]) for p in metadata["packages"] if p["links"]}
without_c = tree(*WITHOUT_C, "--target", "all", edges="normal,build")
in_c = [c for c in without_c if c[0] in C_BUILDERS or (c in linking and c[0] not in LINKS_NOTHING)]
print(f"{WITHOUT_C[-1]}: {len(in_c)} of {len(without_c)} crates build or link C")
for crate in in_c:
    print(f"{crate[0]} {crate[1]} builds or links C")
    failed = True
built = cargo(
    "tree", "--locked", "-p", "pico-auth", "--all-features", "-e", "normal", "--prefix", "none", "-f", "{p} {f}"
)
for line in built.splitlines():
    name, *_, features = line.replace(" (*)", "").split(" ") if line else ("", "")
    if name == "jsonwebtoken" and features != "use_pem":
        print(f"jsonwebtoken is built with {features}")
        failed = True
sys.exit(1 if failed else 0)
