#!/usr/bin/env python3
"""Checks a packet's report.html against the packet's other files, without anything of Sluice's.

    Tests/Pages/packet_report.py PACKET…

Parses the page strictly (html5lib where it is there, and by its tags always), sees that it draws nothing from elsewhere,
counts the timeline and the places again from the rows, and looks for every text of the side files in the page's text.
Ends with 1 and says why where something differs.
"""
import csv
import datetime
import decimal
import html.parser
import json
import os
import re
import sys

D = decimal.Decimal
BARS = 100
CELLS = 200
NANO = D("0.000000001")
VOID = {"meta", "link", "img", "br", "hr", "input", "rect", "line", "circle"}
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2", "h3", "h4", "p", "ul",
    "li", "dl", "div", "dt", "dd", "span", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure",
    "figcaption", "svg", "rect", "circle", "line", "text", "pre", "code",
}
ATTRIBUTES = {
    "lang", "data-edition", "charset", "http-equiv", "content", "name", "aria-labelledby", "aria-label", "id", "class",
    "tabindex", "role", "scope", "viewbox", "font-size", "fill", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r",
    "width", "height", "fill-opacity", "stroke", "text-anchor",
}
TIME_NOTE = "The period is matched on this time, before anything is cut off it."


def need(condition, message):
    if not condition:
        raise SystemExit(f"report.html: {message}")


class Page(html.parser.HTMLParser):
    """The page's tables under their headings, and its text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.named, self.tables, self.leaves = [], [], [], [], []
        self.headings, self.cell, self.leaf, self.elements = {}, None, None, []
        self.feed(text)
        self.close()
        need(not self.open, f"{self.open} is not closed")

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        need(tag in ELEMENTS, f"an element {tag}")
        need(len(values) == len(attributes), f"an attribute stands twice on {tag}")
        need(set(values) <= ATTRIBUTES, f"an attribute of {set(values) - ATTRIBUTES} on {tag}")
        self.elements.append((tag, values))
        if "id" in values:
            self.ids.append(values["id"])
        self.named += values.get("aria-labelledby", "").split()
        if tag == "table":
            self.tables.append({"headings": dict(self.headings), "rows": [], "caption": "", "heads": []})
        if tag == "tr":
            self.tables[-1]["rows"].append([])
        if tag in ("th", "td"):
            need(tag == "td" or values.get("scope") == ("col" if "thead" in self.open else "row"), "a th without scope")
        self.leaf = ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        need(self.open and self.open.pop() == tag, f"</{tag}> closes another element")
        if self.leaf is not None:
            if tag not in ("style",):
                self.leaves.append(self.leaf)
            if tag in ("h2", "h3", "h4"):
                self.headings = {k: v for k, v in self.headings.items() if k < tag}
                self.headings[tag] = self.leaf
            if tag == "caption":
                self.tables[-1]["caption"] = self.leaf
            if tag in ("th", "td"):
                self.tables[-1]["rows"][-1].append(self.leaf)
        self.leaf = None

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.leaf = None

    def handle_data(self, data):
        if self.leaf is not None:
            self.leaf += data

    def rows(self, **wanted):
        """The rows after the head of the tables with these headings whose caption begins so."""
        caption = wanted.pop("caption")
        found = [
            t for t in self.tables
            if t["caption"].startswith(caption) and all(t["headings"].get(k) == v for k, v in wanted.items())
        ]
        return [row for table in found for row in table["rows"][1:]]


def files(packet, name):
    with open(os.path.join(packet, "data", name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def records(packet, kind, form):
    path = os.path.join(packet, "data", "records", f"{kind}.{form}")
    with open(path, encoding="utf-8", newline="") as file:
        if form == "csv":
            return list(csv.DictReader(file, strict=True))
        return [json.loads(line, parse_float=D, parse_int=D) for line in file]


# Time


def day(text):
    return datetime.date(int(text[:4]), int(text[5:7]), int(text[8:10])).toordinal()


STEPS = {
    "hour": (13, lambda t: day(t) * 24 + int(t[11:13])), "day": (10, day),
    "week": (8, lambda t: datetime.date.fromisocalendar(int(t[:4]), int(t[6:8]), 1).toordinal() // 7),
    "month": (7, lambda t: int(t[:4]) * 12 + int(t[5:7])), "year": (4, lambda t: int(t[:4])),
    "decade": (3, lambda t: int(t[:3])), "century": (2, lambda t: int(t[:2])),
}
COARSER = {"hour": "day", "day": "month", "week": "year", "month": "year", "year": "decade", "decade": "century"}


def label(step, text):
    prefix = text[: STEPS[step][0]]
    if step == "hour":
        return prefix + "Z"
    return {"decade": f"{prefix}0 to {prefix}9", "century": f"{prefix}00 to {prefix}99"}.get(step, prefix)


def timeline(fields, rows):
    """The step, and the counts by label; None where no time may be drawn."""
    timed = [f for f in fields if f["type"] == "timestamp" and f["note"].startswith(TIME_NOTE)]
    steps = []
    for field in timed:
        if field["action"] == "keep" or field["action"] == "truncate":
            fine = field["action"] == "keep" or field["precision"] in ("second", "minute")
            steps.append("hour" if fine else field["precision"])
    if not steps:
        return None
    need(len(set(steps)) == 1, "this check knows one step a kind")
    times = [row.get(timed[0]["column"]) for row in rows]
    times = [t for t in times if t and t[0].isdigit()]
    step = steps[0]
    while times:
        numbers = [STEPS[step][1](t) for t in times]
        if max(numbers) - min(numbers) < BARS:
            break
        step = COARSER[step]
    counts = {}
    for text in times:
        counts[label(step, text)] = counts.get(label(step, text), 0) + 1
    return step, counts


# Places


def plain(number):
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def merged(keys, coarser):
    """Merges again and again until there are few enough."""
    counts = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    level = 0
    while len(counts) > CELLS:
        level += 1
        more = {}
        for key, count in counts.items():
            key = coarser(key, level)
            more[key] = more.get(key, 0) + count
        counts = more
    return level, counts


def squares(points, side):
    """By the south-west corner as it is written; `side` is None for points."""
    smallest = D("0.001")

    def coarser(key, level):
        if side is None and level == 1:
            return tuple((c / smallest).to_integral_value(decimal.ROUND_FLOOR) for c in key)
        return tuple((c / 2).to_integral_value(decimal.ROUND_FLOOR) for c in key)

    unit = side or NANO
    cut = [tuple((c / unit).to_integral_value(decimal.ROUND_FLOOR) for c in p) for p in points]
    keys = [tuple(c * NANO for c in key) for key in cut] if side is None else cut
    level, counts = merged(keys, coarser)
    if side is None:
        width = None if level == 0 else smallest * 2 ** (level - 1)
    else:
        width = side * 2**level
    corner = (lambda c: plain(c)) if width is None else None
    if corner is None:
        decimals = max(0, -D(plain(width)).as_tuple().exponent)
        corner = lambda c: f"{c * width:.{decimals}f}"
    return {(corner(a).replace("-0.0", "-0.0"), corner(b)): n for (a, b), n in counts.items()}


def place(fields, rows, name, form):
    """What stands in the page for the place: counts by latitude and longitude, or by geohash."""
    own = [f for f in fields if f["column"] in (name, name + ".lat")]
    hashes = [int(f["precision"].split()[0]) for f in own if f["action"] == "geohash"]
    points, texts = [], []
    for row in rows:
        value = row.get(name)
        if isinstance(value, dict):
            points.append((value["lat"], value["lon"]))
        elif isinstance(value, str) and re.fullmatch("[0-9b-hjkmnp-z]+", value):
            texts.append(value)
        lat = row.get(name + ".lat")
        if lat and re.fullmatch(r"-?[0-9.]+", lat):
            points.append((D(lat), D(row[name + ".lon"])))
    found = {}
    if hashes:
        longest = max(hashes)
        _, counts = merged(texts, lambda key, level: key[: max(1, longest - level)])
        found["geohash"] = {(key,): n for key, n in counts.items()}
    exact = {f["action"] + f["precision"] for f in own if f["action"] in ("keep", "grid")}
    if exact:
        only = exact.pop() if len(exact) == 1 else ""
        side = D(only[4:].split()[0]) if only.startswith("grid") else None
        found["points"] = squares(points, side)
    return found


# The page


def check_form(text, page):
    need("://" not in text and "url(" not in text and "@import" not in text, "something from elsewhere")
    need(text.startswith('<!DOCTYPE html>\n<html lang="en"'), "no doctype or language")
    need(len(set(page.ids)) == len(page.ids), "an id stands twice")
    need(set(page.named) <= set(page.ids), "a label that is not there")
    for table in page.tables:
        need(table["caption"], "a table without caption")
        need(len({len(row) for row in table["rows"]}) == 1, f"{table['caption']}: rows of different length")
        need(len(table["rows"]) > 1, f"{table['caption']}: no row")
    policies = [v["content"] for tag, v in page.elements if tag == "meta" and "http-equiv" in v]
    need(len(policies) == 1 and policies[0].startswith("default-src 'none'; style-src 'unsafe-inline';"), "no CSP")
    need(not re.search("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|<wbr", text), "a value may be split")
    for tag, values in page.elements:
        if tag == "svg":
            need(values.get("role") == "img" and values.get("aria-label"), "a drawing without a name")
    try:
        import html5lib
    except ImportError:
        print("html5lib is not there")
        return
    html5lib.HTMLParser(strict=True).parse(text)


def leaves(value):
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in leaves(part)]
    return [] if value is None else [str(value)]


def visible(text):
    """As the page has it: characters that could hide others are told by their number."""
    import unicodedata
    return "".join(
        f"[U+{ord(c):04X}]" if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp") else c for c in text)


def check_texts(packet, page):
    text = "\n".join(page.leaves)
    own = set(page.leaves)
    for row in files(packet, "fields.csv"):
        for key, value in row.items():
            if key == "role":
                value = {"subject": "subjects", "other": "others", "record": "everyone"}[value]
            need(value in text, f"fields.csv: {key} is not on the page")
            if key in ("column", "type", "category", "action", "precision", "provenance"):
                need(value in own, f"fields.csv: {key} does not stand whole")
    for row in files(packet, "withheld.csv"):
        for key in ("kind", "name", "rule", "count"):
            need(not row[key] or row[key] in own or key == "rule" and row[key].replace("-or-", " or ") in own,
                 f"withheld.csv: {key} is not on the page")
        need(row["reason"].lower() in text.lower(), "withheld.csv: a reason is not on the page")
    for name in ("demand.json", "provenance.json"):
        with open(os.path.join(packet, "data", name), encoding="utf-8") as file:
            value = json.load(file)
        value.pop("kinds", None)
        for key in ("part", "scheme", "clock", "unreadable"):
            value.pop(key, None)
        for leaf in leaves(value):
            need(not leaf or visible(leaf) in own or name == "provenance.json" and leaf in text,
                 f"{name}: a value does not stand whole on the page")


def check_counts(packet, page):
    kinds = {}
    for row in files(packet, "reconciliation.csv"):
        outcome = row["outcome"].replace("-or-", " or ")
        kinds.setdefault(row["kind"], []).append((outcome, row["reason"], row["count"]))
    shown = {}
    for kind, outcome, code, count in page.rows(h2="Counts that add up", caption="Reconciliation"):
        shown.setdefault(kind, []).append((outcome, code, count))
    need(list(shown) == list(kinds), "other kinds are counted")
    for kind, rows in kinds.items():
        parts = [row for row in rows if row[0] not in ("reached", "remainder")]
        total = sum(int(row[2]) for row in parts)
        reached = dict((row[0], row[2]) for row in rows)["reached"]
        need(total == int(reached), "the packet's own counts do not add up")
        expected = parts + [("sum", "", str(total)), ("reached", "", reached), ("remainder", "", "0")]
        need(shown[kind] == expected, f"the counts of {kind} are others")


def check_figures(packet, page, form):
    fields = {}
    for row in files(packet, "fields.csv"):
        fields.setdefault(row["kind"], []).append(row)
    for kind, own in fields.items():
        rows = records(packet, kind, form)
        section = {"h2": "What is here", "h3": f"Records of kind {kind}"}
        expected = timeline(own, rows)
        step, counts = expected if expected else ("", {})
        shown = page.rows(**section, h4="When", caption="Records by ")
        need({r[0]: int(r[1]) for r in shown} == counts, f"the timeline of {kind} is another")
        need([r[0] for r in shown] == sorted(counts), f"the timeline of {kind} is not in order")
        need(not shown or page.rows(**section, h4="When", caption=f"Records by {step}"), f"{kind}: another step")
        for name in {f["column"].removesuffix(".lat") for f in own if f["type"] == "point"}:
            if name.endswith(".lon"):
                continue
            shown = page.rows(**section, h4=f"Where: {name}", caption="Records by place")
            drawn = {"geohash": [r for r in shown if len(r) == 2], "points": [r for r in shown if len(r) == 3]}
            for sort, counts in place(own, rows, name, form).items():
                got = {tuple(r[:-1]): int(r[-1]) for r in drawn.pop(sort)}
                need(got == counts, f"the places of {kind}.{name} are others ({sort})")
            need(not any(drawn.values()), f"{kind}.{name}: places that no column releases")


def main():
    for packet in sys.argv[1:]:
        with open(os.path.join(packet, "data", "report.html"), encoding="utf-8", newline="") as file:
            text = file.read()
        need("\r" not in text and text.endswith("</html>\n"), "line ends")
        page = Page(text)
        with open(os.path.join(packet, "data", "provenance.json"), encoding="utf-8") as file:
            form = json.load(file)["format"]
        check_form(text, page)
        check_texts(packet, page)
        check_counts(packet, page)
        check_figures(packet, page, form)
    print(f"{len(sys.argv) - 1} pages are what their packets say")


if __name__ == "__main__":
    main()
