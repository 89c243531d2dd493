"""Runs the examples and compares what they print and answer with what they promise; and the job that
docs/access-map.md shows.

Usage: examples.py FOLDER_OF_THE_BUILT_EXAMPLES
"""

import atexit
import copy
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
folder = Path(sys.argv[1]).resolve()
passed = 0
running = []


def start(name, *arguments, **environment):
    """An example that runs until it is stopped, or this ends."""
    process = subprocess.Popen(
        [folder / name, *arguments], stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    running.append(process)
    return process


@atexit.register
def stop_all():
    for process in running:
        process.kill()  # does nothing to one that has ended


# A line that an example does not print is waited for; `timeout` in .ci/run ends that, and `atexit` shall know.
signal.signal(signal.SIGTERM, lambda *_: sys.exit("FAILED it took too long"))


def check(what, actual, expected):
    global passed
    if actual != expected:
        sys.exit(f"FAILED {what}\n  expected {expected!r}\n  got      {actual!r}")
    passed += 1


def tour(name, stops, long={}):
    """Its own curl lines must answer what stands above them; of a `long` answer that is only its name."""
    process = start(name)
    tokens, lines, promise = {}, [], None
    for line in process.stdout:
        if assignment := re.fullmatch(r"([A-Z_]+)=(\S+)\n", line):
            tokens[assignment[1]] = assignment[2]
        elif line.startswith("# "):
            promise = line[2:].strip()
        elif line.startswith("curl "):
            lines.append((promise, line.strip()))
            if len(lines) == stops:
                break
    for promise, line in lines:
        arguments = shlex.split(line)[2:]  # without `curl -i`
        arguments = [re.sub(r"\$([A-Z_]+)", lambda m: tokens[m[1]], a) for a in arguments]
        status, body = answer(arguments)
        detail = re.sub(r'^\{"detail":"(.*)"\}$', r"\1", body.strip())
        code, _, text = promise.partition(" ")
        check(line, f"{status} {detail}", f"{code} {long.get(text, text)}")
    process.send_signal(signal.SIGINT)
    check(f"{name} ends on Ctrl-C", process.wait(timeout=10), 0)


def maps():
    """Each form of the access map names the same route."""
    for form, row in [
        ("text", r"PUT +/api/admin/settings +all of \(role 'owner'; role 'admin'\) +owner "),
        ("markdown", r"\| PUT \| /api/admin/settings \| all of \(role 'owner'; role 'admin'\) \| owner \|"),
        ("json", r'"path": "/api/admin/settings"'),
        ("html", r"/<wbr>api/<wbr>admin/<wbr>settings"),
    ]:
        command = [folder / "access-map", "--print", form]
        output = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
        check(f"access-map --print {form}", re.search(row, output) is not None, True)
    wrong = subprocess.run([folder / "access-map", "--print", "yaml"], capture_output=True, timeout=60)
    check("access-map --print yaml", wrong.returncode, 1)


def review():
    """A change that opens a route fails the review, and one that only narrows does not."""
    command = [folder / "access-map", "--print", "json"]
    old = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout)
    closed = next(route for route in old["routes"] if route["path"] == "/api/admin/jobs")
    with tempfile.TemporaryDirectory() as temporary:
        def ends(name, rule, *options):
            new = copy.deepcopy(old)
            for route in new["routes"]:
                if route["path"] == closed["path"] and route["method"] == closed["method"]:
                    route["rule"] = rule
            files = [Path(temporary, "old.json"), Path(temporary, "new.json")]
            for file, document in zip(files, [old, new]):
                file.write_text(json.dumps(document))
            done = subprocess.run(
                [folder / "access-review", *files, *options], capture_output=True, text=True, timeout=60
            )
            first = " ".join(done.stdout.splitlines()[0].split()[:4]) if done.stdout else ""
            check(f"access-review {name}", (done.returncode, first), expected[name])

        expected = {
            "of no change": (0, "Access has not changed."),
            "of an open route": (1, "opened GET /api/admin/jobs: role"),
            "of a wider rule": (0, "widened GET /api/admin/jobs: role"),
            "of a wider rule, strictly": (1, "widened GET /api/admin/jobs: role"),
            "of no rule": (2, ""),
        }
        ends("of no change", closed["rule"])
        ends("of an open route", "anonymous")
        ends("of a wider rule", "authenticated")
        ends("of a wider rule, strictly", "authenticated", "--strict")
        ends("of no rule", "nonsense")


def recipe():
    """The job of docs/access-map.md, as its runner runs it: in bash, each step by itself."""
    page = (ROOT / "docs/access-map.md").read_text()
    compare = textwrap.dedent(re.search(r"^ +run: \|\n((?: {10}.*\n|\n)+)", page, re.MULTILINE)[1])
    end = re.search(r"^ +- run: (exit .*)$", page, re.MULTILINE)[1]
    command = [folder / "access-map", "--print", "json"]
    whole = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    before = json.loads(whole)
    for route in before["routes"]:
        if route["path"] == "/health":
            route["rule"] = "authenticated"

    def ends(name, reviewed, expected):
        with tempfile.TemporaryDirectory() as temporary:
            place = Path(temporary)
            # In place of cargo, what it would run.
            cargo = place / "bin/cargo"
            cargo.parent.mkdir()
            called = 'test "$1 $2 $3 $4 $5" = "run --quiet --example access-review --" || exit 101'
            cargo.write_text(f'#!/bin/sh\n{called}\nshift 5\nexec {shlex.quote(str(folder / "access-review"))} "$@"\n')
            cargo.chmod(0o755)
            environment = {
                **os.environ,
                "PATH": f"{cargo.parent}:{os.environ['PATH']}",
                "BASE": "main",
                "GITHUB_OUTPUT": str(place / "output"),
                "GITHUB_STEP_SUMMARY": str(place / "summary"),
            }

            def run(*words):
                done = subprocess.run(
                    words, cwd=place, env=environment, capture_output=True, text=True, timeout=60
                )
                return done.returncode

            git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
            check(f"{name}: git", run("git", "init", "--quiet", "--initial-branch", "main"), 0)
            if reviewed is not None:
                (place / "access-map.json").write_text(reviewed)
                run("git", "add", "access-map.json")
            check(f"{name}: git", run(*git, "commit", "--quiet", "--allow-empty", "--message", "main"), 0)
            (place / "access-map.json").write_text(whole)
            check(f"{name}: the step ends well", run("bash", "-e", "-c", compare), 0)
            output = dict(line.split("=", 1) for line in (place / "output").read_text().splitlines())
            step = re.sub(r"\$\{\{ steps\.compare\.outputs\.(\w+) \}\}", lambda m: output[m[1]], end)
            shown = (place / "summary").read_text()
            check(f"{name}: is shown", shown, (place / "access.md").read_text())
            check(name, (run("bash", "-e", "-c", step), shown.count("**opened**")), expected)

    opened = sum(route["rule"] in ("anonymous", "optional_authentication") for route in before["routes"]) + 1
    ends("the recipe, the first time", None, (1, opened))
    ends("the recipe of an open route", json.dumps(before), (1, 1))
    ends("the recipe of no change", whole, (0, 0))
    ends("the recipe of no map", "nonsense", (2, 0))


def answer(arguments):
    """Status and body of a request by curl."""
    command = ["curl", "-s", "-w", "\n%{http_code}", *arguments]
    output = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
    body, status = output.rsplit("\n", 1)
    return int(status), body


def dev_issuer():
    """A service trusts it, takes its tokens, and follows when it rotates its keys."""
    issuer = start("dev-issuer", "--bind", "127.0.0.1:0", "--audience", "shop")
    url = issuer.stdout.readline().split()[1]
    settings = next(line for line in issuer.stdout if line.startswith("AUTH_CLIENT_"))
    environment = dict(word.split("=", 1) for word in settings.split() if word.startswith("AUTH_CLIENT_"))
    service = start("resource-server", **environment, BIND_ADDR="127.0.0.1:0")
    api = service.stdout.readline().split()[2]

    def dev(*arguments):
        command = [folder / "dev-issuer", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=20)

    def calls(path, *options):
        """What the service answers to the curl line that the issuer prints."""
        printed = dev("token", "--issuer", url, "--url", api + path, *options).stdout.splitlines()
        token = printed[0].removeprefix("TOKEN=")
        return answer([a.replace("$TOKEN", token) for a in shlex.split(printed[2])[2:]])

    alice = ["--subject", "alice", "--role", "admin", "--lifetime-seconds", "60"]
    admitted = (200, '{"role":"admin","sub":"alice"}')
    check("dev-issuer: a role", calls("/admin-only", *alice), admitted)
    check("dev-issuer: no role", calls("/admin-only", "--subject", "bob")[0], 403)
    check("dev-issuer: a group", calls("/group-only", "--subject", "bob", "--group", "team-alpha")[0], 200)
    claim = calls("/protected", "--subject", "bob", "--claim", 'email="b@c.d"')
    check("dev-issuer: a claim", claim, (200, '{"email":"b@c.d","sub":"bob"}'))
    expired = calls("/protected", "--subject", "bob", "--lifetime-seconds", "0")
    check("dev-issuer: no lifetime", expired, (401, '{"detail":"Token has expired"}'))

    def kids():
        return [key["kid"] for key in json.loads(answer([f"{url}/jwks"])[1])["keys"]]

    old, new = kids(), dev("rotate", "--issuer", url).stdout.strip()
    check("dev-issuer: a new key", kids(), [*old, new])
    check("dev-issuer: after the rotation", calls("/admin-only", *alice), admitted)

    minted = json.loads(answer([f"{url}/token", "-d", "subject=alice&role=admin"])[1])
    header = f"Authorization: {minted['token_type']} {minted['access_token']}"
    check("dev-issuer: by curl", answer([f"{api}/admin-only", "-H", header]), admitted)
    for what, arguments in {
        "a page": ["-H", "Origin: https://evil.example"],
        "a rebound name": ["-H", "Host: evil.example"],
    }.items():
        refused = answer([f"{url}/token", "-d", "subject=alice", *arguments])
        check(f"dev-issuer: {what}", refused, (403, "this issuer is not for pages\n"))
    check("dev-issuer: nobody", answer([f"{url}/token", "-d", "role=admin"])[0], 400)
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:9000"]:
        refused = dev("--bind", address)
        check(
            f"dev-issuer --bind {address}",
            (refused.returncode, refused.stdout, "can be reached from other machines" in refused.stderr),
            (1, "", True),
        )
    for wrong in [["serve", "--bind"], ["token", "--issuer", url], ["nonsense"], ["--bind", "localhost:0"]]:
        check(f"dev-issuer {wrong}", dev(*wrong).returncode, 1)

    service.send_signal(signal.SIGINT)
    issuer.send_signal(signal.SIGINT)
    check("dev-issuer ends on Ctrl-C", (service.wait(timeout=10), issuer.wait(timeout=10)), (0, 0))


def verify_token():
    """A token outside HTTP: what it prints, and its exit codes. The issuer is that of `quickstart`."""
    issuer = start("quickstart")
    tokens, url = {}, None
    for line in issuer.stdout:
        if named := re.search(r"tokens from (\S+)\n", line):
            url = named[1]
        elif assignment := re.fullmatch(r"([A-Z_]+)=(\S+)\n", line):
            tokens[assignment[1]] = assignment[2]
        elif line.startswith("Paste"):
            break

    def run(token, *arguments, **environment):
        environment = {f"AUTH_CLIENT_{name.upper()}": value for name, value in environment.items()}
        return subprocess.run(
            [folder / "verify-token", *arguments],
            input=token, env=environment, capture_output=True, text=True, timeout=30,
        )

    def ends(what, done, code, said):
        check(f"verify-token: {what}", (done.returncode, done.stdout, done.stderr.strip()), (code, "", said))

    settings = {"issuer": url, "audience": "test-api"}
    good = run(tokens["ADMIN"] + "\n", **settings)
    check("verify-token: a good token", (good.returncode, good.stderr), (0, ""))
    caller = json.loads(good.stdout)
    shown = [caller[name] for name in ["subject", "issuer", "roles", "groups", "scopes"]]
    check("verify-token: its caller", shown, ["alice", url, ["admin"], [], []])
    check("verify-token: its claims", caller["claims"]["exp"], caller["expires_at_seconds"])
    options = ["--issuer", url, "--audience", "test-api", "--algorithms", "RS256"]
    check("verify-token: by arguments", run(tokens["VIEWER"], *options).returncode, 0)

    ends("an expired token", run(tokens["EXPIRED"], **settings), 1, "refused: Token has expired")
    forged = tokens["ADMIN"][:-8] + "AAAAAAAA"
    ends("a forged one", run(forged, **settings), 1, "refused: Invalid token: Signature verification failed")
    other = {**settings, "audience": "other"}
    ends("another audience", run(tokens["ADMIN"], **other), 1, "refused: Invalid token: Invalid audience")
    for what, text in [("no token", ""), ("two tokens", f"{tokens['ADMIN']} {tokens['ADMIN']}")]:
        ends(what, run(text, **settings), 2, "stdin holds no token")
    usage = "usage: verify-token [--issuer URL --audience NAME [--algorithms RS256,ES256]] < TOKEN"
    for arguments in [[tokens["ADMIN"]], [tokens["ADMIN"], "x"], ["--issuer"]]:
        ends("the token as an argument is not repeated", run("", *arguments), 2, usage)
    check("verify-token: no settings", run(tokens["ADMIN"]).returncode, 2)
    disabled = run(tokens["ADMIN"], enabled="false")
    ends("disabled", disabled, 2, "AUTH_CLIENT_ENABLED is false: no token is looked at")

    issuer.send_signal(signal.SIGINT)
    issuer.wait(timeout=10)
    down = run(tokens["ADMIN"], **settings)
    check("verify-token: the issuer is down", (down.returncode, down.stdout), (3, ""))
    said = "not decided: Signing keys are temporarily unavailable"
    check("verify-token: and says so", down.stderr.startswith(said), True)


def prints(name, expected):
    output = subprocess.run([folder / name], capture_output=True, text=True, timeout=60, check=True)
    check(name, [" ".join(line.split()) for line in output.stdout.splitlines()], expected)


tour("quickstart", 6)
tour("access-map", 4)
tour("bare-hyper", 7)
verify_token()
tour("browser", 4)
tour("mcp-server", 6)
printed = subprocess.run([folder / "openapi", "--print"], capture_output=True, text=True, timeout=60, check=True)
tour("openapi", 6, {"what --print prints": printed.stdout.strip()})
maps()
review()
recipe()
dev_issuer()
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
prints(
    "websocket",
    [
        "alice: hello, alice",
        "alice asks for orders: three orders",
        "alice is closed: 1008 Token has expired",
        "bob: hello, bob",
        "bob asks for orders: Requires one of roles: ['clerk']",
        "bob is closed: 1008 Invalid token: Token has been revoked",
        "mallory: HTTP error: 401 Unauthorized",
    ],
)
print(f"{passed} passed, 0 failed")
