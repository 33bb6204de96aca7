#!/usr/bin/env python3
"""Looks at a packet's report.html in a headless browser, and at its print.

    Tests/Pages/packet_browser.py BROWSER PACKET…

No script is in it and it asks for nothing; every value of the packet's files stands in the text as it is shown, with
styles and without them, on a wide screen and a narrow one, and on paper (where pdftotext is there to read it); no value
of a table is broken into lines; what a screen reader is told has a name for every table and drawing. Ends with 1 and says
why where something is not so.
"""
import base64
import csv
import fcntl
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

from packet_report import leaves, visible

SECONDS = 60


class Fault(Exception):
    """What is wrong with a page."""


def need(condition, message):
    if not condition:
        raise Fault(message)


class Browser:
    """A browser of one page, told what to do over two pipes (DevTools protocol)."""

    def __init__(self, program, folder):
        # Above the numbers that the browser expects its pipes under.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for pair in (os.pipe(), os.pipe()) for end in pair]
        its_input, self.output, self.input, its_output = ends
        self.program = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-extensions", "--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank"],
            preexec_fn=lambda: (os.dup2(its_input, 3), os.dup2(its_output, 4)), pass_fds=(3, 4), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(its_input)
        os.close(its_output)
        self.number, self.rest, self.events, self.session = 0, b"", [], None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def close(self):
        self.program.terminate()
        self.program.wait()

    def message(self, until):
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.input], [], [], max(0, until - time.monotonic()))
            need(ready, "the browser does not answer")
            more = os.read(self.input, 1 << 16)
            need(more, "the browser ended")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.output, data):]
        until = time.monotonic() + SECONDS
        while True:
            message = self.message(until)
            if message.get("id") == self.number:
                need("error" not in message, f"{method}: {message.get('error')}")
                return message["result"]
            self.events.append(message)

    def wait(self, method):
        until = time.monotonic() + SECONDS
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message(until))

    def of(self, method):
        return [event["params"] for event in self.events if event.get("method") == method]

    def run(self, expression):
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        need("exceptionDetails" not in answer, f"{expression}: {answer.get('exceptionDetails')}")
        return answer["result"].get("value")


# What must be on the page


def values(packet):
    """Every value of the packet's side files that the page tells, by where it stands."""
    found = {}

    def add(place, value):
        if value:
            found.setdefault(visible(value), place)

    for name, columns in (
        ("fields.csv", ("column", "type", "category", "citation", "action", "precision", "definition", "unit")),
        ("withheld.csv", ("kind", "name", "count")), ("reconciliation.csv", ("kind", "reason", "count")),
    ):
        with open(os.path.join(packet, "data", name), encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, strict=True):
                for column in columns:
                    add(f"{name}: {column}", row.get(column))
    for name in ("demand.json", "provenance.json"):
        with open(os.path.join(packet, "data", name), encoding="utf-8") as file:
            whole = json.load(file)
        # Told in words, or counted in reconciliation.csv.
        for key in ("kinds", "part", "scheme", "clock", "unreadable"):
            whole.pop(key, None)
        for leaf in leaves(whole):
            add(name, leaf)
    need(len(found) > 30, "too few values are looked for")
    return found


def check_text(text, wanted, where):
    """As it is shown; lines that were broken to fit are not broken in it."""
    for value, place in wanted.items():
        need(value in text, f"{where}: a value of {place} does not stand whole")


def check_paper(text, wanted):
    """A print breaks long values into lines, and nothing else may come between their characters."""
    whole = re.sub(r"\s+", "", text)
    for value, place in wanted.items():
        need(re.sub(r"\s+", "", value) in whole, f"on paper: a value of {place} does not stand whole")


# In the page

BROKEN = """Array.from(document.querySelectorAll('.v, .n')).filter(element => {
  const range = document.createRange(); range.selectNodeContents(element);
  return new Set(Array.from(range.getClientRects()).map(box => Math.round(box.top))).size > 1;
}).length"""
HEADS = """Array.from(document.querySelectorAll('h1, h2, h3, h4, caption, figcaption, dt'))
  .map(element => element.getBoundingClientRect().top)"""
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STYLES_OFF = "for (const sheet of document.styleSheets) sheet.disabled = true; document.styleSheets.length"
DRAWN = """Array.from(document.querySelectorAll('svg')).map(drawing =>
  Array.from(drawing.querySelectorAll('rect, circle')).filter(shape => shape.getBoundingClientRect().height > 0).length)"""


def check_tree(browser):
    """What a screen reader is told."""
    nodes = [n for n in browser.ask("Accessibility.getFullAXTree")["nodes"] if not n.get("ignored")]

    def named(*roles):
        return [n.get("name", {}).get("value", "") for n in nodes if n["role"]["value"] in roles]

    counts = {tag: browser.run(f"document.querySelectorAll('{tag}').length") for tag in ("table", "svg", "th", "tr")}
    need(counts["table"] > 0 and len(named("table")) == counts["table"] and all(named("table")), "a table without a name")
    drawings = named("image", "img")
    need(len(drawings) == counts["svg"] and all(len(name) > 40 for name in drawings), "a drawing without words for it")
    heads = named("columnheader", "rowheader")
    need(len(heads) == counts["th"], "a head of a table that is not told as one")
    levels = [
        property["value"]["value"] for n in nodes if n["role"]["value"] == "heading"
        for property in n.get("properties", []) if property["name"] == "level"
    ]
    need(levels[:1] == [1] and levels.count(1) == 1, "not one heading of the first level")
    need(all(after <= before + 1 for before, after in zip(levels, levels[1:])), "a level of headings is left out")
    need(len(named("main")) == 1 and len(named("banner")) == 1, "no landmark")
    return counts


def check(browser, packet):
    wanted = values(packet)
    page = "file://" + os.path.realpath(os.path.join(packet, "data", "report.html"))
    for domain in ("Page", "Network", "Log", "Runtime", "Debugger"):
        browser.ask(f"{domain}.enable")
    browser.events.clear()
    browser.ask("Emulation.setDeviceMetricsOverride", width=1200, height=900, deviceScaleFactor=1, mobile=False)
    browser.ask("Page.navigate", url=page)
    browser.wait("Page.loadEventFired")
    asked = [request["request"]["url"] for request in browser.of("Network.requestWillBeSent")]
    need(asked == [page], f"it asks for {asked[1:] or 'nothing, not even itself'}")
    need(not browser.of("Debugger.scriptParsed"), "a script is in it")
    need(not browser.of("Log.entryAdded") and not browser.of("Runtime.consoleAPICalled"), "the browser complains")
    need(browser.run("document.scripts.length + document.images.length") == 0, "a script or a picture")

    counts = check_tree(browser)
    for width in (1200, 390):
        browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        check_text(browser.run("document.body.innerText"), wanted, f"{width} wide")
        need(browser.run(BROKEN) == 0, f"{width} wide: a value of a table is broken into lines")
        need(browser.run(WIDE) <= 0, f"{width} wide: the page is wider than its window")
    drawn = browser.run(DRAWN)
    need(len(drawn) == counts["svg"] and all(drawn), "an empty drawing")

    paper = browser.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
    pdf = base64.b64decode(paper["data"])
    need(pdf.startswith(b"%PDF-") and len(pdf) > 10_000, "it does not print")
    if shutil.which("pdftotext"):
        read = subprocess.run(["pdftotext", "-raw", "-nopgbrk", "-", "-"], input=pdf, capture_output=True, check=True)
        check_paper(read.stdout.decode(), wanted)
    else:
        print("pdftotext is not there")

    need(browser.run(STYLES_OFF) == 1, "not one style sheet")
    check_text(browser.run("document.body.innerText"), wanted, "styles off")
    places = browser.run(HEADS)
    need(places == sorted(places), "styles off: what comes first does not stand first")
    need(browser.run(DRAWN) == drawn, "styles off: a drawing lost its shapes")
    return len(wanted)


def main():
    faults = 0
    # A process of the browser may still write there when the browser has ended.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(sys.argv[1], folder)
        try:
            for packet in sys.argv[2:]:
                try:
                    print(f"{packet}: {check(browser, packet)} values stand whole")
                except Fault as fault:
                    print(f"{packet}: {fault}")
                    faults += 1
        finally:
            browser.close()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
