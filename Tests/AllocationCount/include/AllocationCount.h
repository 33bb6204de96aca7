/* Counts what the test process allocates; part of no product. */
#ifndef ALLOCATION_COUNT_H
#define ALLOCATION_COUNT_H

#include <stdbool.h>
#include <stdint.h>

/* Whether allocations are counted: with glibc, and not where a sanitizer has an allocator of its own. */
bool allocation_count_is_available(void);

/* Allocations of the calling thread since it began. */
uint64_t allocation_count_of_thread(void);

/* Allocations of all threads since the process began. */
uint64_t allocation_count_of_process(void);

#endif
