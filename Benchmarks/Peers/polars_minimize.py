"""Category `coarse` of Documents/policies/US.yaml by Polars: polars_minimize.py SOURCE TARGET (.ndjson or .csv in)"""
import sys

import polars
from polars import Float64, String, col

from messages import FLAT_NAMES
from peer_hmac import by_polars

source, target = sys.argv[1:]
texts = ["kind", "sent_at", "sender", "recipient", "type", "client_ip"]
types = dict.fromkeys(texts, String) | {"lat": Float64, "lon": Float64}
if source.endswith(".csv"):
    records = polars.scan_csv(source, schema={name: types.get(name, String) for name in FLAT_NAMES})
else:
    records = polars.scan_ndjson(source, schema=types)
records.select(
    "kind",
    col("sent_at").str.slice(0, 13) + "Z",
    by_polars(col("sender")),
    by_polars(col("recipient")),
    "type",
    col("client_ip").str.replace(r"[.]\d+$", ".0/24"),
    (col("lat") * 10).floor() / 10,
    (col("lon") * 10).floor() / 10,
).sink_ndjson(target)
