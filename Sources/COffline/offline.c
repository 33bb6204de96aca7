/* For sendmmsg and the calls that answer in the memory of their caller. */
#define _GNU_SOURCE

#include "offline.h"

#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <sys/socket.h>

/* What a system says that does not let the caller have a socket. */
static int refused(void) {
  errno = EACCES;
  return -1;
}

int socket(int domain, int type, int protocol) { return refused(); }
int connect(int descriptor, const struct sockaddr *address, socklen_t length) { return refused(); }
int bind(int descriptor, const struct sockaddr *address, socklen_t length) { return refused(); }
int listen(int descriptor, int backlog) { return refused(); }
int accept(int descriptor, struct sockaddr *address, socklen_t *length) { return refused(); }
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) { return refused(); }

ssize_t sendto(
    int descriptor, const void *bytes, size_t count, int flags, const struct sockaddr *address, socklen_t length) {
  return refused();
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) { return refused(); }
int sendmmsg(int descriptor, struct mmsghdr *messages, unsigned int count, int flags) { return refused(); }

int getaddrinfo(
    const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **addresses) {
  return EAI_FAIL;
}

int getnameinfo(
    const struct sockaddr *address, socklen_t length, char *name, socklen_t name_length, char *service,
    socklen_t service_length, int flags) {
  return EAI_FAIL;
}

static struct hostent *unknown(void) {
  h_errno = NO_RECOVERY;
  return NULL;
}

struct hostent *gethostbyname(const char *name) { return unknown(); }
struct hostent *gethostbyname2(const char *name, int family) { return unknown(); }
struct hostent *gethostbyaddr(const void *address, socklen_t length, int family) { return unknown(); }

static int unknown_to(struct hostent **host, int *error) {
  *host = NULL;
  *error = NO_RECOVERY;
  return ENOENT;
}

int gethostbyname_r(
    const char *name, struct hostent *memory, char *buffer, size_t size, struct hostent **host, int *error) {
  return unknown_to(host, error);
}

int gethostbyname2_r(
    const char *name, int family, struct hostent *memory, char *buffer, size_t size, struct hostent **host,
    int *error) {
  return unknown_to(host, error);
}

int gethostbyaddr_r(
    const void *address, socklen_t length, int family, struct hostent *memory, char *buffer, size_t size,
    struct hostent **host, int *error) {
  return unknown_to(host, error);
}
