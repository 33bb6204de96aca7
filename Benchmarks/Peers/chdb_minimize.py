"""Category `coarse` of Documents/policies/US.yaml by chDB: chdb_minimize.py SOURCE TARGET (.ndjson or .csv in)

It hands blocks from thread to thread, so its rows come in another order.
"""
import sys

import chdb

from peer_hmac import by_chdb

source, target = sys.argv[1:]
form = "CSVWithNames" if source.endswith(".csv") else "JSONEachRow"
texts = ["kind", "sent_at", "sender", "recipient", "type", "client_ip"]
columns = ", ".join([f"{name} String" for name in texts] + ["lat Float64", "lon Float64"])
chdb.query(f"""
    SELECT
        kind,
        concat(substring(sent_at, 1, 13), 'Z') AS sent_at,
        {by_chdb('sender')} AS sender,
        {by_chdb('recipient')} AS recipient,
        type,
        replaceRegexpOne(client_ip, '[.][0-9]+$', '.0/24') AS client_ip,
        floor(lat * 10) / 10 AS lat,
        floor(lon * 10) / 10 AS lon
    FROM file('{source}', '{form}', '{columns}')
    INTO OUTFILE '{target}' TRUNCATE FORMAT JSONEachRow
    SETTINGS input_format_skip_unknown_fields = 1, output_format_json_escape_forward_slashes = 0""")
