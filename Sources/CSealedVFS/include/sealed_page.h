#ifndef SUTURE_SEALED_PAGE_H
#define SUTURE_SEALED_PAGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Seals and opens what SQLite stores, in place: pages of the main file, and frames of the write-ahead log.
 *
 * A page of N bytes, with N a power of two from 512 to 65536, is laid out as
 *
 *     0 .. N-40       the page's usable bytes, sealed with XChaCha20-Poly1305 (IETF)
 *     N-40 .. N-16    nonce
 *     N-16 .. N       authentication tag
 *
 * The last 40 bytes are SQLite's reserved bytes: the database must be made with 40 of them a page. The associated
 * data is the page number (8 bytes, big-endian), then the role of the file (1 byte, 0), so that a page moved to another
 * place, or from the log to the main file, does not open.
 *
 * A frame of the log is SQLite's header of 24 bytes and a page:
 *
 *     0 .. 16         page number, size of the database after a commit, salts of the log's generation: in the clear
 *     16 .. 24        SQLite's checksum, sealed: it is a function of what the page holds, so it would tell about it
 *     24 .. N-16      the page's usable bytes, sealed together with the checksum
 *     N-16 .. N+8     nonce
 *     N+8 .. N+24     authentication tag
 *
 * The associated data is the frame's number in the log (8 bytes, big-endian, from 1), the role (1 byte, 1), and the 16
 * bytes in the clear. So a frame counts only where it was written, in the generation of the log that it was written for,
 * for the page and the commit that it was written for; and the checksum, which SQLite chains from frame to frame, binds
 * it to all frames before it.
 *
 * All functions may be called from any thread, on different pages at once.
 */

/* Reserved bytes at the end of a page. */
#define SUTURE_PAGE_RESERVED 40
#define SUTURE_PAGE_NONCE_BYTES 24
#define SUTURE_PAGE_TAG_BYTES 16
#define SUTURE_PAGE_KEY_BYTES 32
#define SUTURE_PAGE_SIZE_MIN 512
#define SUTURE_PAGE_SIZE_MAX 65536
/* SQLite's header before each page of the log, and how much of it stays in the clear. */
#define SUTURE_FRAME_HEADER_BYTES 24
#define SUTURE_FRAME_CLEAR_BYTES 16

/* What the functions return. */
#define SUTURE_PAGE_OK 0
/* The page was altered, or sealed with another key, for another page number or file. It is unchanged. */
#define SUTURE_PAGE_NOT_AUTHENTIC (-1)
/* The page size is not a power of two from 512 to 65536. Nothing was read or written. */
#define SUTURE_PAGE_BAD_SIZE (-2)
/* A null pointer, or number 0 (pages and frames are counted from 1). Nothing was read or written. */
#define SUTURE_PAGE_BAD_ARGUMENT (-3)
/* libsodium could not be started. Nothing was read or written. */
#define SUTURE_PAGE_NO_CRYPTOGRAPHY (-4)

/*
 * Seals the page in place and writes nonce and tag into its reserved bytes, whose earlier content is lost.
 *
 * The nonce must be fresh random bytes for every call: never one that was used with this key before, above all not
 * for an earlier version of the same page. Returns SUTURE_PAGE_OK, BAD_SIZE, BAD_ARGUMENT or NO_CRYPTOGRAPHY.
 */
int suture_page_seal(uint8_t *page, size_t page_size, uint64_t page_number, const uint8_t key[SUTURE_PAGE_KEY_BYTES],
                     const uint8_t nonce[SUTURE_PAGE_NONCE_BYTES]);

/*
 * Opens the page in place. The reserved bytes keep nonce and tag. Where the return value is not SUTURE_PAGE_OK the
 * page is as it was before, so that what was found on the disk can be reported and examined.
 */
int suture_page_open(uint8_t *page, size_t page_size, uint64_t page_number, const uint8_t key[SUTURE_PAGE_KEY_BYTES]);

/* The same for a frame of SUTURE_FRAME_HEADER_BYTES + page_size bytes. */
int suture_frame_seal(uint8_t *frame, size_t page_size, uint64_t frame_number, const uint8_t key[SUTURE_PAGE_KEY_BYTES],
                      const uint8_t nonce[SUTURE_PAGE_NONCE_BYTES]);
int suture_frame_open(uint8_t *frame, size_t page_size, uint64_t frame_number, const uint8_t key[SUTURE_PAGE_KEY_BYTES]);

#endif
