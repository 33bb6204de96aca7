"""Category `coarse` of Documents/policies/US.yaml by DuckDB: duckdb_minimize.py SOURCE TARGET (.ndjson or .csv in)"""
import sys

import duckdb

from messages import FLAT_NAMES
from peer_hmac import by_duckdb

source, target = sys.argv[1:]
texts = ["kind", "sent_at", "sender", "recipient", "type", "client_ip"]
types = dict.fromkeys(texts, "VARCHAR") | {"lat": "DOUBLE", "lon": "DOUBLE"}
if source.endswith(".csv"):
    columns = {name: types.get(name, "VARCHAR") for name in FLAT_NAMES}
    records = f"read_csv('{source}', header = true, auto_detect = false, delim = ',', columns = {columns})"
else:
    records = f"read_json('{source}', format = 'newline_delimited', columns = {types})"
duckdb.sql(f"""
    COPY (
        SELECT
            kind,
            sent_at[:13] || 'Z' AS sent_at,
            {by_duckdb('sender')} AS sender,
            {by_duckdb('recipient')} AS recipient,
            type,
            regexp_replace(client_ip, '[.][0-9]+$', '.0/24') AS client_ip,
            floor(lat * 10) / 10 AS lat,
            floor(lon * 10) / 10 AS lon
        FROM {records}
    ) TO '{target}' (FORMAT json)""")
