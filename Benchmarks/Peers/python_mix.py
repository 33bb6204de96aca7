"""Category `mix` of Documents/mix-policies/US.yaml by a loop of Python with orjson: python_mix.py SOURCE TARGET"""
import math
import sys
from typing import Any

import orjson

from peer_hmac import by_python

Record = dict[str, Any]


def network(record: Record) -> str | None:
    address = record.get("client", {}).get("ip")
    if address is None:
        return None
    if ":" in address:
        return ":".join(address.split(":")[:3]) + "::/48"
    return address.rpartition(".")[0] + ".0/24"


def bucket(seconds: int | None) -> str | None:
    return None if seconds is None else f"{seconds // 60 * 60}-{seconds // 60 * 60 + 59}"


def message(record: Record) -> Record:
    return {
        "sender": by_python(record["sender"]),
        "recipients": [by_python(account) for account in record["recipients"]],
        "client_ip": network(record),
        "type": record["type"],
    }


def call(record: Record) -> Record:
    return {
        "from": by_python(record["from"]),
        "to": by_python(record["to"]),
        "event": record["event"],
        "media": record["media"],
        "seconds": bucket(record.get("seconds")),
        "client_ip": network(record),
    }


def location(record: Record) -> Record:
    position = record["position"]
    return {
        "account": by_python(record["account"]),
        "lat": math.floor(position["lat"] * 10) / 10,
        "lon": math.floor(position["lon"] * 10) / 10,
    }


kinds = {"message": message, "call": call, "location": location}
with open(sys.argv[1], "rb") as records, open(sys.argv[2], "wb") as output:
    for line in records:
        record = orjson.loads(line)
        time = record["timestamp"][:13] + "Z"
        output.write(orjson.dumps({"kind": record["kind"], "timestamp": time} | kinds[record["kind"]](record)) + b"\n")
