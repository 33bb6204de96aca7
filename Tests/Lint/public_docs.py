"""Sees that every public symbol has a documentation comment.

Prints each that has none, as file, line and declaration, and ends with 1 where there is one, or where no public
symbol was found at all. The comment is `///` right above the declaration; only attributes may stand between. What a
public protocol requires is public too.

Not asked for are the cases of an enumeration, since its own comment may say all of them, and `==`, `<`, `hash(into:)`,
`init(from:)` and `encode(to:)`, of which the standard library says what they do.

usage: public_docs.py SOURCES
"""

import re
import sys
from pathlib import Path

# `private(set)` and its like come after the word that counts; `public import` declares nothing of ours.
MODIFIER = (
    r"(?:(?:final|static|class|lazy|override|mutating|nonmutating|borrowing|consuming|convenience|required|indirect"
    r"|weak|unowned|nonisolated)(?:\(\w+\))?|(?:private|fileprivate|internal|package)\(set\))")
ATTRIBUTE = r"@\w+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?"
KEYWORD = r"(?:func|var|let|init|struct|enum|class|actor|protocol|typealias|associatedtype|subscript|macro)"
DECLARATION = re.compile(
    rf"\s*(?:{ATTRIBUTE}\s+)*(?:{MODIFIER}\s+)*(public|open)\s+(?:{ATTRIBUTE}\s+)*(?:{MODIFIER}\s+)*{KEYWORD}\b.*")
REQUIREMENT = re.compile(rf"\s*(?:{ATTRIBUTE}\s+)*(?:{MODIFIER}\s+)*{KEYWORD}\b.*")
PROTOCOL = re.compile(r"(\s*)(?:@\w+\s+)*(?:public|open)\s+protocol\b")
# What is in it is public without saying so, which nobody sees at the member, nor does this: it is always printed.
EXTENSION = re.compile(rf"\s*(?:{ATTRIBUTE}\s+)*public\s+extension\b")
COMMENT = re.compile(r"\s*///\s*\S")
BETWEEN = re.compile(rf"\s*(?:{ATTRIBUTE}\s*)+$|\s*// swift-format-ignore\b")
KNOWN = re.compile(r"\bfunc\s+(?:==|<)\s*\(|\bfunc\s+hash\(into\b|\binit\(from\s+\w+:\s*(?:any\s+)?Decoder\b"
                   r"|\bfunc\s+encode\(to\s+\w+:\s*(?:any\s+)?Encoder\b")
TEXT_QUOTES = '"""'


def public_lines(lines):
    """The places of the public declarations of a file; the lines of a long text are none."""
    is_text = False
    requirements = None
    for place, line in enumerate(lines):
        was_text = is_text
        is_text ^= line.count(TEXT_QUOTES) % 2 == 1
        if was_text:
            continue
        if requirements is not None and line.rstrip() == requirements + "}":
            requirements = None
        if EXTENSION.match(line) or DECLARATION.match(line):
            yield place
        elif requirements is not None and line.startswith(requirements + "  ") and REQUIREMENT.match(line):
            yield place
        protocol = PROTOCOL.match(line)
        if protocol and not line.rstrip().endswith("}"):
            requirements = protocol[1]


def has_comment(lines, place):
    """Whether a documentation comment ends right above a declaration or its attributes."""
    above = place - 1
    while above >= 0 and BETWEEN.match(lines[above]):
        above -= 1
    return above >= 0 and COMMENT.match(lines[above]) is not None


def main():
    sources = Path(sys.argv[1])
    count = 0
    missing = []
    for path in sorted(sources.rglob("*.swift")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for place in public_lines(lines):
            if KNOWN.search(lines[place]):
                continue
            count += 1
            if EXTENSION.match(lines[place]) or not has_comment(lines, place):
                missing.append(f"{path}:{place + 1}: {lines[place].strip()}")
    for each in missing:
        print(each, file=sys.stderr)
    print(f"{count} public symbols, {len(missing)} without a documentation comment")
    return 1 if missing or not count else 0


if __name__ == "__main__":
    sys.exit(main())
