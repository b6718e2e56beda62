#ifndef SUTURE_SHADOW_INTERNAL_H
#define SUTURE_SHADOW_INTERNAL_H

#include "include/shadow_disk.h"

#include <sqlite3.h>

#define SHADOW_SHM_LOCKS SQLITE_SHM_NLOCK

/* A stream of pseudo-random numbers (SplitMix64). */
typedef struct {
    uint64_t state;
} shadow_random;

uint64_t shadow_random_next(shadow_random *random);
/* A number below `bound`, which is not 0. */
uint64_t shadow_random_below(shadow_random *random, uint64_t bound);

/*
 * One file's bytes, apart from its name in the directory: as on a real disk a file may be open and deleted, or deleted
 * and made anew without either having reached the disk.
 *
 * `bytes` is what a reader sees. For sectors in `dirty`, `saved` holds what is durable; elsewhere both are the same. Bytes
 * from `size` to `room` are zero.
 */
typedef struct shadow_inode {
    struct shadow_inode *next;
    char name[64];
    /* Whether the directory names it, as readers see it and as is durable. */
    int is_current;
    int is_durable;
    /* Open handles. */
    int handles;
    uint8_t *bytes;
    int64_t size;
    int64_t room;
    int64_t durable_size;
    /* One flag a sector: whether it stands in `dirty`. */
    uint8_t *flags;
    int64_t flag_room;
    int64_t *dirty;
    uint8_t *saved;
    int64_t dirty_count;
    int64_t dirty_room;
    /* SQLite's file locks. */
    int readers;
    void *reserved;
    void *exclusive;
} shadow_inode;

shadow_inode *shadow_inode_create(const char *name);
shadow_inode *shadow_inode_copy(const shadow_inode *inode);
void shadow_inode_free(shadow_inode *inode);
/* Both are 0 where memory is short. */
int shadow_inode_write(shadow_inode *inode, const uint8_t *bytes, int64_t count, int64_t offset);
int shadow_inode_truncate(shadow_inode *inode, int64_t size);
void shadow_inode_sync(shadow_inode *inode);
void shadow_inode_power_cut(shadow_inode *inode, int how, shadow_random *random, shadow_counts *counts);

/*
 * The WAL's index: shared memory, gone with the process and never on the disk. Outlives a crash for handles that still map
 * it.
 */
typedef struct {
    int references;
    void **regions;
    int count;
    int shared[SHADOW_SHM_LOCKS];
    void *exclusive[SHADOW_SHM_LOCKS];
} shadow_shm;

/* An open file. */
typedef struct shadow_handle {
    sqlite3_file base;
    shadow_disk *disk;
    /* NULL after a crash: every call fails. */
    shadow_inode *inode;
    struct shadow_handle *next;
    shadow_shm *shm;
    uint16_t shm_shared;
    uint16_t shm_exclusive;
    int lock;
    /* Opened for reading only: it cannot be written and, as on Unix, not be locked for writing either. */
    int is_read_only;
    int deletes_on_close;
    /* The first sync of a new journal or WAL syncs the directory too, as SQLite's own VFS for Unix does. */
    int syncs_directory;
} shadow_handle;

struct shadow_disk {
    sqlite3_vfs vfs;
    char vfs_name[64];
    /* The creator's and each open handle's. */
    int references;
    shadow_inode *inodes;
    shadow_handle *handles;
    shadow_shm *shm;
    shadow_faults faults;
    shadow_counts counts;
    shadow_random random;
    /* What SQLite asks for; apart, so that its questions do not change what faults do. */
    shadow_random sqlite_random;
};

shadow_inode *shadow_disk_find(shadow_disk *disk, const char *name);
/* Adds an inode behind the others. */
void shadow_disk_add(shadow_disk *disk, shadow_inode *inode);
/* Frees inodes that neither the directory nor a handle knows. */
void shadow_disk_sweep(shadow_disk *disk);
void shadow_disk_sync_directory(shadow_disk *disk);
int64_t shadow_disk_size(shadow_disk *disk);
void shadow_disk_forget(shadow_disk *disk);
void shadow_shm_release(shadow_shm *shm);
int shadow_shm_map(sqlite3_file *file, int region, int size, int extends, void volatile **place);
int shadow_shm_lock(sqlite3_file *file, int first, int count, int flags);
void shadow_shm_barrier(sqlite3_file *file);
int shadow_shm_unmap(sqlite3_file *file, int deletes);
/* Fills in the functions of the VFS. */
void shadow_vfs_prepare(shadow_disk *disk);

#endif
