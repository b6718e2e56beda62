#ifndef SUTURE_SEALED_VFS_H
#define SUTURE_SEALED_VFS_H

#include "sealed_page.h"

/*
 * An SQLite VFS that seals one whole database at rest: every page of the main file and every frame of the write-ahead log
 * (see sealed_page.h). It stands on another VFS, which stores the sealed bytes.
 *
 * The file format is fixed: pages of 4096 bytes with 40 reserved ones, write-ahead log only. Nothing else is ever written:
 * rollback journals, statement journals, temporary files and further databases are refused, so connections must keep
 * temporary things in memory (temp_store = MEMORY). Nothing is mapped into memory. The -shm file belongs to the VFS below
 * and holds page numbers only.
 *
 * A database that does not exist yet begins as an empty file, which reads as one empty page of a database in WAL mode: so
 * its first pages too reach the disk through the log, and a crash while it is made leaves nothing half-made. What SQLite
 * asks about the header before it looks into the log (page size, reserved bytes, journal mode) is answered with the
 * constants of this format; nothing else of page 1 is given out before it has proven authentic.
 *
 * What opening a database checks, once: page 1, or where a crash tore it the log's first frame, must open with the key.
 * Reading a page of the main file, or of a frame that SQLite knows to be written, fails with SQLITE_IOERR_DATA where it is
 * not authentic, and `suture_sealed_take_fault` says which. While the log is recovered, a frame that is not authentic
 * reads as zeros, which to SQLite is the end of the log.
 *
 * What it cannot notice: an older state of the whole database put back, an older version of one page of the main file put
 * back in its own place, and a log cut short. The layers above can: change sets are chained, and peers know the heads.
 *
 * SQLite may use one VFS from many threads; each file belongs to one connection.
 */

#define SUTURE_SEALED_PAGE_SIZE 4096
/* The last eight bytes of every nonce, in the clear: by them a sealed file is told from damage. The first 16 are random. */
#define SUTURE_SEALED_MARK "suture01"
#define SUTURE_SEALED_MARK_BYTES 8
/* Where the mark stands in the first page of a file. */
#define SUTURE_SEALED_MARK_OFFSET (SUTURE_SEALED_PAGE_SIZE - SUTURE_PAGE_TAG_BYTES - SUTURE_SEALED_MARK_BYTES)

typedef struct suture_sealed_vfs suture_sealed_vfs;

/* Gives random bytes, from any thread. */
typedef void (*suture_sealed_random)(void *context, uint8_t *bytes, size_t count);

/*
 * Registers a VFS `name` over the VFS `below`, or over the default one where that is NULL. The key is copied into guarded
 * memory.
 *
 * `random` gives nonces; NULL takes the system's. `context` is passed to it, and to `release` (which may be NULL) once it
 * is used no more. NULL where a VFS of that name exists, there is none below or it has no shared memory for logs, or memory
 * is short; then `release` was not called.
 */
suture_sealed_vfs *suture_sealed_vfs_create(const char *name, const char *below,
                                            const uint8_t key[SUTURE_PAGE_KEY_BYTES], suture_sealed_random random,
                                            void *context, void (*release)(void *context));

/* Takes the VFS off SQLite's list. The key is wiped with the last file that is open on it, at once where there is none. */
void suture_sealed_vfs_release(suture_sealed_vfs *vfs);

/* How many files are open on it. */
int suture_sealed_vfs_open_files(suture_sealed_vfs *vfs);

/* Kinds of fault. */
enum {
    SUTURE_FAULT_NONE = 0,
    /* A page of the main file is not authentic; `number` is its page number. */
    SUTURE_FAULT_PAGE = 1,
    /* A frame that the log's index knows is not authentic; `number` is its number in the log. */
    SUTURE_FAULT_FRAME = 2,
    /* Opening: nothing looked at opens with this key. */
    SUTURE_FAULT_KEY = 3,
    /* Opening: it is an SQLite database that is not sealed. */
    SUTURE_FAULT_PLAIN = 4,
    /* A journal, a temporary file or another database was to be opened. */
    SUTURE_FAULT_REFUSED = 5,
    /* Something other than a whole page or frame was to be written, or a page whose reserved bytes are in use. */
    SUTURE_FAULT_SHAPE = 6,
};

typedef struct {
    int kind;
    /* What SQLite was told. */
    int result;
    uint64_t number;
    /* The end of the file's path; empty for a file without a name. */
    char file[256];
} suture_sealed_fault;

/* The last fault that a call of this thread met and that was not taken yet; taking it forgets it. 0 where there is none. */
int suture_sealed_take_fault(suture_sealed_fault *fault);

#endif
