"""The documentation, as docs.rs makes it, says beside each item which feature it needs.

Usage: badges.py

docs.rs uses a nightly compiler and `--cfg docsrs`. Here the stable rustdoc is told to be one, and rustdoc alone, so that
nothing is compiled again.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTATION = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "doc/pico_auth"
# Items and the features that their pages name.
EXPECTED = {
    "struct.SecureRouter.html": ["axum"],
    "struct.JwksClient.html": ["http-client"],
    "struct.RedisRevocationList.html": ["redis"],
    "attr.requires_role.html": ["macros"],
    "test_kit/index.html": ["test-kit"],
    "openapi/index.html": ["openapi"],
    "danger/fn.allow_plaintext_redis.html": ["redis"],
    "struct.Authenticator.html": [],
    "enum.Policy.html": [],
}

with tempfile.TemporaryDirectory() as temporary:
    rustdoc = Path(temporary) / "rustdoc"
    rustdoc.write_text('#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc "$@"\n')
    rustdoc.chmod(0o755)
    flags = {"RUSTDOC": str(rustdoc), "RUSTDOCFLAGS": "--cfg docsrs -D warnings"}
    command = ["cargo", "doc", "-p", "pico-auth", "--no-deps", "--all-features", "--locked"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **flags}, check=True)

for page, expected in EXPECTED.items():
    text = (DOCUMENTATION / page).read_text()
    # What is said of the item itself, not of its methods.
    heading = text.split('id="main-content"')[1].split('<h2 id=')[0]
    badges = re.findall(r'class="stab portability"[^>]*>Available on (.*?) only\.', heading)
    named = [feature for badge in badges for feature in re.findall(r"<code>([\w-]+)</code>", badge)]
    if named != expected:
        sys.exit(f"FAILED {page}: expected {expected}, got {named} of {badges}")
print(f"{len(EXPECTED)} pages as expected, 0 failed")
