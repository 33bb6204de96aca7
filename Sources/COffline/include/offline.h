/* The command has no network (design: guarantee 14). What it is linked with has: Foundation, and libcrypto's sockets. These
   calls are the command's own and stand before the C library's, so whoever calls them in this process is refused: nothing
   listens, nothing connects, no name is looked up. Without a socket the calls that send and receive have nothing to use. */
#ifndef COFFLINE_OFFLINE_H
#define COFFLINE_OFFLINE_H
#endif
