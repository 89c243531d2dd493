"""A browser, by the WebDriver protocol (W3C) and what chromedriver adds to it. Nothing but Python is needed."""

import json
import subprocess
import threading
import time
import urllib.error
import urllib.request

# For whatever is waited for. All of it is a matter of seconds; this is for machines that are busy.
PATIENCE = 60
# Between two questions whether it has come, in seconds.
POLL = 0.02
# No script of these tests takes that long, in seconds; one whose page has gone would take for ever.
SCRIPT = 15
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {
    "Tab": "\ue004",
    "Escape": "\ue00c",
    "End": "\ue010",
    "Home": "\ue011",
    "ArrowLeft": "\ue012",
    "ArrowUp": "\ue013",
    "ArrowRight": "\ue014",
    "ArrowDown": "\ue015",
    "Control": "\ue009",
    "Shift": "\ue008",
    "Space": " ",
}

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Browser:
    """Chromium without a window, with an empty profile. It may reach nothing but loopback."""

    def __init__(self, profile, chromium="/usr/bin/chromium", chromedriver="/usr/bin/chromedriver"):
        self.driver = subprocess.Popen(
            [chromedriver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        port = None
        for line in self.driver.stdout:
            if "started successfully on port " in line:
                port = int(line.rsplit("port ", 1)[1].strip().rstrip("."))
                break
        if port is None:
            raise SystemExit("FAILED chromedriver did not start")
        # Read on, so that a full pipe never blocks it.
        threading.Thread(target=self.driver.stdout.read, daemon=True).start()
        self.session = f"http://127.0.0.1:{port}/session"
        options = {
            "binary": chromium,
            "args": [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
                f"--user-data-dir={profile}",
                "--window-size=1600,1000",
            ],
        }
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"script": SCRIPT * 1000, "pageLoad": PATIENCE * 1000},
        }
        try:
            started = self.send("", {"capabilities": {"alwaysMatch": wanted}})
        except BaseException:
            self.driver.kill()
            raise
        self.session += f"/{started['sessionId']}"

    def send(self, path, body=None, method="POST"):
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        request = urllib.request.Request(
            self.session + path, data, {"Content-Type": "application/json"}, method=method
        )
        try:
            with DIRECT.open(request, timeout=PATIENCE * 2) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            problem = json.load(error)["value"]
            raise RuntimeError(f"{path}: {problem['error']}: {problem['message']}") from None

    def close(self):
        try:
            self.send("", method="DELETE")
        finally:
            self.driver.kill()
            self.driver.wait()

    def open(self, url):
        self.send("/url", {"url": url})

    def run(self, script, *arguments):
        return self.send("/execute/sync", {"script": script, "args": list(arguments)})

    def wait_until(self, expression):
        """Asks again and again whether the expression holds in whatever page there is; fails after PATIENCE.

        A script that waits inside of the page would not do: where the page is left meanwhile, it never answers.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if self.run(f"return !!({expression})"):
                    return
                problem = "it does not hold"
            except RuntimeError as error:  # a page that is being left
                problem = error
            if time.monotonic() > deadline:
                raise RuntimeError(f"waited {PATIENCE} s for {expression}: {problem}")
            time.sleep(POLL)

    def devtools(self, command, **parameters):
        return self.send("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def log(self, kind):
        return self.send("/se/log", {"type": kind})

    def press(self, *keys, holding=()):
        """Presses the keys one after the other, while others are held down."""
        actions = [{"type": "keyDown", "value": KEYS.get(key, key)} for key in holding]
        for key in keys:
            for kind in ("keyDown", "keyUp"):
                actions.append({"type": kind, "value": KEYS.get(key, key)})
        actions += [{"type": "keyUp", "value": KEYS.get(key, key)} for key in holding]
        self.send("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def element(self, selector):
        found = self.send("/element", {"using": "css selector", "value": selector})
        return f"/element/{found[ELEMENT]}"

    def click(self, selector):
        self.send(self.element(selector) + "/click")

    def write(self, selector, text):
        self.send(self.element(selector) + "/value", {"text": text})

    def screenshot(self):
        return self.send("/screenshot", method="GET")
