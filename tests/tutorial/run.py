"""Follows docs/tutorial.md to the letter, in an empty folder, and compares what is printed with what it promises.

Usage: run.py

What it reads of the page:

- a code block after a line that names a file (`src/lib.rs`, a colon at the end) is that file, whole;
- a block `sh` holds commands, one a line;
- a block `text` is what the last command before it prints: these lines, in this order, others between them; `…` is
  any text. Where its first line begins with `error`, the command must fail;
- a command that prints `serving on` goes on until the next one of this kind. The lines `NAME=token` that it prints are
  variables of the commands after it, as if a reader had pasted them.

A block that is none of these is an error: no part of the page can be passed over.

Three things are not as the page says: pico-auth is this checkout; versions are those of its Cargo.lock, and cargo
builds into its `target`, so that little is compiled again; and port 3000 is a free one.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/tutorial.md"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
MINUTES = 20
CONFIGURATION = f"""\
[patch.crates-io]
pico-auth = {{ path = "{ROOT}/pico-auth" }}

[build]
target-dir = "{TARGET}"

# As in the workspace, whose dependencies can then be used.
[profile.dev]
debug = "line-tables-only"
"""


class Taken(Exception):
    """A stranger has the port that was free before."""


def fail(where, problem):
    sys.exit(f"FAILED {PAGE.name}: {where}\n  {problem}")


def blocks(text):
    """Each code block as (line number, language, the line before it, its content)."""
    found, open_block, before = [], None, ""
    for number, line in enumerate(text.splitlines(), 1):
        if open_block:
            if line == "```":
                found.append((open_block[0], open_block[1], before, "\n".join(open_block[2]) + "\n"))
                open_block, before = None, ""
            else:
                open_block[2].append(line)
        elif line.startswith("```"):
            open_block = (number, line[3:], [])
        elif line.strip():
            before = line.strip()
    return found


def in_order(expected, lines):
    """The first expected line that does not come, or None."""
    rest = iter(lines)
    for line in expected:
        pattern = ".*".join(re.escape(part) for part in line.strip().split("…"))
        if not any(re.fullmatch(pattern, other.strip()) for other in rest):
            return line
    return None


class Reader:
    """Somebody with a terminal, or two."""

    def __init__(self, folder, port):
        self.folder = folder
        self.port = port
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("AUTH_CLIENT_")}
        self.server = None
        self.files = self.commands = self.outputs = 0

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        if name == "Cargo.toml":
            shutil.copy(ROOT / "Cargo.lock", self.folder)
        self.files += 1

    def run(self, command, expected):
        self.commands += 1
        self.outputs += bool(expected)
        if command.startswith("cd "):
            self.folder = self.folder / command.removeprefix("cd ")
            return
        if expected and expected[0].startswith("serving on "):
            self.serve(command, expected)
            return
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True, text=True,
            timeout=MINUTES * 60,
        )
        output = f"it printed:\n{done.stdout}\n{done.stderr}"
        must_fail = bool(expected) and expected[0].lower().startswith("error")
        if (done.returncode != 0) != must_fail:
            fail(command, f"it ended with {done.returncode}; {output}")
        missing = [in_order(expected, stream.splitlines()) for stream in (done.stdout, done.stderr)]
        if None not in missing:
            fail(command, f"expected {missing[1 if must_fail else 0]!r}; {output}")

    def serve(self, command, expected):
        self.stop()
        subprocess.run(  # so that what follows prints within seconds
            ["bash", "-c", re.sub(r"\bcargo run\b", "cargo build", command)], cwd=self.folder, env=self.environment,
            capture_output=True, timeout=MINUTES * 60, check=True,
        )
        self.server = subprocess.Popen(
            ["bash", "-c", "exec env " + command], cwd=self.folder, env=self.environment,
            stdout=subprocess.PIPE, text=True, start_new_session=True,
        )
        lines = []
        for line in self.server.stdout:
            lines.append(line.rstrip("\n"))
            if variable := re.fullmatch(r"([A-Z_]+)=(\S+)", lines[-1]):
                self.environment[variable[1]] = variable[2]
            if in_order(expected, lines) is None:
                return
        if not is_free(self.port):
            raise Taken(self.port)
        fail(command, f"expected {in_order(expected, lines)!r}; it printed {lines}")

    def stop(self):
        """Ctrl-C, for cargo and what it runs."""
        if self.server:
            os.killpg(self.server.pid, signal.SIGINT)
            self.server.wait(timeout=60)
            self.server = None


def follow(reader, page):
    pending = None
    for number, language, before, content in [*page, (0, "end", "", "")]:
        expected = content.splitlines() if language == "text" else []
        if pending:
            reader.run(pending, expected)
            pending = None
        elif expected:
            fail(f"line {number}", "an output without a command before it")
        names = re.findall(r"`([^` ]+\.\w+)`", before) if before.endswith(":") else []
        if language == "sh":
            *first, pending = content.splitlines()
            for command in first:
                reader.run(command, [])
        elif len(names) == 1 and language not in ("text", "end"):
            reader.write(names[0], content)
        elif language not in ("text", "end"):
            fail(f"line {number}", f"a block `{language}` that no line before it names a file for")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port):
    with socket.socket() as probe:
        # As the service does: connections that have ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def attempt():
    with tempfile.TemporaryDirectory() as temporary:
        (Path(temporary) / ".cargo").mkdir()
        (Path(temporary) / ".cargo/config.toml").write_text(CONFIGURATION)
        empty = Path(temporary) / "empty"
        empty.mkdir()
        port = free_port()
        text = PAGE.read_text().replace("127.0.0.1:3000", f"127.0.0.1:{port}")
        reader = Reader(empty, port)
        try:
            follow(reader, blocks(text))
        finally:
            reader.stop()
    print(f"{reader.files} files, {reader.commands} commands, {reader.outputs} outputs as the page says; 0 failed")


# What `timeout` in .ci/run sends: the service must end, too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit("FAILED it took too long"))
try:
    attempt()
except Taken:
    attempt()
