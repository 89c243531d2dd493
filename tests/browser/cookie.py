"""The page of the `browser` example in Chromium, and the hostile page that tries to use its cookie.

Usage: cookie.py PATH_TO_BROWSER_EXAMPLE

The page logs in, reads, changes and logs out; no script can see the token. The hostile page is opened on
another port, which is the same site, so the browser sends it the cookie: each attack reaches the service and is
refused there. On another host the browser keeps the cookie back. It exits 1 at the first difference.
"""

import http.client
import json
import queue
import signal
import subprocess
import sys
import tempfile
import threading

import support
from support import check
from webdriver import PATIENCE, Browser

OTHER = "403 Cross-site request refused: it comes from another origin"
MISSING = "401 Missing or invalid Authorization header"


class Service:
    """The example, as a process, and what it says of requests."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdout=subprocess.PIPE, text=True)
        self.hostile = []
        for line in self.process.stdout:
            if line.startswith("serving on "):
                self.url = line.removeprefix("serving on ").strip()
            elif line.startswith("hostile page on "):
                self.hostile.append(line.removeprefix("hostile page on ").strip())
            elif line.startswith("TOKEN="):
                self.token = line.removeprefix("TOKEN=").strip()
                break
        self.said = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            if line.startswith(("refused ", "changed ")):
                self.said.put(line.strip())

    def note(self):
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=PATIENCE)
        connection.request("GET", "/note", headers={"Authorization": f"Bearer {self.token}"})
        return connection.getresponse().read().decode()

    def says(self, what, expected):
        """Exactly this was refused and changed since the last time, in whatever order."""
        lines = [self.said.get(timeout=PATIENCE) for _ in expected]
        # Whatever is said before the answer to this request is of an earlier one.
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=PATIENCE)
        connection.request("GET", "/last", headers={"Origin": "no more"})
        connection.getresponse().read()
        while not (line := self.said.get(timeout=PATIENCE)).startswith("refused GET /last from no more"):
            lines.append(line)
        check(what, sorted(lines), sorted(expected))

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)


def text(browser, id):
    return browser.run("return document.getElementById(arguments[0]).textContent", id)


def is_shown(browser, id):
    return browser.run("return document.getElementById(arguments[0]).getClientRects().length", id) > 0


def is_ready(browser, id):
    browser.wait_until(f"document.getElementById('{id}')?.getClientRects().length")


def cookies(browser, url):
    return browser.devtools("Network.getCookies", urls=[url])["cookies"]


def test_log_in(browser, service):
    browser.open(service.url)
    is_ready(browser, "login")
    check("nobody is logged in", [is_shown(browser, "inside"), cookies(browser, service.url)], [False, []])
    browser.click("#login button")
    is_ready(browser, "inside")
    browser.wait_until("document.getElementById('note').textContent")
    check("who is logged in", text(browser, "subject"), "ada")
    check("the note", text(browser, "note"), "buy milk")
    check("what scripts see", browser.run(
        "return [document.cookie, Object.keys(localStorage), Object.keys(sessionStorage)]"), ["", [], []])
    [cookie] = cookies(browser, service.url)
    kept = {key: cookie.get(key) for key in ("name", "path", "httpOnly", "secure", "sameSite", "session")}
    check("the cookie", kept, {
        "name": "__Host-token", "path": "/", "httpOnly": True, "secure": True, "sameSite": "Lax", "session": False,
    })
    check("the console", browser.log("browser"), [])


def test_change(browser, service, note):
    browser.write("#text", note)
    browser.click("#change button")
    # It comes by the WebSocket.
    browser.wait_until(f"document.getElementById('note').textContent === '{note}'")
    check("no problem", [text(browser, "problem"), browser.log("browser")], ["", []])
    service.says("the page may change", [f'changed to "{note}"'])
    check("what is kept", service.note(), note)


SENT, FAILED, BLOCKED = "sent", "failed: no connection", "failed: Failed to fetch"
# What the hostile page learns of each attack: whether the browser sent it, never what came of it.
LEARNED = {
    "form post": SENT,
    "form post without an origin": SENT,
    "fetch, blind": "opaque",
    "fetch, readable": BLOCKED,
    "fetch with a header of its own": BLOCKED,
    "fetch of another method": BLOCKED,
    "beacon": SENT,
    "websocket": FAILED,
    "reading": BLOCKED,
    "login": SENT,
    "logout": SENT,
}


def refusals(origin, with_cookie):
    """What the service refuses while the page attacks. A request without the cookie is nobody's."""
    of_cookie = OTHER if with_cookie else MISSING
    return [
        f"refused POST /note from {origin}: {of_cookie}",  # the form
        f"refused POST /note from null: {MISSING}",  # what has no origin has no cookie either
        f"refused POST /note from {origin}: {of_cookie}",  # blind
        f"refused POST /note from {origin}: {of_cookie}",  # readable
        f"refused OPTIONS /note from {origin}: {MISSING}",  # its preflight
        f"refused OPTIONS /note from {origin}: {MISSING}",  # its preflight
        f"refused POST /note from {origin}: {of_cookie}",  # the beacon
        f"refused GET /live from {origin}: {of_cookie}",
        *([] if with_cookie else [f"refused GET /note from {origin}: {MISSING}"]),
        f"refused POST /login from {origin}: {OTHER}",
        f"refused POST /logout from {origin}: {OTHER}",
    ]


def test_attacks(browser, service, url, with_cookie):
    origin = url.split("/?")[0]
    before = service.note()
    browser.open(url)
    browser.click("#attack")
    browser.wait_until(f"document.getElementById('outcomes').children.length === {len(LEARNED)}")
    learned = browser.run("return [...document.querySelectorAll('#outcomes li')].map((item) => item.textContent)")
    check(f"{origin}: what it learns", learned, [f"{name}: {outcome}" for name, outcome in LEARNED.items()])
    service.says(f"{origin}: what is refused", refusals(origin, with_cookie))
    # The last attack leaves the page for the answer.
    browser.click("#leave")
    browser.wait_until(f"location.origin === '{service.url}' && document.readyState === 'complete'")
    of_cookie = OTHER if with_cookie else MISSING
    detail = json.loads(browser.run("return document.body.innerText"))["detail"]
    check(f"{origin}: the answer", detail, of_cookie.split(" ", 1)[1])
    service.says(f"{origin}: the form that leaves", [f"refused POST /note from {origin}: {of_cookie}"])
    check(f"{origin}: nothing has changed", service.note(), before)
    browser.log("browser")
    browser.open(service.url)
    is_ready(browser, "inside")
    check(f"{origin}: still logged in", [text(browser, "subject"), len(cookies(browser, service.url))], ["ada", 1])


def test_log_out(browser, service):
    browser.click("#logout button")
    is_ready(browser, "login")
    check("the cookie is gone", cookies(browser, service.url), [])
    check("and so is the note", is_shown(browser, "inside"), False)
    status = browser.run("return fetch('/note').then((answer) => answer.status)")
    check("without the cookie", status, 401)
    service.says("without the cookie", [f"refused GET /note from nobody says: {MISSING}"])


def main():
    service = Service(sys.argv[1])
    try:
        with tempfile.TemporaryDirectory() as folder:
            browser = Browser(f"{folder}/profile")
            try:
                same_site, cross_site = service.hostile
                test_log_in(browser, service)
                test_change(browser, service, "buy tea")
                test_attacks(browser, service, same_site, with_cookie=True)
                test_attacks(browser, service, cross_site, with_cookie=False)
                test_change(browser, service, "buy sugar")
                test_log_out(browser, service)
            finally:
                browser.close()
        check("the service ends on Ctrl-C", service.stop(), 0)
    finally:
        service.process.kill()
    print(f"{support.passed} passed, 0 failed")


main()
