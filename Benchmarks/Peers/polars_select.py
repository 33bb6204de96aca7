"""Category `selected` of Documents/policies/US.yaml by Polars: polars_select.py SOURCE TARGET SUBJECTS"""
import pathlib
import sys

import polars
from polars import String, col

from peer_hmac import by_polars

source, target, subjects_file = sys.argv[1:]
subjects = pathlib.Path(subjects_file).read_text().split()


def unless_subject(name: str) -> polars.Expr:
    return polars.when(col(name).is_in(subjects)).then(col(name)).otherwise(by_polars(col(name))).alias(name)


records = polars.scan_ndjson(source, schema=dict.fromkeys(["kind", "sent_at", "sender", "recipient", "type"], String))
records.filter(col("sender").is_in(subjects) | col("recipient").is_in(subjects)).select(
    "kind",
    col("sent_at").str.slice(0, 13) + "Z",
    unless_subject("sender"),
    unless_subject("recipient"),
    "type",
).sink_ndjson(target)
