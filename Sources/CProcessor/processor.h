/* What a processor can do and Swift has no word for. */
#ifndef CPROCESSOR_H
#define CPROCESSOR_H

/* Begins to bring a line of memory near, to be written or read soon, and waits for nothing. */
static inline void sluice_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }

#endif
