"""The job of Documents/policies/US.yaml, category `coarse`, by Polars and polars-hash: polars_job.py SOURCE TARGET"""
import sys

import polars
import polars_hash

KEY = bytes(range(32)).decode("ascii")


def pseudonym(name: str) -> polars.Expr:
    return polars_hash.col(name).chash.hmac_sha256(key=KEY).str.slice(0, 32)


def degrees(name: str) -> polars.Expr:
    return (polars.col(name) * 10).floor() / 10


columns = {name: polars.String for name in ["kind", "sent_at", "sender", "recipient", "type", "client_ip"]}
records = polars.scan_ndjson(sys.argv[1], schema=columns | {"lat": polars.Float64, "lon": polars.Float64})
records.select(
    "kind",
    polars.col("sent_at").str.slice(0, 13) + "Z",
    pseudonym("sender"),
    pseudonym("recipient"),
    "type",
    polars.col("client_ip").str.replace(r"[.]\d+$", ".0/24"),
    degrees("lat"),
    degrees("lon"),
).sink_ndjson(sys.argv[2])
