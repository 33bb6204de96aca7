"""Category `mix` of Documents/mix-policies/US.yaml by DuckDB: duckdb_mix.py SOURCE TARGET

One projection for all kinds, in which what a kind lacks is null. It does not keep kinds apart: a position in a message
would leave too.
"""
import sys

import duckdb

from peer_hmac import by_duckdb

source, target = sys.argv[1:]
texts = ["kind", "timestamp", "sender", "type", "from", "to", "event", "media", "account"]
columns = dict.fromkeys(texts, "VARCHAR") | {
    "recipients": "VARCHAR[]", "client": "STRUCT(ip VARCHAR)", "seconds": "BIGINT",
    "position": "STRUCT(lat DOUBLE, lon DOUBLE)"}
duckdb.sql(f"""
    COPY (
        SELECT
            kind,
            "timestamp"[:13] || 'Z' AS "timestamp",
            {by_duckdb('sender')} AS sender,
            list_transform(recipients, lambda recipient: {by_duckdb('recipient')}) AS recipients,
            regexp_replace(
                regexp_replace(client.ip, '[.][0-9]+$', '.0/24'), '^(([0-9a-f]+:){{3}}).*', '\\1:/48') AS client_ip,
            type,
            {by_duckdb('"from"')} AS "from",
            {by_duckdb('"to"')} AS "to",
            event,
            media,
            (seconds // 60 * 60) || '-' || (seconds // 60 * 60 + 59) AS seconds,
            {by_duckdb('account')} AS account,
            floor(position.lat * 10) / 10 AS lat,
            floor(position.lon * 10) / 10 AS lon
        FROM read_json('{source}', format = 'newline_delimited', columns = {columns})
    ) TO '{target}' (FORMAT json)""")
