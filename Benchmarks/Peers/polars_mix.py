"""Category `mix` of Documents/mix-policies/US.yaml by Polars: polars_mix.py SOURCE TARGET

One projection for all kinds, in which what a kind lacks is null. It does not keep kinds apart: a position in a message
would leave too.
"""
import sys

import polars
from polars import Float64, Int64, List, String, Struct, col

from peer_hmac import by_polars

source, target = sys.argv[1:]
texts = ["kind", "timestamp", "sender", "type", "from", "to", "event", "media", "account"]
records = polars.scan_ndjson(source, schema=dict.fromkeys(texts, String) | {
    "recipients": List(String), "client": Struct({"ip": String}), "seconds": Int64,
    "position": Struct({"lat": Float64, "lon": Float64})})
minute = col("seconds") // 60 * 60
address = col("client").struct.field("ip")
records.select(
    "kind",
    col("timestamp").str.slice(0, 13) + "Z",
    by_polars(col("sender")),
    col("recipients").list.eval(by_polars(polars.element())),
    address.str.replace(r"[.]\d+$", ".0/24").str.replace(r"^((?:[0-9a-f]+:){3}).*", "${1}:/48").alias("client_ip"),
    "type",
    by_polars(col("from")),
    by_polars(col("to")),
    "event",
    "media",
    polars.format("{}-{}", minute, minute + 59).alias("seconds"),
    by_polars(col("account")),
    (col("position").struct.field("lat") * 10).floor() / 10,
    (col("position").struct.field("lon") * 10).floor() / 10,
).sink_ndjson(target)
