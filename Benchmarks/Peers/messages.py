#!/usr/bin/env python3
"""Writes flat message records as NDJSON for the comparison with other tools: messages.py COUNT SEED repeat|unique

With `repeat`, accounts come from a pool of 50,000, a few of them in most records, as real traffic has it; with `unique`
no account comes twice. The same arguments give the same bytes. All values are random and nobody's.
"""
import datetime
import random
import sys

TYPES = ["text"] * 8 + ["image", "audio", "video", "document", "sticker", "location"]
PLATFORMS = ["android", "ios", "web", "desktop"]
CALLING_CODES = ["1", "33", "44", "49", "55", "62", "81", "91", "234", "852"]
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def main() -> None:
    count, seed, mode = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    generator = random.Random(seed)

    def number() -> str:
        return "+" + generator.choice(CALLING_CODES) + f"{generator.randrange(10**9):09d}"

    pool = [number() for _ in range(50_000)]

    def account() -> str:
        if mode == "unique":
            return number()
        # The cube puts half of all draws into an eighth of the pool.
        return pool[int(len(pool) * generator.random() ** 3)]

    milliseconds = 0
    for index in range(count):
        milliseconds += generator.randrange(40)
        sent_at = (START + datetime.timedelta(milliseconds=milliseconds)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        device = f"{generator.getrandbits(128):032x}"
        device = "-".join([device[:8], device[8:12], device[12:16], device[16:20], device[20:]])
        octets = [generator.randrange(1, 224)] + [generator.randrange(256) for _ in range(2)]
        octets.append(generator.randrange(1, 255))
        sys.stdout.write(
            f'{{"kind":"message","id":"{generator.getrandbits(64):016x}","sent_at":"{sent_at}Z",'
            f'"sender":"{account()}","recipient":"{account()}","conversation":"c-{generator.getrandbits(32):08x}",'
            f'"type":"{generator.choice(TYPES)}","size":{generator.randrange(1, 200_000)},'
            f'"client_ip":"{".".join(map(str, octets))}","lat":{generator.uniform(-60, 70):.6f},'
            f'"lon":{generator.uniform(-180, 180):.6f},"device":"{device}",'
            f'"platform":"{generator.choice(PLATFORMS)}","push_name":"User \\u00e9 {index % 977}"}}\n')


if __name__ == "__main__":
    main()
