"""Category `selected` of Documents/policies/US.yaml by DuckDB: duckdb_select.py SOURCE TARGET SUBJECTS"""
import sys

import duckdb

from peer_hmac import by_duckdb

source, target, subjects_file = sys.argv[1:]
columns = dict.fromkeys(["kind", "sent_at", "sender", "recipient", "type"], "VARCHAR")
duckdb.sql(f"""
    CREATE TABLE subjects AS
        SELECT account FROM read_csv('{subjects_file}', header = false, columns = {{'account': 'VARCHAR'}})""")


def unless_subject(name: str) -> str:
    return f"CASE WHEN {name} IN (FROM subjects) THEN {name} ELSE {by_duckdb(name)} END AS {name}"


duckdb.sql(f"""
    COPY (
        SELECT
            kind,
            sent_at[:13] || 'Z' AS sent_at,
            {unless_subject('sender')},
            {unless_subject('recipient')},
            type
        FROM read_json('{source}', format = 'newline_delimited', columns = {columns})
        WHERE sender IN (FROM subjects) OR recipient IN (FROM subjects)
    ) TO '{target}' (FORMAT json)""")
