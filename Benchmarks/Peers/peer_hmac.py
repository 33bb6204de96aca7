"""HMAC-SHA-256 as each tool writes it, under the one key that all peers share.

The key is ASCII because polars-hash takes a string. Sluice derives its key from a root key, so its pseudonyms are
others; check.py knows both keys. A pseudonym is the first 128 bits, here as hex.
"""
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars

KEY = bytes(range(32))


def by_python(account: str) -> str:
    return hmac.digest(KEY, account.encode(), "sha256")[:16].hex()


def by_polars(account: "polars.Expr") -> "polars.Expr":
    import polars_hash  # noqa: F401 (it adds `chash` to every expression)

    return account.chash.hmac_sha256(key=KEY.decode("ascii")).str.slice(0, 32)


def by_duckdb(account: str) -> str:
    """DuckDB has no HMAC, but RFC 2104 composes it from two digests: H(K ^ opad, H(K ^ ipad, text))."""
    block = KEY.ljust(64, b"\0")
    inner, outer = (f"unhex('{bytes(byte ^ pad for byte in block).hex()}')" for pad in (0x36, 0x5C))
    return f"left(sha256({outer} || unhex(sha256({inner} || encode({account})))), 32)"


def by_chdb(account: str) -> str:
    return f"lower(hex(substring(HMAC('sha256', {account}, unhex('{KEY.hex()}')), 1, 16)))"
