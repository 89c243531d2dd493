"""End to end: tokens of two issuers that others wrote, against the `resource-server` example.

Usage: run.py PATH_TO_RESOURCE_SERVER

It starts `oidc-provider` and `pico-server-auth` on loopback, gets tokens as a client or a user would,
rotates keys, stops issuers, and compares what the server answers. It exits 1 at the first difference,
with the log of every process.
"""

import base64
import hashlib
import http.cookiejar
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
AUDIENCE = "issuers-api"
# For whatever is waited for. All of it is a matter of seconds; this is for machines that are busy.
PATIENCE = 30

passed = 0
processes = []


class Failure(Exception):
    pass


def compare(what, actual, expected):
    if actual != expected:
        raise Failure(f"{what}\n  expected {expected!r}\n  got      {actual!r}")


def check(what, actual, expected):
    global passed
    compare(what, actual, expected)
    passed += 1


def poll(what, ask, expected, until_then):
    """Asks until the answer is `expected`; before that it must be `until_then`."""
    deadline = time.monotonic() + PATIENCE
    while (answer := ask()) != expected:
        compare(f"{what}, until then", answer, until_then)
        if time.monotonic() > deadline:
            raise Failure(f"{what}: still {answer!r} after {PATIENCE} s")
        time.sleep(0.05)
    check(what, answer, expected)


def always(what, ask, expected, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        compare(what, ask(), expected)
        time.sleep(0.05)
    check(what, ask(), expected)


class Process:
    """A server that prints `listening on URL`."""

    def __init__(self, name, *command, **environment):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("AUTH_CLIENT_")}
        self.name = name
        self.log, self.lines = [], queue.Queue()
        self.process = subprocess.Popen(
            command,
            # A proxy of the environment must not be asked for loopback.
            env=clean | {"NO_PROXY": "127.0.0.1"} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(self)
        threading.Thread(target=self.read, args=(self.process.stdout, self.lines), daemon=True).start()
        threading.Thread(target=self.read, args=(self.process.stderr,), daemon=True).start()
        self.url = self.wait_for("listening on ")

    def read(self, stream, lines=None):
        for line in stream:
            self.log.append(line)
            if lines:
                lines.put(line.strip())
        if lines:
            lines.put(None)

    def wait_for(self, start):
        """The rest of the next line that starts so."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                line = self.lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failure(f"{self.name}: no `{start}` for {PATIENCE} s") from None
            if line is None:
                raise Failure(f"{self.name}: has ended")
            if line.startswith(start):
                return line.removeprefix(start)

    def tell(self, command):
        print(command, file=self.process.stdin, flush=True)
        self.wait_for("done")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)


DIRECT = urllib.request.ProxyHandler({})


def fetch(url, form=None, body=None, opener=None, **headers):
    """Returns status, headers and text. Follows no redirect out of loopback."""
    data = urllib.parse.urlencode(form).encode() if form else None
    if body is not None:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data, headers)
    opener = opener or urllib.request.build_opener(DIRECT)
    try:
        response = opener.open(request, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        return response.status, response.headers, response.read().decode()


def bearer(token):
    return {"Authorization": f"Bearer {token}"} if token else {}


class ResourceServer(Process):
    def __init__(self, path, issuer, **settings):
        settings |= {"ISSUER": issuer.url, "AUDIENCE": AUDIENCE}
        variables = {f"AUTH_CLIENT_{name}": value for name, value in settings.items()}
        super().__init__("resource-server", path, BIND_ADDR="127.0.0.1:0", **variables)

    def get(self, token=None, path="/protected", agent=None):
        """Status, and of a refusal why."""
        headers = bearer(token) | ({"X-Agent-Authorization": f"Bearer {agent}"} if agent else {})
        status, _, text = fetch(self.url + path, **headers)
        return status, json.loads(text).get("detail")

    def challenge(self, token):
        return fetch(self.url + "/protected", **bearer(token))[1]["WWW-Authenticate"]


OK = (200, None)
EXPIRED = (401, "Token has expired")
NO_KEYS = (503, "Signing keys are temporarily unavailable")


def invalid(why):
    return 401, f"Invalid token: {why}"


def part(token, index):
    """The header (0) or the claims (1)."""
    text = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def tampered(token):
    """The same with another role; the signature stays."""
    header, _, signature = token.split(".")
    claims = json.dumps(part(token, 1) | {"role": "admin"}).encode()
    return f"{header}.{base64.urlsafe_b64encode(claims).rstrip(b'=').decode()}.{signature}"


class OidcProvider(Process):
    def __init__(self):
        super().__init__("oidc-provider", "node", str(HERE / "oidc-provider/server.mjs"))

    def basic(self, client):
        return {"Authorization": "Basic " + base64.b64encode(f"{client}:{client}".encode()).decode()}

    def token(self, resource="urn:test:rs256", client="reader"):
        """By client credentials."""
        form = {"grant_type": "client_credentials", "resource": resource}
        _, _, text = fetch(f"{self.url}/token", form, **self.basic(client))
        return json.loads(text)["access_token"]

    def log_in(self, user):
        """By authorization code, through the forms a user sees. Returns access and ID token."""
        verifier = "v" * 43
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        callback, resource = "http://127.0.0.1/callback", "urn:test:rs256"
        browser = urllib.request.build_opener(
            DIRECT, StopAt(callback), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        query = {
            "client_id": AUDIENCE,
            "response_type": "code",
            "redirect_uri": callback,
            "scope": "openid",
            "resource": resource,
            "nonce": "n",
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        page = fetch(f"{self.url}/auth?{urllib.parse.urlencode(query)}", opener=browser)
        for form in ({"prompt": "login", "login": user, "password": "x"}, {"prompt": "consent"}):
            action = re.search(r'action="([^"]+)"', page[2])
            if not action:
                raise Failure(f"oidc-provider: no form in {page[2]!r}")
            page = fetch(urllib.parse.urljoin(self.url, action[1]), form, opener=browser)
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(page[1]["Location"]).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": callback,
            "code_verifier": verifier,
            "resource": resource,
        }
        _, _, text = fetch(f"{self.url}/token", form, **self.basic(AUDIENCE))
        tokens = json.loads(text)
        return tokens["access_token"], tokens["id_token"]


class StopAt(urllib.request.HTTPRedirectHandler):
    """Follows redirects up to the one to `callback`."""

    def __init__(self, callback):
        self.callback = callback

    def redirect_request(self, request, file, code, message, headers, url):
        if url.startswith(self.callback):
            return None
        return super().redirect_request(request, file, code, message, headers, url)


def test_oidc_provider(path):
    issuer = OidcProvider()
    # Nothing but the mandatory settings: the keys are found by discovery.
    server = ResourceServer(path, issuer)
    token = issuer.token()
    check("oidc-provider: RFC 9068", part(token, 0)["typ"], "at+jwt")
    check("client's token", server.get(token), OK)
    check("no role", server.get(token, "/admin-only")[0], 403)
    check("role", server.get(issuer.token(client="admin"), "/admin-only"), OK)
    check("tampered", server.get(tampered(token)), invalid("Signature verification failed"))
    check("tampered: challenge", server.challenge(tampered(token)), 'Bearer error="invalid_token"')
    check("other audience", server.get(issuer.token("urn:test:other")), invalid("Invalid audience"))
    check("algorithm that is not accepted", server.get(issuer.token("urn:test:es256"))[0], 401)
    brief = issuer.token("urn:test:brief")
    poll("expired", lambda: server.get(brief), EXPIRED, until_then=OK)

    access, identity = issuer.log_in("alice")
    check("oidc-provider: ID token's audience", part(identity, 1)["aud"], AUDIENCE)
    check("user's token", server.get(access), OK)
    check("user's ID token", server.get(identity), invalid("Not an access token"))

    test_rotation(path, issuer, server)
    test_outage(path, issuer, server)


def test_rotation(path, issuer, server):
    every = {"JWKS_TTL_SECONDS": "1", "REQUIRE_RFC9068": "true"}
    every["ACCEPTED_ALGORITHMS"] = "RS256,PS256,ES256,EdDSA"
    eager = ResourceServer(path, issuer, **every)
    resources = [f"urn:test:{name}" for name in ("rs256", "ps256", "es256", "eddsa")]
    old = [issuer.token(resource) for resource in resources]
    for resource, token in zip(resources, old):
        check(resource, eager.get(token), OK)

    issuer.tell("rotate")
    new = [issuer.token(resource) for resource in resources]
    check("oidc-provider: other key", part(old[0], 0)["kid"] == part(new[0], 0)["kid"], False)
    check("rotated-in key, first sight, fresh set", server.get(new[0]), OK)
    for resource, before, after in zip(resources, old, new):
        check(f"{resource}, old key", eager.get(before), OK)
        check(f"{resource}, new key", eager.get(after), OK)

    issuer.tell("withdraw")
    unknown = invalid("Unknown signing key")
    for resource, before, after in zip(resources, old, new):
        poll(f"{resource}, withdrawn", lambda: eager.get(before), unknown, until_then=OK)
        check(f"{resource}, after the withdrawal", eager.get(after), OK)
    check("stops on SIGTERM", eager.stop(), 0)


def test_outage(path, issuer, server):
    eager = ResourceServer(path, issuer, JWKS_TTL_SECONDS="1")
    known = issuer.token()
    check("before the outage", (server.get(known), eager.get(known)), (OK, OK))
    issuer.tell("rotate")
    unseen = issuer.token()
    issuer.tell("stop")
    always("outage, known key past its TTL", lambda: eager.get(known), OK, seconds=3)
    check("outage, known key", server.get(known), OK)
    check("outage, unseen key", server.get(unseen), NO_KEYS)

    cold = ResourceServer(path, issuer)
    check("cold start in the outage, anonymous", cold.get(path="/public"), OK)
    check("cold start in the outage", cold.get(known), NO_KEYS)
    _, headers, _ = fetch(cold.url + "/protected", **bearer(known))
    check("Retry-After", headers["Retry-After"] is not None, True)
    check("no challenge", headers["WWW-Authenticate"], None)

    issuer.tell("start")
    for name, recovering in [("cold", cold), ("eager", eager), ("default", server)]:
        poll(f"{name} server recovers", lambda: recovering.get(unseen), OK, until_then=NO_KEYS)
        check("stops on SIGTERM", recovering.stop(), 0)


class PicoServerAuth(Process):
    def __init__(self, *port):
        folder = HERE / "pico-server-auth"
        python, script = str(folder / ".venv/bin/python"), str(folder / "server.py")
        super().__init__("pico-server-auth", python, script, *port)

    def api(self, path, body=None, token=None, **headers):
        status, _, text = fetch(f"{self.url}/api/v1/auth/{path}", body=body, **headers, **bearer(token))
        return status, json.loads(text)

    def log_in(self):
        body = {"email": "operator@example.com", "password": "operator"}
        tokens = self.api("login", body)[1]
        return tokens["access_token"], tokens["refresh_token"]

    def session(self, **claims):
        """A token with any role, for programs."""
        body = {"session_id": "s1", "agent_id": "a1"} | claims
        return self.api("fleet/sessions", body, **{"X-Fleet-Secret": "fleet"})[1]["session_token"]


def test_pico_server_auth(path):
    issuer = PicoServerAuth()
    test_tokens(path, issuer)
    issuer = test_restart(path, issuer)
    test_denylist(path, issuer)


def test_tokens(path, issuer):
    server = ResourceServer(path, issuer)
    operator, refresh = issuer.log_in()
    admin = issuer.session(role="admin")
    check("operator", server.get(operator), OK)
    check("operator is no admin", server.get(operator, "/admin-only")[0], 403)
    check("admin", server.get(admin, "/admin-only"), OK)
    check("tampered", server.get(tampered(operator)), invalid("Signature verification failed"))
    check("refresh token", server.get(refresh), invalid("Not an access token"))
    check("session of 100 years", server.get(issuer.session(ttl=100 * 365 * 86400)), OK)
    agent = issuer.session(scope="treasury:*")
    check("agent", server.get(admin, "/role-only", agent), OK)
    check("agent, `scope` in place of `scopes`", server.get(admin, "/scoped", agent)[0], 403)
    check("stops on SIGTERM", server.stop(), 0)


def test_restart(path, issuer):
    """It makes new keys at each start and calls them by the same name."""
    server = ResourceServer(path, issuer, JWKS_TTL_SECONDS="1")
    before, _ = issuer.log_in()
    check("before the restart", server.get(before), OK)
    issuer.stop()
    issuer = PicoServerAuth(str(urllib.parse.urlsplit(issuer.url).port))
    after, _ = issuer.log_in()
    check("pico-server-auth: same kid", part(after, 0), part(before, 0))
    other_key = invalid("Signature verification failed")
    poll("new key of the same name", lambda: server.get(after), OK, until_then=other_key)
    check("old key of the same name", server.get(before), other_key)
    check("stops on SIGTERM", server.stop(), 0)
    return issuer


def test_denylist(path, issuer):
    service, session = issuer.session(role="service"), issuer.session()
    operator, _ = issuer.log_in()
    server = ResourceServer(
        path,
        issuer,
        REVOCATION_ENDPOINT=f"{issuer.url}/api/v1/auth/revoked-jtis",
        REVOCATION_BEARER=service,
        REVOCATION_TTL_SECONDS="1",
    )
    check("not yet revoked", (server.get(operator), server.get(session)), (OK, OK))
    check("denylist, empty", issuer.api("revoked-jtis", token=service), (200, {"items": []}))
    check("denylist, other role", issuer.api("revoked-jtis", token=operator)[0], 403)
    check("denylist, no token", issuer.api("revoked-jtis")[0], 401)
    jti = part(session, 1)["jti"]
    check("revoke", issuer.api("revoke", {"jti": jti}, operator)[0], 200)
    status, listed = issuer.api("revoked-jtis", token=service)
    check("denylist", (status, [item["jti"] for item in listed["items"]]), (200, [jti]))
    poll("revoked", lambda: server.get(session)[0], 401, until_then=200)
    check("revoked: challenge", server.challenge(session), 'Bearer error="invalid_token"')
    check("not revoked", server.get(operator), OK)
    issuer.stop()
    poll("list is out of reach", lambda: server.get(operator)[0], 503, until_then=200)
    check("stops on SIGTERM", server.stop(), 0)


def main():
    (path,) = sys.argv[1:]
    # So that the processes end with this one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("FAILED: terminated"))
    try:
        test_oidc_provider(path)
        test_pico_server_auth(path)
    except BaseException:
        for process in processes:
            print(f"--- {process.name}\n{''.join(process.log)}", file=sys.stderr)
        raise
    finally:
        for process in processes:
            process.process.kill()
            process.process.wait()
    print(f"{passed} passed, 0 failed")


try:
    main()
except Failure as failure:
    sys.exit(f"FAILED {failure}")
