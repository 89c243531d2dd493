"""The service, its page in a browser, and how they are compared."""

import http.client
import json
import re
import signal
import subprocess
import sys

import model
from webdriver import PATIENCE

passed = 0


def check(what, actual, expected):
    global passed
    if actual != expected:
        if isinstance(actual, list) and isinstance(expected, list):
            # What they have in common is long.
            actual, expected = ([x for x in one if x not in other] or one
                                for one, other in ((actual, expected), (expected, actual)))
        sys.exit(f"FAILED {what}\n  expected {expected!r}\n  got      {actual!r}")
    passed += 1


class Service:
    """The example, as a process, and the tokens that it prints."""

    def __init__(self, path):
        self.path = path
        self.process = subprocess.Popen([path], stdout=subprocess.PIPE, text=True)
        self.tokens = {}
        for line in self.process.stdout:
            if line.startswith("serving on "):
                self.url = line.removeprefix("serving on ").strip()
            elif assignment := re.fullmatch(r"([A-Z_]+)=(\S+)\n", line):
                self.tokens[assignment[1].lower().replace("_", "-")] = assignment[2]
            elif line.startswith("curl -o "):
                break
        self.connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=PATIENCE)

    def ask(self, method, path, role=None):
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        self.connection.request(method, path, headers=headers)
        response = self.connection.getresponse()
        return response.status, response.read().decode()

    def map(self):
        status, text = self.ask("GET", "/access-map/map.json", "auditor")
        check("the map", status, 200)
        return json.loads(text)

    def printed(self, form):
        """The map, by the example alone."""
        command = [self.path, "--print", form]
        return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=PATIENCE)


SHOWN = """
const words = (cell) => cell.textContent.replace(/\\s+/g, " ").trim();
return [...document.querySelectorAll("#matrix tbody tr:not(.group)")]
    .filter((row) => row.getClientRects().length)
    .map((row) => ({
        route: words(row.cells[0]),
        cells: [...row.cells].slice(1, -2).map((cell) => cell.className),
        words: [...row.cells].slice(1, -2).map(words),
        rule: words(row.cells[row.cells.length - 2]),
        code: words(row.cells[row.cells.length - 1]),
    }));
"""


class Page:
    def __init__(self, browser, document):
        self.browser = browser
        self.document = document
        self.roles = model.roles(document)

    def shown(self):
        return [row["route"] for row in self.browser.run(SHOWN)]

    def shows(self, what, wanted):
        """Exactly the routes for which `wanted` holds, and says how many these are."""
        routes = self.document["routes"]
        expected = [model.label(route) for route in routes if wanted(route)]
        check(what, sorted(self.shown()), sorted(expected))
        count = self.browser.run("return document.getElementById('count').textContent")
        check(f"{what}: count", count.split(":")[0], f"{len(expected)} of {len(routes)} routes")

    def choose(self, field, name):
        """By keys, as a person may do."""
        far = self.browser.run(
            """const select = document.getElementById(arguments[0]);
            select.focus();
            const wanted = [...select.options].findIndex((option) => option.text === arguments[1]);
            return wanted - select.selectedIndex;""",
            field,
            name,
        )
        self.browser.press(*["ArrowDown" if far > 0 else "ArrowUp"] * abs(far))

    def focus(self):
        return self.browser.run(
            "const e = document.activeElement; return e.id || e.textContent.replace(/\\s+/g, ' ').trim()"
        )

    def hash(self):
        return self.browser.run("return location.hash")
