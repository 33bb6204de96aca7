"""Category `coarse` of Documents/policies/US.yaml by a loop of Python with orjson: python_minimize.py SOURCE TARGET"""
import math
import sys

import orjson

from peer_hmac import by_python

source, target = sys.argv[1:]
with open(source, "rb") as records, open(target, "wb") as output:
    for line in records:
        record = orjson.loads(line)
        output.write(orjson.dumps({
            "kind": record["kind"],
            "sent_at": record["sent_at"][:13] + "Z",
            "sender": by_python(record["sender"]),
            "recipient": by_python(record["recipient"]),
            "type": record["type"],
            "client_ip": record["client_ip"].rpartition(".")[0] + ".0/24",
            "lat": math.floor(record["lat"] * 10) / 10,
            "lon": math.floor(record["lon"] * 10) / 10,
        }) + b"\n")
