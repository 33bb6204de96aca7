"""Category `selected` of US.yaml by a loop of Python with orjson: python_select.py SOURCE TARGET SUBJECTS"""
import pathlib
import sys

import orjson

from peer_hmac import by_python

source, target, subjects_file = sys.argv[1:]
subjects = set(pathlib.Path(subjects_file).read_text().split())


def unless_subject(account: str) -> str:
    return account if account in subjects else by_python(account)


with open(source, "rb") as records, open(target, "wb") as output:
    for line in records:
        record = orjson.loads(line)
        if record["sender"] in subjects or record["recipient"] in subjects:
            output.write(orjson.dumps({
                "kind": record["kind"],
                "sent_at": record["sent_at"][:13] + "Z",
                "sender": unless_subject(record["sender"]),
                "recipient": unless_subject(record["recipient"]),
                "type": record["type"],
            }) + b"\n")
