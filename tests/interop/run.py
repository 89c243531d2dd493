"""Interop: tokens signed by PyJWT, its JWKS served by Python, against the `resource-server` example.

Usage: run.py PATH_TO_RESOURCE_SERVER

It starts an issuer on loopback that behaves as the Python family's servers do (the keys at
/api/v1/auth/jwks, 401 for every unknown path), starts the server, sends it the requests of CASES
and compares status, body and challenge. It exits 1 at the first difference.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "interop-api"
passed = 0


def check(what, actual, expected):
    global passed
    if actual != expected:
        sys.exit(f"FAILED {what}\n  expected {expected!r}\n  got      {actual!r}")
    passed += 1


class Issuer:
    """Serves its JWKS; tokens are signed with any of its keys."""

    def __init__(self):
        self.keys = {
            "rsa": ("RS256", rsa.generate_private_key(public_exponent=65537, key_size=2048)),
            "ec": ("ES256", ec.generate_private_key(ec.SECP256R1())),
            "ed": ("EdDSA", ed25519.Ed25519PrivateKey.generate()),
        }
        self.published = {"rsa", "ec", "ed"}
        self.fetches = 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                found = self.path == "/api/v1/auth/jwks"
                issuer.fetches += found
                body = json.dumps(issuer.jwks() if found else {"detail": "unauthorized"}).encode()
                self.send_response(200 if found else 401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def jwks(self):
        makers = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}
        keys = []
        for kid in sorted(self.published):
            algorithm, key = self.keys[kid]
            jwk = makers[algorithm].to_jwk(key.public_key(), as_dict=True)
            keys.append({**jwk, "kid": kid, "alg": algorithm, "use": "sig"})
        return {"keys": keys}

    def claims(self, **changes):
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "u1",
            "email": "u1@example.com",
            "role": "viewer",
            "org_id": "o1",
            "jti": "t1",
            "iat": now,
            "exp": now + 300,
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, kid="rsa", header=None, **changes):
        algorithm, key = self.keys[kid]
        headers = {"kid": kid} | (header or {})
        return jwt.encode(self.claims(**changes), key, algorithm, headers)


class Server:
    """The example, as a process."""

    def __init__(self, path, **environment):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("AUTH_CLIENT_")}
        self.process = subprocess.Popen(
            [path],
            env=clean | {"BIND_ADDR": "127.0.0.1:0"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline().strip()
        if not line.startswith("listening on http://"):
            sys.exit(f"FAILED server did not start: {line!r} {self.process.stderr.read()}")
        self.address = line.removeprefix("listening on http://")
        # Read on, so that a full pipe never blocks the server.
        self.log = []
        threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True).start()

    def request(self, path, token=None, agent=None, method="GET"):
        headers = {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if agent is not None:
            headers["X-Agent-Authorization"] = f"Bearer {agent}"
        connection = http.client.HTTPConnection(self.address, timeout=10)
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        body = json.loads(text) if text else None
        return response.status, body, response.getheader("WWW-Authenticate")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)


def denied(detail, challenge='Bearer error="invalid_token"', status=401):
    return status, {"detail": detail}, challenge


def ok(body):
    return 200, body, None


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hs256_with_public_key(issuer):
    """The algorithm confusion attack: the public key as an HMAC secret."""
    public = issuer.keys["rsa"][1].public_key()
    secret = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = b64(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "rsa"}).encode())
    message = f"{header}.{b64(json.dumps(issuer.claims(role='admin')).encode())}"
    return f"{message}.{b64(hmac.new(secret, message.encode(), hashlib.sha256).digest())}"


def cases(issuer):
    """Yields (name, path, bearer token, agent token, expected answer)."""
    token = issuer.token
    admin = token(role="admin")
    missing = denied("Missing or invalid Authorization header", "Bearer")
    no_role = denied("Requires one of roles: ['admin']", 'Bearer error="insufficient_scope"', 403)
    agent = token(sub="agent-1", user_id="u1", task_type="audit", scopes=["treasury:*"])
    narrow = token(sub="agent-1", scopes=["treasury:read"])

    def invalid(why):
        return denied(f"Invalid token: {why}")

    me = ok({"sub": "u1", "email": "u1@example.com"})
    yield "anonymous", "/public", None, None, ok({"message": "hello"})
    yield "anonymous, garbage token", "/anon", "garbage", "garbage", ok({"ok": True})
    yield "RS256", "/protected", token(), None, me
    yield "ES256", "/protected", token("ec"), None, me
    yield "EdDSA", "/protected", token("ed"), None, me
    yield "RFC 9068 typ", "/protected", token(header={"typ": "at+jwt"}), None, me
    yield "several audiences", "/protected", token(aud=["x", AUDIENCE]), None, me
    yield "no token", "/protected", None, None, missing
    yield "unknown path, no token", "/nowhere", None, None, missing
    yield "unknown path", "/nowhere", token(), None, (404, None, None)
    yield "expired", "/protected", token(exp=1), None, denied("Token has expired")
    yield "other issuer", "/protected", token(iss="https://evil.example"), None, invalid("Invalid issuer")
    yield "other audience", "/protected", token(aud="other"), None, invalid("Invalid audience")
    yield "no exp", "/protected", token(exp=None), None, invalid("Missing claim 'exp'")
    yield "not yet valid", "/protected", token(nbf=int(time.time()) + 900), None, invalid(
        "Token is not yet valid"
    )
    yield "refresh token", "/protected", token(type="refresh"), None, invalid("Not an access token")
    yield "confused algorithm", "/admin-only", hs256_with_public_key(issuer), None, invalid(
        "Algorithm is not accepted"
    )
    none = jwt.encode(issuer.claims(role="admin"), None, "none", {"kid": "rsa"})
    yield "alg none, empty signature", "/admin-only", none, None, None
    forged = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode(issuer.claims(role="admin", exp=1), forged, "RS256", {"kid": "rsa"})
    yield "forged and expired", "/admin-only", forged, None, invalid("Signature verification failed")
    yield "admin", "/admin-only", admin, None, ok({"sub": "u1", "role": "admin"})
    yield "viewer", "/admin-only", token(), None, no_role
    yield "role as array", "/admin-only", token(role=["admin"]), None, no_role
    yield "role in other case", "/admin-only", token(role="Admin"), None, no_role
    yield "editor", "/editor-or-admin", token(role="editor"), None, ok({"ok": True})
    yield "neither", "/editor-or-admin", token(), None, denied(
        "Requires one of roles: ['admin', 'editor']", 'Bearer error="insufficient_scope"', 403
    )
    yield "group", "/group-only", token(groups=["team-alpha"]), None, ok({"ok": True})
    yield "no group", "/group-only", token(), None, denied(
        "Requires one of groups: ['team-alpha']", 'Bearer error="insufficient_scope"', 403
    )
    yield "agent", "/scoped", admin, agent, ok(
        {"service_sub": "u1", "agent_sub": "agent-1", "scopes": ["treasury:*"]}
    )
    yield "agent missing", "/scoped", admin, None, denied(
        "Endpoint requires X-Agent-Authorization header (agent token)", "Bearer"
    )
    yield "agent narrow", "/wildcard-scope", admin, narrow, denied(
        "Requires one of agent scopes: ['treasury:*']", 'Bearer error="insufficient_scope"', 403
    )
    yield "agent wide", "/wildcard-scope", admin, agent, ok({"ok": True})
    yield "agent without the role", "/scoped", token(), agent, no_role
    yield "agent expired", "/role-only", admin, token(exp=1), denied("Agent token has expired")
    yield "agent garbage", "/role-only", admin, "a.b.c", None
    yield "agent absent", "/role-only", admin, None, ok({"agent_present": False})
    yield "agent present", "/role-only", admin, agent, ok({"agent_present": True})


def test_tokens(server, issuer):
    for name, path, bearer, agent, expected in cases(issuer):
        answer = server.request(path, bearer, agent)
        if expected is None:
            # Refused; the wording depends on how the form is broken.
            check(name, (answer[0], answer[2]), (401, 'Bearer error="invalid_token"'))
        else:
            check(name, answer, expected)
    check("wrong method, no token", server.request("/protected", method="POST")[0], 401)
    check("wrong method", server.request("/protected", issuer.token(), method="POST")[0], 405)


def test_rotation(server, issuer):
    issuer.keys["rsa-2"] = ("RS256", rsa.generate_private_key(public_exponent=65537, key_size=2048))
    issuer.published.add("rsa-2")
    check("rotated-in key, first sight", server.request("/protected", issuer.token("rsa-2"))[0], 200)
    before = issuer.fetches
    for number in range(50):
        token = issuer.token(header={"kid": f"bogus-{number}"})
        check("bogus kid", server.request("/protected", token)[0] in (401, 503), True)
    check("fetches caused by 50 bogus kids", issuer.fetches - before <= 5, True)
    check("known key after the flood", server.request("/protected", issuer.token())[0], 200)


def test_issuer_down(path):
    environment = {"AUTH_CLIENT_ISSUER": "http://127.0.0.1:9", "AUTH_CLIENT_AUDIENCE": AUDIENCE}
    server = Server(path, **environment)
    check("issuer down, anonymous", server.request("/public")[0], 200)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    token = jwt.encode({"sub": "u1"}, key, "RS256", {"kid": "k"})
    answer = server.request("/protected", token)
    check("issuer down", answer, (503, {"detail": "Signing keys are temporarily unavailable"}, None))
    check("stops on SIGTERM", server.stop(), 0)


def test_configuration(path):
    good = {"AUTH_CLIENT_ISSUER": "https://issuer.example", "AUTH_CLIENT_AUDIENCE": AUDIENCE}
    for variable, value in [
        ("AUTH_CLIENT_ISSUER", ""),
        ("AUTH_CLIENT_ISSUER", "http://issuer.example"),
        ("AUTH_CLIENT_AUDIENCE", ""),
        ("AUTH_CLIENT_JWKS_ENDPOINT", "http://issuer.example/jwks"),
        ("AUTH_CLIENT_ACCEPTED_ALGORITHMS", "RS256,HS256"),
        ("AUTH_CLIENT_ACCEPTED_ALGORITHMS", "none"),
        ("AUTH_CLIENT_JWKS_TTL_SECONDS", "0"),
        ("AUTH_CLIENT_JWKS_TTL_SECONDS", "-1"),
        ("AUTH_CLIENT_LEEWAY_SECONDS", "many"),
        ("AUTH_CLIENT_ENABLED", "yes"),
    ]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("AUTH_CLIENT_")}
        environment = clean | good | {variable: value, "BIND_ADDR": "127.0.0.1:0"}
        run = subprocess.run([path], env=environment, capture_output=True, text=True, timeout=20)
        key = variable.removeprefix("AUTH_CLIENT_").lower()
        check(f"{variable}={value}", (run.returncode, key in run.stderr), (1, True))


def test_disabled(path):
    server = Server(path, AUTH_CLIENT_ENABLED="false")
    check("disabled, anonymous", server.request("/public")[0], 200)
    check("disabled, no token", server.request("/protected")[0], 401)
    check("disabled, a token", server.request("/protected", "a.b.c")[0], 401)
    check("stops on SIGTERM", server.stop(), 0)
    check("loudly logged", any("disabled" in line for line in server.log), True)


def main():
    path = sys.argv[1]
    issuer = Issuer()
    server = Server(
        path,
        AUTH_CLIENT_ISSUER=issuer.url,
        AUTH_CLIENT_AUDIENCE=AUDIENCE,
        AUTH_CLIENT_ACCEPTED_ALGORITHMS="RS256,ES256,EdDSA",
    )
    test_tokens(server, issuer)
    test_rotation(server, issuer)
    check("stops on SIGTERM", server.stop(), 0)
    test_issuer_down(path)
    test_configuration(path)
    test_disabled(path)
    print(f"{passed} passed, 0 failed")


main()
