/* The command has no network (design: guarantee 14). What it is linked with has: Foundation, and libcrypto's sockets. These
   calls are the command's own and stand before the C library's, so whoever calls them by name in this process is refused:
   nothing listens, nothing connects, no name is looked up. Without a socket the calls that send and receive have nothing to
   use. (socketpair stays: the programs that unpack and seal are talked to over one.) */
#ifndef COFFLINE_OFFLINE_H
#define COFFLINE_OFFLINE_H
#endif
