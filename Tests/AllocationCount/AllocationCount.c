/* The allocator of the test executable: glibc's own, with a count in front of it.

   Symbols of an executable come before those of its libraries, so Swift's runtime, Foundation and libcrypto allocate by
   these functions too. A realloc counts as an allocation, since it may be one. */
#include "AllocationCount.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_SANITIZER)

/* What glibc's malloc and its kin are called besides; no header declares them. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

/* Of the executable's own block, so that reaching it never allocates. */
static __thread uint64_t thread_count __attribute__((tls_model("initial-exec")));
static uint64_t process_count;

static void count_one(void) {
  thread_count++;
  __atomic_fetch_add(&process_count, 1, __ATOMIC_RELAXED);
}

void *malloc(size_t size) {
  count_one();
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  count_one();
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  count_one();
  return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count_one();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
  count_one();
  void *allocated = __libc_memalign(alignment, size);
  if (allocated == NULL) return ENOMEM;
  *memory = allocated;
  return 0;
}

void free(void *memory) { __libc_free(memory); }

bool allocation_count_is_available(void) { return true; }

uint64_t allocation_count_of_thread(void) { return thread_count; }

uint64_t allocation_count_of_process(void) { return __atomic_load_n(&process_count, __ATOMIC_RELAXED); }

#else

bool allocation_count_is_available(void) { return false; }

uint64_t allocation_count_of_thread(void) { return 0; }

uint64_t allocation_count_of_process(void) { return 0; }

#endif
