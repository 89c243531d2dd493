"""The page of an access map in Chromium, against the `access-map` example that serves it.

Usage: run.py PATH_TO_ACCESS_MAP

It compares what the page shows with the map's JSON, and each of its cells with what the service answers; it
filters, presses keys, prints, and looks at the colours. It exits 1 at the first difference.
"""

import base64
import json
import re
import sys
import tempfile
from pathlib import Path

import model
import support
from support import SHOWN, Page, Service, check
from webdriver import Browser


def everything(_):
    return True


def test_table(page):
    rows = page.browser.run(SHOWN)
    routes = page.document["routes"]
    check("200 routes", len(routes), 200)
    check("12 roles", len(page.roles), 12)
    heads = page.browser.run("return [...document.querySelectorAll('#matrix .role')].map((h) => h.textContent)")
    check("a column for each role", heads, page.roles)
    # Groups of routes change the order of some.
    rows.sort(key=lambda row: row["route"])
    routes = sorted(routes, key=model.label)
    check("a row for each route", [row["route"] for row in rows], [model.label(route) for route in routes])
    words = {"yes": "admitted", "if": "perhaps", "no": "refused", "open": "everybody"}
    for row, route in zip(rows, routes):
        expected = [model.cell(page.document, route, role) for role in page.roles]
        check(f"{row['route']}: cells", row["cells"], expected)
        check(f"{row['route']}: words", row["words"], [words[cell] for cell in expected])
        source = route.get("source")
        code = f"{route['handler']} {source}" if source else route["handler"]
        check(f"{row['route']}: code", row["code"], code)
        check(f"{row['route']}: reason", route.get("reason", "") in row["rule"], True)
        depends = model.depends_on_request(route["rule"])
        check(f"{row['route']}: request", "depends on the request" in row["rule"], depends)
    text = page.browser.run("return document.body.innerText")
    for route in routes:
        if route["rule"] == "anonymous" and "reason" not in route:
            check("a finding", f"{model.label(route)} is open to everybody and does not say why" in text, True)
    return rows


def test_enforced(page, rows, service):
    """Every cell: the request is sent, with a token that has the role and nothing else."""
    kinds = {}
    for row in rows:
        route = row["route"]
        method, path = ("GET", "/no/such/path") if route == "any other path" else route.split(" ")
        path = re.sub(r"\{[^}]*\}", "1", path)
        success = 404 if path == "/no/such/path" else 200
        # 401 where it takes an agent.
        may = {"yes": [success], "no": [403], "open": [success], "if": [success, 401, 403]}
        for role, cell in zip(page.roles, row["cells"]):
            status, _ = service.ask(method, path, role)
            check(f"{role} {route} is {cell}: {status}", status in may[cell], True)
            kinds[cell] = kinds.get(cell, 0) + 1
        status, _ = service.ask(method, path)
        check(f"nobody {route}", status, success if row["cells"][0] == "open" else 401)
    check("all kinds of cells were tried", sorted(kinds), ["if", "no", "open", "yes"])


def test_filters(page):
    browser = page.browser
    page.shows("no filter", everything)
    for text in ("invoices", "delete /api/orders", "treasury", "access-map.rs:100", "TICKETS::list"):
        browser.write("#text", text)

        def has(route):
            rule = next(row["rule"] for row in all_rows if row["route"] == model.label(route))
            hay = f"{model.label(route)} {rule} {route['handler']} {route.get('source', '')}".lower()
            return all(word in hay for word in text.lower().split())

        all_rows = browser.run(SHOWN.replace('.filter((row) => row.getClientRects().length)', ""))
        page.shows(f"text {text}", has)
        browser.press("Escape")
        page.shows(f"text {text}, cleared", everything)
    for role in page.roles:
        page.choose("role", role)
        page.shows(f"role {role}", lambda route: model.cell(page.document, route, role) != "no")
        marked = browser.run("return [...document.querySelectorAll('#matrix .chosen')].map((h) => h.textContent)")
        check("its column is marked", marked, [role])
    browser.press("Escape")
    named = lambda permission, name: lambda route: name in model.names(route["rule"], permission)
    for field, permission, name in (
        ("group", "group", "on-call"),
        ("group", "group", "treasury"),
        ("scope", "scope", "orders:read"),
        ("scope", "scope", "stock:read"),
        ("scope", "agent_scope", "payouts:prepare"),
    ):
        page.choose(field, name)
        page.shows(f"{permission} {name}", named(permission, name))
        browser.click("button[type=reset]")
        page.shows(f"{permission} {name}, cleared", everything)
    browser.click("#open")
    page.shows("open", lambda route: model.is_open(route["rule"]))
    browser.click("#open")
    browser.click("#request")
    page.shows("request", lambda route: model.depends_on_request(route["rule"]))
    page.choose("role", "support-lead")
    both = lambda route: model.depends_on_request(route["rule"]) and (
        model.cell(page.document, route, "support-lead") != "no"
    )
    page.shows("request and role", both)
    check("the address has both", page.hash(), "#role=support-lead&request=1")
    browser.write("#text", "no such thing")
    page.shows("nothing", lambda _: False)
    check("it says so", browser.run("return document.getElementById('none').getClientRects().length"), 1)
    browser.press("Escape")
    page.shows("all cleared", everything)
    check("the address is empty", page.hash(), "")


def test_address(page, url):
    browser = page.browser
    for kept, wanted in (
        ("role=auditor&text=ledgers", lambda route: model.cell(page.document, route, "auditor") != "no"
            and "ledgers" in route["path"]),
        ("scope=agent+payouts%3Aprepare", lambda route: "payouts:prepare" in model.names(route["rule"], "agent_scope")),
        ("role=no-such-role&group=gone&other=1", everything),
        ("", everything),
    ):
        browser.run("location.hash = arguments[0]", kept)
        # It is told of the change later.
        browser.wait_until(f"document.getElementById('text').value === '{'ledgers' if 'ledgers' in kept else ''}'")
        page.shows(f"address {kept}", wanted)
        browser.open("about:blank")
        browser.open(f"{url}#{kept}")
        page.shows(f"address {kept}, opened", wanted)


def test_keyboard(page, url):
    browser = page.browser
    browser.open("about:blank")
    browser.open(url)
    # In the order of the page; the findings' heading is the first stop.
    stops = []
    for _ in range(9):
        browser.press("Tab")
        stops.append(page.focus())
        outline = browser.run("return getComputedStyle(document.activeElement).outlineStyle")
        check(f"focus on {stops[-1]} is seen", outline != "none", True)
    first = page.shown()[0]
    check("stops of the tab key", stops, [
        stops[0], "text", "role", "group", "scope", "open", "request", "Clear Esc", first
    ])
    rows = page.shown()
    cell = """const c = document.activeElement.closest('td, th');
        return [c.parentElement.cells[0].textContent.replace(/\\s+/g, ' ').trim(), c.cellIndex]"""
    for keys, holding, expected in (
        (["ArrowDown"], [], [rows[1], 0]),
        (["ArrowRight", "ArrowRight"], [], [rows[1], 2]),
        (["ArrowUp", "ArrowUp", "ArrowUp"], [], [rows[0], 2]),
        (["End"], [], [rows[0], len(page.roles) + 2]),
        (["End"], ["Control"], [rows[-1], len(page.roles) + 2]),
        (["ArrowLeft"], [], [rows[-1], len(page.roles) + 1]),
        (["Home"], [], [rows[-1], 0]),
        (["ArrowUp"] * 40, [], [rows[-41], 0]),
        (["ArrowRight"] * 3, [], [rows[-41], 3]),
    ):
        browser.press(*keys, holding=holding)
        check(f"{holding} {keys}", browser.run(cell), expected)
        hidden = browser.run("""
            const cell = document.activeElement.getBoundingClientRect();
            const head = document.querySelector('#matrix thead .route').getBoundingClientRect();
            const column = document.activeElement.cellIndex > 0;
            return cell.top < head.bottom - 1 || cell.bottom > innerHeight + 1
                || (column && cell.left < head.right - 1)""")
        check(f"{holding} {keys}: in sight", hidden, False)
    check("the column is marked", browser.run("return document.querySelector('.at').textContent"), page.roles[2])
    browser.press("/")
    check("slash", page.focus(), "text")
    browser.press("/", "m", "e")
    page.shows("typed", lambda route: "/me" in model.label(route) + route["handler"])
    browser.press("Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Space")
    page.shows("the button, by key", everything)
    browser.press("/", "r", "e", "f", "u", "n", "d", "s")
    few = page.shown()
    browser.run("document.querySelector('#matrix [tabindex]').focus()")
    browser.press("End", holding=["Control"])
    check("arrows skip what is hidden", browser.run(cell)[0], few[-1])
    browser.press("Escape")
    page.shows("escape", everything)


CONTRAST = """
const parse = (color) => color.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
        const color = parse(getComputedStyle(e).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
    }
    return null;
};
const low = {};
for (const element of document.querySelectorAll("body *")) {
    const style = getComputedStyle(element);
    const sign = getComputedStyle(element, "::before").content !== "none";
    const own = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (!(own || sign) || !element.getClientRects().length || element.closest("script, style, option")) continue;
    const [a, b] = [light(parse(style.color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low[`${element.tagName}.${element.className} ${style.color}`] = ratio;
}
return [low, light(behind(document.body))];
"""


def test_schemes(page):
    for scheme, is_dark in (("light", False), ("dark", True)):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        page.browser.devtools("Emulation.setEmulatedMedia", features=features)
        page.browser.run("document.getElementById('role').selectedIndex = 1;"
                         "document.getElementById('filters').dispatchEvent(new Event('input'))")
        low, background = page.browser.run(CONTRAST)
        check(f"{scheme}: contrast below 4.5 (WCAG AA)", low, {})
        check(f"{scheme}: background", background < 0.2, is_dark)
        page.browser.press("Escape")
    page.browser.devtools("Emulation.setEmulatedMedia", features=[])


def test_print(page):
    browser = page.browser
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.devtools("Emulation.setEmulatedMedia", media="print", features=dark)
    layout = browser.run("""
        const style = (selector) => getComputedStyle(document.querySelector(selector));
        return [style('#filters').display, style('#matrix thead').display, style('#matrix thead th').position,
            style('#matrix tbody th[scope=row]').position, style('body').backgroundColor]""")
    check("print: layout", layout, ["none", "table-header-group", "static", "static", "rgb(255, 255, 255)"])
    browser.devtools("Emulation.setEmulatedMedia", media="", features=[])
    pdf = browser.devtools("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"]
    pdf = base64.b64decode(pdf)
    check("print: a PDF", pdf[:5], b"%PDF-")
    # An A4 page in landscape has 842 by 595 points.
    sizes = set(re.findall(rb"/MediaBox\s*\[\s*0 0 (\d+)[\d.]* (\d+)", pdf))
    check("print: landscape", all(int(width) > int(height) for width, height in sizes) and sizes != set(), True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    check(f"print: {pages} pages", 4 <= pages <= 20, True)


def test_narrow(page):
    browser = page.browser
    browser.devtools("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False)
    wide = browser.run("""
        return [...document.querySelectorAll('header, section, form, form *, footer')]
            .filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.outerHTML.slice(0, 80))""")
    check("narrow: all but the table fits", wide, [])
    left = browser.run("""
        scrollTo(300, 1500);
        return document.querySelector('#matrix tbody th[scope=row]').getBoundingClientRect().left""")
    check("narrow: routes stay in sight", left, 0)
    browser.devtools("Emulation.clearDeviceMetricsOverride")


def test_network(page, allowed):
    """Nothing was asked for but the page, and nothing was complained about."""
    asked = set()
    for entry in page.browser.log("performance"):
        event = json.loads(entry["message"])["message"]
        # The browser's own start page is no concern of ours.
        if event["method"] == "Network.requestWillBeSent" and not event["params"][
            "documentURL"
        ].startswith("chrome:"):
            asked.add(event["params"]["request"]["url"].split("#")[0])
    check("requests", asked - {"about:blank"}, {allowed})
    check("console", page.browser.log("browser"), [])


def test_policy(page):
    """The page lets no other script or style run, nor any request go out: each attempt is refused."""
    browser = page.browser
    browser.run("""
        window.refused = [];
        document.addEventListener('securitypolicyviolation', (e) => refused.push(e.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        const style = document.createElement('style');
        style.textContent = 'body { display: none }';
        document.head.append(script, style);
        document.body.setAttribute('onclick', 'window.ran = true');
        document.body.click();
        new Image().src = location.origin + '/image';
        fetch('/api/me').catch(() => {});""")
    browser.wait_until("refused.length >= 5")
    check("refused by the policy", sorted(browser.run("return [...new Set(refused)]")), [
        "connect-src", "img-src", "script-src-attr", "script-src-elem", "style-src-elem"
    ])
    check("nothing ran", browser.run("return [window.ran, getComputedStyle(document.body).display]"), [None, "block"])
    browser.log("browser")


def test_without_script(page, url):
    browser = page.browser
    browser.open("about:blank")
    browser.devtools("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(url)
    node = browser.devtools("DOM.getDocument", depth=0)["root"]["nodeId"]
    rows = browser.devtools("DOM.querySelectorAll", nodeId=node, selector="#matrix tbody tr:not(.group)")
    check("without script: rows", len(rows["nodeIds"]), len(page.document["routes"]))
    form = browser.devtools("DOM.querySelectorAll", nodeId=node, selector="#filters[hidden]")
    check("without script: no filters", len(form["nodeIds"]), 1)
    browser.devtools("Emulation.setScriptExecutionDisabled", value=False)


def main():
    service = Service(sys.argv[1])
    try:
        with tempfile.TemporaryDirectory() as folder:
            browser = Browser(f"{folder}/profile")
            try:
                rows = test_served(browser, service)
                test_file(browser, Path(folder, "access-map.html"), service, rows)
            finally:
                browser.close()
        check("the service ends on Ctrl-C", service.stop(), 0)
    finally:
        service.process.kill()
    print(f"{support.passed} passed, 0 failed")


def test_served(browser, service):
    url = f"{service.url}/access-map"
    check("the page without a token", service.ask("GET", "/access-map")[0], 401)
    page = Page(browser, service.map())
    browser.devtools("Network.enable")
    bearer = {"Authorization": f"Bearer {service.tokens['auditor']}"}
    browser.devtools("Network.setExtraHTTPHeaders", headers=bearer)
    browser.open(url)
    rows = test_table(page)
    test_enforced(page, rows, service)
    test_filters(page)
    test_address(page, url)
    test_keyboard(page, url)
    test_schemes(page)
    test_print(page)
    test_narrow(page)
    test_network(page, url)
    test_policy(page)
    test_without_script(page, url)
    browser.devtools("Network.setExtraHTTPHeaders", headers={})
    return rows


def test_file(browser, file, service, rows):
    """The same page from a file, where nothing serves a header."""
    file.write_text(service.printed("html"))
    page = Page(browser, service.map())
    browser.log("performance")
    browser.open(file.as_uri())
    check("the file: the same rows", test_table(page), rows)
    test_filters(page)
    test_network(page, file.as_uri())
    test_policy(page)


main()
