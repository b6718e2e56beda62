#ifndef SUTURE_SEALED_INTERNAL_H
#define SUTURE_SEALED_INTERNAL_H

#include "include/sealed_vfs.h"

#include <sqlite3.h>
#include <stdatomic.h>

#define PAGE_SIZE SUTURE_SEALED_PAGE_SIZE
#define USABLE_SIZE (PAGE_SIZE - SUTURE_PAGE_RESERVED)
/* SQLite's header of the log, and a frame. */
#define LOG_HEADER 32
#define FRAME_HEADER SUTURE_FRAME_HEADER_BYTES
#define FRAME_SIZE (FRAME_HEADER + PAGE_SIZE)
#define RANDOM_NONCE_BYTES (SUTURE_PAGE_NONCE_BYTES - SUTURE_SEALED_MARK_BYTES)
/* Nonces drawn at a time: asking the system for each would cost a tenth of sealing. */
#define NONCES 32

struct suture_sealed_vfs {
    sqlite3_vfs vfs;
    sqlite3_vfs *below;
    char *name;
    /* In guarded memory. */
    uint8_t *key;
    suture_sealed_random random;
    void *context;
    void (*release)(void *context);
    /* The creator's and each open file's. */
    atomic_int references;
    /* Whether some page has opened with the key: the check on opening is done once. */
    atomic_int is_proven;
    /* The path of the one main file, from its first opening on; guarded by `mutex`. */
    sqlite3_mutex *mutex;
    char *path;
};

enum { ROLE_MAIN_FILE, ROLE_LOG_FILE };

/* An open file. The file of the VFS below follows it. */
typedef struct {
    sqlite3_file base;
    suture_sealed_vfs *vfs;
    int role;
    int nonces_left;
    uint8_t nonces[NONCES * RANDOM_NONCE_BYTES];
    /* For faults. */
    const char *name;
    /* The log only. The header that SQLite wrote last, for which frame (0: none), and whether it waits for its page. */
    uint64_t header_frame;
    int header_waits;
    uint8_t header[FRAME_HEADER];
    /* Which frame `frame` holds opened, because the call before this one read it whole; 0 for none. */
    uint64_t loaded;
    uint8_t frame[FRAME_SIZE];
} sealed_file;

#define BELOW_OFFSET ((sizeof(sealed_file) + 7) & ~(size_t)7)

static inline sqlite3_file *below(sealed_file *file) { return (sqlite3_file *)((uint8_t *)file + BELOW_OFFSET); }

/* Writes a fresh nonce. */
void sealed_nonce(sealed_file *file, uint8_t nonce[SUTURE_PAGE_NONCE_BYTES]);
/* Remembers a fault of this thread. Returns `result`. */
int sealed_fail(const char *name, int kind, uint64_t number, int result);

/* Page 1 of an empty database. */
void sealed_first_page(uint8_t page[PAGE_SIZE]);
/* SQLITE_OK where the main file belongs to the key. */
int sealed_check_key(sealed_file *file, sqlite3_filename name);
/* Whether the frame in `frame` opens: opened in place, with zeros in the reserved bytes. */
int sealed_open_frame(sealed_file *file, uint64_t number);

int sealed_main_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset);
int sealed_main_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset);
int sealed_log_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset);
int sealed_log_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset);
/* Writes a header that waits for its page although none came. */
int sealed_log_flush(sealed_file *file);

extern const sqlite3_io_methods sealed_methods;
/* Fills in the functions of the VFS. */
void sealed_vfs_prepare(suture_sealed_vfs *vfs);
/* Gives up one reference. */
void sealed_vfs_forget(suture_sealed_vfs *vfs);

#endif
