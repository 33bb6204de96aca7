/* What a processor can do and Swift has no word for: inlined into the Swift that calls it. */
#ifndef CPROCESSOR_H
#define CPROCESSOR_H

#include <stdint.h>
#include <string.h>

/* Begins to bring a line of memory near, to be written or read soon, and waits for nothing. */
static inline void sluice_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }

typedef uint8_t sluice_bytes16 __attribute__((vector_size(16)));
typedef int8_t sluice_marks16 __attribute__((vector_size(16)));

/* A bit for each of sixteen bytes whose mark is all ones, the first byte's the lowest. */
static inline uint32_t sluice_mask16(sluice_marks16 marks) {
#if defined(__SSE2__)
  typedef char chars __attribute__((vector_size(16)));
  return (uint32_t)__builtin_ia32_pmovmskb128((chars)marks);
#else
  uint64_t halves[2];
  memcpy(halves, &marks, sizeof halves);
  uint32_t low = (uint32_t)((halves[0] & 0x8040201008040201u) * 0x0101010101010101u >> 56);
  uint32_t high = (uint32_t)((halves[1] & 0x8040201008040201u) * 0x0101010101010101u >> 56);
  return low | high << 8;
#endif
}

/* Which of sixteen bytes end or interrupt a JSON string: a quote, a backslash, a control character. */
static inline uint32_t sluice_string_stops(const uint8_t *start) {
  sluice_bytes16 bytes;
  memcpy(&bytes, start, sizeof bytes);
  return sluice_mask16((bytes == '"') | (bytes == '\\') | (bytes < 0x20));
}

/* The length of the plain number at `start`, and 0 where it is none or longer than fifteen bytes: digits, a minus before
   and a point among them, and no zero in front of another digit. What follows is for the caller to look at. */
static inline int sluice_plain_number(const uint8_t *start) {
  sluice_bytes16 bytes;
  memcpy(&bytes, start, sizeof bytes);
  uint32_t digits = sluice_mask16((bytes - '0') < 10);
  uint32_t points = sluice_mask16(bytes == '.');
  uint32_t first = start[0] == '-';
  int length = __builtin_ctz(~(digits | points | first));
  points &= (1u << length) - 1;
  /* A digit at either end and beside a point, and one point at most. */
  uint32_t edges = 1u << first | 1u << length >> 1;
  int is_plain = length < 16 && (edges & ~digits) == 0 && (points & (points - 1)) == 0
    && (start[first] != '0' || (digits >> first & 2) == 0);
  return is_plain ? length : 0;
}

/* How many bytes stand before the first that is a given one, or all: for texts of a few, where to call memchr costs more
   than to look. */
static inline int64_t sluice_find(const uint8_t *start, int64_t count, uint8_t byte) {
  int64_t position = 0;
  for (; position + 16 <= count; position += 16) {
    sluice_bytes16 bytes;
    memcpy(&bytes, start + position, sizeof bytes);
    uint32_t found = sluice_mask16(bytes == byte);
    if (found != 0) return position + __builtin_ctz(found);
  }
  while (position < count && start[position] != byte) position++;
  return position;
}

/* Whether 64 bytes are ASCII. */
static inline int sluice_is_ascii(const uint8_t *start) {
  sluice_bytes16 parts[4];
  memcpy(parts, start, sizeof parts);
  return sluice_mask16((sluice_marks16)(parts[0] | parts[1] | parts[2] | parts[3]) < 0) == 0;
}

/* Which of 64 bytes are not ASCII. */
static inline uint64_t sluice_beyond_ascii(const uint8_t *start) {
  uint64_t marked = 0;
  for (int part = 0; part < 4; part++) {
    sluice_marks16 bytes;
    memcpy(&bytes, start + 16 * part, sizeof bytes);
    uint64_t marks = sluice_mask16(bytes < 0);
    marked |= marks << (16 * part);
  }
  return marked;
}

/* Which of 64 bytes end a bare cell, or may not stand in one: a separator, a quote, a carriage return. */
static inline uint64_t sluice_cell_stops(const uint8_t *start, uint8_t separator) {
  uint64_t stops = 0;
  for (int part = 0; part < 4; part++) {
    sluice_bytes16 bytes;
    memcpy(&bytes, start + 16 * part, sizeof bytes);
    uint64_t marks = sluice_mask16((bytes == separator) | (bytes == '"') | (bytes == '\r'));
    stops |= marks << (16 * part);
  }
  return stops;
}

/* Eight bytes up to sixteen of a text, the rest zeros. */
static inline sluice_bytes16 sluice_short_text(const uint8_t *text, size_t count) {
  uint64_t halves[2];
  memcpy(&halves[0], text, sizeof halves[0]);
  memcpy(&halves[1], text + count - 8, sizeof halves[1]);
  halves[1] = count == 8 ? 0 : halves[1] >> (8 * (16 - count));
  sluice_bytes16 bytes;
  memcpy(&bytes, halves, sizeof bytes);
  return bytes;
}

/* Where dots stand in a text of eight bytes up to fifteen, a bit each; none where anything but digits stands between. */
static inline uint32_t sluice_dots_among_digits(const uint8_t *text, size_t count) {
  sluice_bytes16 bytes = sluice_short_text(text, count);
  uint32_t dots = sluice_mask16(bytes == '.');
  uint32_t digits = sluice_mask16((bytes - '0') < 10);
  return (dots | digits) == (1u << count) - 1 ? dots : 0;
}

/* 10 to the power of `exponent`, 0 to 19: a table costs a load, and Swift's choice among twenty a jump. */
static inline uint64_t sluice_power_of_ten(int exponent) {
  static const uint64_t powers[20] = {
    1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u, 10000000000u,
    100000000000u, 1000000000000u, 10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u,
    100000000000000000u, 1000000000000000000u, 10000000000000000000u,
  };
  return powers[exponent];
}

/* The text of a number and a dot after it, the first character in the lowest byte: a table costs a load. */
static inline uint32_t sluice_octet(uint8_t number) {
#define SLUICE_TEXT(n) \
  (n < 10 ? '0' + n + ('.' << 8) \
   : n < 100 ? '0' + n / 10 + (('0' + n % 10) << 8) + ('.' << 16) \
             : '0' + n / 100 + (('0' + n / 10 % 10) << 8) + (('0' + n % 10) << 16) + ('.' << 24))
#define SLUICE_TEXTS_4(n) SLUICE_TEXT(n), SLUICE_TEXT((n + 1)), SLUICE_TEXT((n + 2)), SLUICE_TEXT((n + 3))
#define SLUICE_TEXTS_16(n) SLUICE_TEXTS_4(n), SLUICE_TEXTS_4((n + 4)), SLUICE_TEXTS_4((n + 8)), SLUICE_TEXTS_4((n + 12))
#define SLUICE_TEXTS_64(n) \
  SLUICE_TEXTS_16(n), SLUICE_TEXTS_16((n + 16)), SLUICE_TEXTS_16((n + 32)), SLUICE_TEXTS_16((n + 48))
  static const uint32_t texts[256] = {
    SLUICE_TEXTS_64(0), SLUICE_TEXTS_64(64), SLUICE_TEXTS_64(128), SLUICE_TEXTS_64(192)};
#undef SLUICE_TEXT
#undef SLUICE_TEXTS_4
#undef SLUICE_TEXTS_16
#undef SLUICE_TEXTS_64
  return texts[number];
}

/* Words that several threads set bits of; no order between them is meant. */
static inline uint64_t sluice_load(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
static inline void sluice_or(uint64_t *word, uint64_t bits) { __atomic_fetch_or(word, bits, __ATOMIC_RELAXED); }

/* Writes the letters and digits of a text of eight bytes or more, letters in lower case and bytes beyond ASCII as they
   are, and returns how many they are. `target` has room for sixteen more than the text has. */
static inline size_t sluice_write_plain(const uint8_t *text, size_t count, uint8_t *target) {
  size_t written = 0;
  for (size_t position = 0; position < count; position += 16) {
    size_t rest = count - position;
    sluice_bytes16 bytes;
    uint32_t fresh = 0xFFFF;
    if (rest >= 16) {
      memcpy(&bytes, text + position, sizeof bytes);
    } else if (count >= 16) {
      /* The last sixteen, some of which are written already. */
      memcpy(&bytes, text + count - 16, sizeof bytes);
      fresh = 0xFFFFu << (16 - rest) & 0xFFFFu;
    } else {
      bytes = sluice_short_text(text, count);
    }
    bytes |= (sluice_bytes16)((bytes - 'A') < 26) & 0x20;
    uint32_t words = fresh & sluice_mask16(((bytes - 'a') < 26) | ((bytes - '0') < 10) | (bytes >= 0x80));
    unsigned __int128 lowered;
    memcpy(&lowered, &bytes, sizeof lowered);
    while (words != 0) {
      int start = __builtin_ctz(words);
      int length = __builtin_ctz(~(words >> start));
      unsigned __int128 run = lowered >> (8 * start);
      memcpy(target + written, &run, sizeof run);
      written += (size_t)length;
      words &= words + (1u << start);
    }
  }
  return written;
}

/* Whether 28 bytes at `start` are a pseudonym's: a letter, `a`, and 26 more of base32 in lower case. */
static inline int sluice_is_pseudonym(const uint8_t *start) {
  sluice_bytes16 head, tail;
  memcpy(&head, start, sizeof head);
  memcpy(&tail, start + 12, sizeof tail);
  uint32_t heads = sluice_mask16(((head - 'a') < 26) | ((head - '2') < 6));
  uint32_t tails = sluice_mask16(((tail - 'a') < 26) | ((tail - '2') < 6));
  return (heads & tails) == 0xFFFF && start[1] == 'a' && start[0] >= 'a';
}

/* Whether 20 bytes at `start` are an instant to the second: 2026-03-14T09:30:05Z. */
static inline int sluice_is_second(const uint8_t *start) {
  sluice_bytes16 bytes;
  memcpy(&bytes, start, sizeof bytes);
  uint32_t digits = sluice_mask16((bytes - '0') < 10);
  return digits == 0xDB6F && (start[0] == '1' || start[0] == '2') && start[5] <= '1' && start[8] <= '3'
    && start[4] == '-' && start[7] == '-' && start[10] == 'T' && start[13] == ':'
    && start[16] == ':' && start[17] - '0' < 10u && start[18] - '0' < 10u && start[19] == 'Z';
}

#endif
