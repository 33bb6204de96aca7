// Stands before the C library in one run of the command and fails as the environment says. Built by the harness.
//
// TORTURE_SHORT=N      reads and writes move at most N bytes
// TORTURE_EINTR=N      every N-th read, write, open and fsync is interrupted
// TORTURE_CALL=NAMES   calls that count, of those below; each thread's in one count, which strace does not do
// TORTURE_AT=N         the one that fails, and with TORTURE_STAYS every later one
// TORTURE_ERROR=E      it fails with this errno
// TORTURE_SIGNAL=S     or this signal is sent to the process, as by another process, and the call is made
// TORTURE_HIT=FILE     this file is made once the call was reached
// TORTURE_CLOCK=S      the clock of the day stands at S seconds since 1970
// TORTURE_MALLOC=N     the N-th allocation that libcrypto asks for fails, and with TORTURE_STAYS every later one
// TORTURE_COUNT=FILE   how many there were is written to this file
// TORTURE_VERSION=N    libcrypto says that it is of this version
// TORTURE_MAC=reuse    libcrypto does not start a MAC anew, as before 3.0.3
// TORTURE_MAC=flip     libcrypto's MACs have one bit wrong

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static long setting(const char *name) {
  const char *text = getenv(name);
  return text ? atol(text) : 0;
}

static long short_max, interrupted_each, signal_number, error_number, failing_step, failing_allocation, failing_stays, clock_seconds;
static int has_clock;
static const char *failing_calls;
static atomic_long calls, steps, allocations;
static uintptr_t crypto_start, crypto_end;

static int find_crypto(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size, (void)context;
  if (!strstr(object->dlpi_name, "libcrypto")) return 0;
  for (int part = 0; part < object->dlpi_phnum; part++) {
    uintptr_t start = object->dlpi_addr + object->dlpi_phdr[part].p_vaddr;
    uintptr_t end = start + object->dlpi_phdr[part].p_memsz;
    if (object->dlpi_phdr[part].p_type != PT_LOAD) continue;
    if (!crypto_start || start < crypto_start) crypto_start = start;
    if (end > crypto_end) crypto_end = end;
  }
  return 1;
}

__attribute__((constructor)) static void prepare(void) {
  short_max = setting("TORTURE_SHORT");
  interrupted_each = setting("TORTURE_EINTR");
  signal_number = setting("TORTURE_SIGNAL");
  error_number = setting("TORTURE_ERROR");
  failing_step = setting("TORTURE_AT");
  failing_calls = getenv("TORTURE_CALL");
  failing_stays = setting("TORTURE_STAYS");
  has_clock = getenv("TORTURE_CLOCK") != NULL;
  clock_seconds = setting("TORTURE_CLOCK");
  dl_iterate_phdr(find_crypto, NULL);
  failing_allocation = setting("TORTURE_MALLOC");
}

static int is_interrupted(void) {
  if (!interrupted_each || atomic_fetch_add(&calls, 1) % interrupted_each != interrupted_each - 1) return 0;
  errno = EINTR;
  return 1;
}

// Whether a call shall fail; sends the signal where that is what it shall do.
static int is_failing_call(const char *name) {
  if (!failing_calls || !strstr(failing_calls, name)) return 0;
  long number = atomic_fetch_add(&steps, 1) + 1;
  if (number != failing_step && !(failing_stays && number > failing_step)) return 0;
  const char *hit = getenv("TORTURE_HIT");
  if (hit && number == failing_step) syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, hit, O_WRONLY | O_CREAT, 0600));
  if (signal_number) kill(getpid(), (int)signal_number);
  if (error_number) errno = (int)error_number;
  return error_number != 0;
}

static int fails(const char *name) { return is_failing_call(name) || is_interrupted(); }

static size_t shortened(size_t count) { return short_max && count > (size_t)short_max ? (size_t)short_max : count; }

ssize_t read(int file, void *buffer, size_t count) {
  return fails("read") ? -1 : NEXT(read)(file, buffer, shortened(count));
}

ssize_t pread(int file, void *buffer, size_t count, off_t offset) {
  return fails("read") ? -1 : NEXT(pread)(file, buffer, shortened(count), offset);
}

ssize_t write(int file, const void *buffer, size_t count) {
  return fails("write") ? -1 : NEXT(write)(file, buffer, shortened(count));
}

// What SQLite writes by.
ssize_t pwrite64(int file, const void *buffer, size_t count, off64_t offset) {
  return is_failing_call("write") ? -1 : NEXT(pwrite64)(file, buffer, count, offset);
}

int ftruncate64(int file, off64_t length) { return is_failing_call("write") ? -1 : NEXT(ftruncate64)(file, length); }

int fsync(int file) { return fails("sync") ? -1 : NEXT(fsync)(file); }

int fdatasync(int file) { return is_failing_call("sync") ? -1 : NEXT(fdatasync)(file); }

int syncfs(int file) { return is_failing_call("sync") ? -1 : NEXT(syncfs)(file); }

// What Linux does: the descriptor is gone though the call fails.
int close(int file) {
  int result = NEXT(close)(file);
  return is_failing_call("close") ? -1 : result;
}

int openat(int folder, const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (flags & O_CREAT && is_failing_call("create")) return -1;
  return fails("open") ? -1 : NEXT(openat)(folder, path, flags, mode);
}

int mkdirat(int folder, const char *path, mode_t mode) {
  return is_failing_call("mkdir") ? -1 : NEXT(mkdirat)(folder, path, mode);
}

int unlinkat(int folder, const char *path, int flags) {
  return is_failing_call("unlink") ? -1 : NEXT(unlinkat)(folder, path, flags);
}

int renameat2(int folder, const char *old, int target, const char *new, unsigned int flags) {
  return is_failing_call("rename") ? -1 : NEXT(renameat2)(folder, old, target, new, flags);
}

int renameat(int folder, const char *old, int target, const char *new) {
  return is_failing_call("second") ? -1 : NEXT(renameat)(folder, old, target, new);
}

int linkat(int folder, const char *old, int target, const char *new, int flags) {
  return is_failing_call("second") ? -1 : NEXT(linkat)(folder, old, target, new, flags);
}

int flock(int file, int operation) { return is_failing_call("lock") ? -1 : NEXT(flock)(file, operation); }

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = NEXT(clock_gettime)(clock, time);
  if (has_clock && clock == CLOCK_REALTIME) *time = (struct timespec){.tv_sec = clock_seconds};
  return result;
}

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

// Whether this allocation shall fail: one that libcrypto asks for itself, so that Swift's own, which trap, go on.
static int is_failing(void *caller) {
  if (!failing_allocation || (uintptr_t)caller < crypto_start || (uintptr_t)caller >= crypto_end) return 0;
  long number = atomic_fetch_add(&allocations, 1) + 1;
  return number == failing_allocation || (failing_stays && number > failing_allocation);
}

void *malloc(size_t size) { return is_failing(__builtin_return_address(0)) ? NULL : __libc_malloc(size); }

void *calloc(size_t count, size_t size) {
  return is_failing(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  return is_failing(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

// Says how far the sweep of allocations has to go.
__attribute__((destructor)) static void finish(void) {
  const char *path = getenv("TORTURE_COUNT");
  if (!path) return;
  int file = NEXT(openat)(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  long count = atomic_load(&allocations);
  NEXT(write)(file, &count, sizeof count);
  close(file);
}

unsigned int OpenSSL_version_num(void) {
  unsigned int (*next)(void) = dlsym(RTLD_NEXT, "OpenSSL_version_num");
  return getenv("TORTURE_VERSION") ? (unsigned)strtoul(getenv("TORTURE_VERSION"), NULL, 0) : next();
}

static int is_mac(const char *fault) {
  const char *text = getenv("TORTURE_MAC");
  return text && strcmp(text, fault) == 0;
}

int EVP_MAC_init(void *context, const unsigned char *key, size_t count, const void *parameters) {
  int (*next)(void *, const unsigned char *, size_t, const void *) = dlsym(RTLD_NEXT, "EVP_MAC_init");
  return !key && is_mac("reuse") ? 1 : next(context, key, count, parameters);
}

int EVP_MAC_final(void *context, unsigned char *tag, size_t *count, size_t size) {
  int (*next)(void *, unsigned char *, size_t *, size_t) = dlsym(RTLD_NEXT, "EVP_MAC_final");
  int result = next(context, tag, count, size);
  if (tag && is_mac("flip")) tag[0] ^= 1;
  return result;
}
