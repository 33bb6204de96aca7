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

/* Which of sixteen bytes end a bare cell, or may not stand in one: a separator, a quote, a carriage return. */
static inline uint32_t sluice_cell_stops(const uint8_t *start, uint8_t separator) {
  sluice_bytes16 bytes;
  memcpy(&bytes, start, sizeof bytes);
  return sluice_mask16((bytes == separator) | (bytes == '"') | (bytes == '\r'));
}

#endif
