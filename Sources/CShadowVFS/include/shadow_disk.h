#ifndef SUTURE_SHADOW_DISK_H
#define SUTURE_SHADOW_DISK_H

#include <stddef.h>
#include <stdint.h>

/*
 * A disk in memory that SQLite writes to, and that can fail in every way a disk does.
 *
 * Each disk is an SQLite VFS of its own, registered under a name and never the default. Its files live in memory. For each
 * sector the disk knows what is durable and what is only written ("in the operating system's cache"), so that a power cut
 * can keep, lose or tear exactly what was not synced. What is random is drawn from a seed: the same calls do the same.
 *
 * A disk is confined to one thread at a time. Nothing here reads a clock, the environment or a real file.
 */

/* The unit in which writes are kept, lost and torn, in bytes. SQLite is told 4096 and powersafe overwrite, as on Linux. */
#define SHADOW_SECTOR 512

typedef struct shadow_disk shadow_disk;
/* A copy of all files of a disk at one moment, with what was durable and what was not. */
typedef struct shadow_image shadow_image;

/* Kinds of operation, for counting and failing. */
enum {
    SHADOW_READ = 0,
    SHADOW_WRITE = 1,
    SHADOW_SYNC = 2,
    SHADOW_TRUNCATE = 3,
    SHADOW_DELETE = 4,
    SHADOW_CREATE = 5,
    SHADOW_KINDS = 6
};

/* What goes wrong; set directly, read back for what is left. */
typedef struct {
    /* How many of the next operations of each kind fail with an input/output error. */
    int64_t fail[SHADOW_KINDS];
    /* How many bytes the files may have together; a write beyond fails with SQLITE_FULL. Negative: no limit. */
    int64_t capacity;
    /* The number of the operation that fails and kills the disk, counted as `shadow_counts.operations`. Negative: none. */
    int64_t dies_at;
    /* Whether a write that kills the disk leaves a part of itself behind. */
    int32_t tears_last_write;
    /* Whether syncing says that it did and does not. */
    int32_t lies_on_sync;
    /* Whether every call fails: after dies_at, until a crash. */
    int32_t is_dead;
} shadow_faults;

/* What happened so far. */
typedef struct {
    /* Operations that change what is stored: all kinds but reads. Their numbers begin at 0. */
    int64_t operations;
    /* Calls of each kind, failed ones included. */
    int64_t calls[SHADOW_KINDS];
    int64_t bytes_read;
    int64_t bytes_written;
    /* Calls that failed by a fault: failed ones, full ones, and those of a dead disk. */
    int64_t failed;
    /* Syncs that lied. */
    int64_t lied;
    /* Crashes, and what they did to sectors that were not synced. */
    int64_t crashes;
    int64_t sectors_kept;
    int64_t sectors_lost;
    int64_t sectors_torn;
    /* Files whose unsynced creation or deletion a crash undid. */
    int64_t entries_undone;
    int64_t bits_rotted;
} shadow_counts;

/* How a crash treats what was written and not synced. */
enum {
    /* The process died: all of it stays, and is still not synced. */
    SHADOW_PROCESS = 0,
    /* The power failed: each sector, size and directory entry is kept, lost or torn by the seed. */
    SHADOW_POWER = 1,
    /* The power failed and none of it had reached the disk. */
    SHADOW_POWER_LOSING_ALL = 2
};

/* A bit that rotted. */
typedef struct {
    char file[64];
    int64_t offset;
    int32_t bit;
} shadow_rot;

/*
 * Makes an empty disk and registers it with SQLite as VFS `name`, which must be unused. NULL where SQLite refuses or memory
 * is short. `seed` draws what crashes and rot do.
 */
shadow_disk *shadow_disk_create(const char *name, uint64_t seed);

/* Takes the VFS off SQLite's list. The disk itself goes with the last connection to it. */
void shadow_disk_release(shadow_disk *disk);

/* The faults and counts, valid as long as the disk is held. */
shadow_faults *shadow_disk_faults(shadow_disk *disk);
shadow_counts *shadow_disk_counts(shadow_disk *disk);

/* Draws from another seed from here on. */
void shadow_disk_reseed(shadow_disk *disk, uint64_t seed);

/*
 * Ends every open connection's access (each later call of it fails and changes nothing), treats unsynced writes as `how`
 * says, and brings a dead disk back. Faults other than dies_at stay.
 */
void shadow_disk_crash(shadow_disk *disk, int how);

/* Flips one stored bit of the file of that name, or of any file where it is NULL. 0 where there is nothing stored to rot. */
int shadow_disk_rot(shadow_disk *disk, const char *name, shadow_rot *where);

/* Copies all files. NULL where memory is short. */
shadow_image *shadow_disk_snapshot(shadow_disk *disk);
/*
 * Puts the files of an image in place of the disk's. Names that begin with `from` begin with `to` afterwards. Open
 * connections lose their access as in a crash. 0 where memory is short or a name becomes too long; the disk is then as
 * before.
 */
int shadow_disk_restore(shadow_disk *disk, const shadow_image *image, const char *from, const char *to);
void shadow_image_release(shadow_image *image);
int64_t shadow_image_bytes(const shadow_image *image);

/* The files that exist, from 0, in the order of their making; NULL beyond the last. */
const char *shadow_disk_file(shadow_disk *disk, int index);
/* What a file holds, and how much; NULL where there is no such file. Valid until the next write. */
const uint8_t *shadow_disk_bytes(shadow_disk *disk, const char *name, int64_t *count);
/* How many sectors and directory entries are written and not synced. */
int64_t shadow_disk_unsynced(shadow_disk *disk);

#endif
