#!/usr/bin/env python3
"""Writes records for the comparison with other tools: messages.py COUNT SEED repeat|unique|mix [ndjson|csv]

    repeat  flat messages of about 346 bytes; accounts come from a pool of 50,000, a few of them in most records, as in
            real traffic
    unique  the same, but no account comes twice
    mix     81 % messages, 18 % calls and 1 % locations, with nested objects and arrays: what a provider's logs hold

`csv` writes the flat messages as CSV, the same records as `ndjson` writes. The same arguments give the same bytes: only
`random` and `getrandbits` are drawn from, which stay the same from one version of Python to the next. Nothing here is
anybody's: addresses come from the ranges for documentation (RFC 5737, RFC 3849), numbers are counted up and scattered.
"""
import itertools
import random
import sys
from collections.abc import Callable, Iterator

POOL_SIZE = 50_000
TYPES = ["text"] * 8 + ["image", "audio", "video", "document", "sticker", "location"]
PLATFORMS = ["android", "ios", "web", "desktop"]
CALLING_CODES = ["1", "33", "44", "49", "55", "62", "81", "91", "234", "852"]
EVENTS = ["offer", "accept", "terminate"]
ADDRESSES = [f"{net}.{host}" for net in ["192.0.2", "198.51.100", "203.0.113"] for host in range(1, 255)]

FLAT_NAMES = [
    "kind", "id", "sent_at", "sender", "recipient", "conversation", "type", "size", "client_ip", "lat", "lon", "device",
    "platform", "push_name"]
FLAT_NDJSON = (
    '{"kind":"message","id":"%016x","sent_at":"%s","sender":"%s","recipient":"%s","conversation":"c-%08x","type":"%s",'
    '"size":%d,"client_ip":"%s","lat":%.6f,"lon":%.6f,"device":"%s","platform":"%s","push_name":"User \\u00e9 %d"}\n')
FLAT_CSV = "message,%016x,%s,%s,%s,c-%08x,%s,%d,%s,%.6f,%.6f,%s,%s,User \u00e9 %d\n"

MESSAGE = (
    '{"kind":"message","id":"%016x","timestamp":"%s","sender":"%s","recipients":["%s"],'
    '"client":{"ip":"%s","port":%d,"device":"%s"},"type":"%s","size":%d,"push_name":"User \\u00e9 %d"}\n')
CALL = '{"kind":"call","id":"%016x","timestamp":"%s","from":"%s","to":"%s","event":"%s","media":"%s"%s}\n'
LOCATION = (
    '{"kind":"location","timestamp":"%s","account":"%s","position":{"lat":%.6f,"lon":%.6f,"accuracy":%d},'
    '"source":"gps"}\n')


def number(index: int) -> str:
    """An account's number. The factor is prime to 10^9, so no two of the first 10^9 are equal."""
    return f"+{CALLING_CODES[index % 10]}{(index * 618_033_989 + 123_456_789) % 1_000_000_000:09d}"


def pool() -> list[str]:
    """The accounts of `repeat` and `mix`, the most frequent ones first."""
    return [number(index) for index in range(POOL_SIZE)]


def instants(uniform: Callable[[], float]) -> Iterator[str]:
    """Times that rise by 20 ms on average; January 2026 lasts for 130 million of them."""
    milliseconds, second, prefix = 0, -1, ""
    while True:
        milliseconds += int(40 * uniform())
        if milliseconds // 1000 != second:
            second = milliseconds // 1000
            minute, hour = second // 60, second // 3600
            prefix = f"2026-01-{1 + hour // 24:02d}T{hour % 24:02d}:{minute % 60:02d}:{second % 60:02d}."
        yield f"{prefix}{milliseconds % 1000:03d}Z"


def accounts(uniform: Callable[[], float], repeat: bool) -> Iterator[str]:
    if not repeat:
        yield from map(number, itertools.count())
    known = pool()
    while True:
        # The cube puts half of all draws into an eighth of the pool.
        yield known[int(POOL_SIZE * uniform() ** 3)]


def device(bits: int) -> str:
    digits = f"{bits:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def flat(count: int, seed: int, repeat: bool, form: str) -> Iterator[str]:
    generator = random.Random(seed)
    uniform, bits = generator.random, generator.getrandbits
    account, time = accounts(uniform, repeat), instants(uniform)
    for index in range(count):
        yield form % (
            bits(64), next(time), next(account), next(account), bits(32), TYPES[int(14 * uniform())],
            1 + int(199_999 * uniform()), ADDRESSES[int(762 * uniform())], 130 * uniform() - 60, 360 * uniform() - 180,
            device(bits(128)), PLATFORMS[bits(2)], index % 977)


def mixed(count: int, seed: int) -> Iterator[str]:
    generator = random.Random(seed)
    uniform, bits = generator.random, generator.getrandbits
    account, time = accounts(uniform, True), instants(uniform)

    def address() -> str:
        if uniform() < 0.9:
            return ADDRESSES[int(762 * uniform())]
        # No group begins with a zero, so this is the canonical form.
        return "2001:db8:" + ":".join([f"{0x1000 + int(0xF000 * uniform()):x}" for _ in range(6)])

    for index in range(count):
        kind = uniform()
        if kind < 0.81:
            # One message in five goes to a group.
            recipients = 1 if uniform() < 0.8 else 2 + bits(3)
            yield MESSAGE % (
                bits(64), next(time), next(account), '","'.join([next(account) for _ in range(recipients)]),
                address(), 1024 + bits(15), device(bits(128)), TYPES[int(14 * uniform())],
                1 + int(199_999 * uniform()), index % 977)
        elif kind < 0.99:
            event = EVENTS[int(3 * uniform())]
            # The end of a call has a duration, and half of the ends have no address.
            rest = f',"seconds":{int(3600 * uniform())}' if event == "terminate" else ""
            if not rest or uniform() < 0.5:
                rest += f',"client":{{"ip":"{address()}","port":{1024 + bits(15)}}}'
            yield CALL % (
                bits(64), next(time), next(account), next(account), event, ["audio", "video"][bits(1)], rest)
        else:
            yield LOCATION % (next(time), next(account), 130 * uniform() - 60, 360 * uniform() - 180, 3 + bits(6))


def main() -> None:
    if len(sys.argv) not in [4, 5] or sys.argv[3] not in ["repeat", "unique", "mix"]:
        sys.exit(__doc__)
    count, seed, mode = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    csv = sys.argv[4:] == ["csv"]
    if mode == "mix":
        if csv:
            sys.exit("the mix is nested, so it has no CSV")
        lines = mixed(count, seed)
    else:
        lines = flat(count, seed, mode == "repeat", FLAT_CSV if csv else FLAT_NDJSON)
    output = open(sys.stdout.fileno(), "w", encoding="utf-8", newline="\n")
    if csv:
        output.write(",".join(FLAT_NAMES) + "\n")
    while batch := "".join(itertools.islice(lines, 10_000)):
        output.write(batch)
    output.close()


if __name__ == "__main__":
    main()
