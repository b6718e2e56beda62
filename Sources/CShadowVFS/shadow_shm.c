#include "shadow_internal.h"

#include <stdlib.h>

/* The WAL's index: memory that the connections to one database share, and the locks on its parts. */

void shadow_shm_release(shadow_shm *shm) {
    if (shm == NULL || --shm->references > 0) return;
    for (int i = 0; i < shm->count; i++) free(shm->regions[i]);
    free(shm->regions);
    free(shm);
}

static int shm_open(shadow_handle *handle) {
    shadow_disk *disk = handle->disk;
    if (disk->shm == NULL) {
        disk->shm = calloc(1, sizeof *disk->shm);
        if (disk->shm == NULL) return SQLITE_IOERR_NOMEM;
        disk->shm->references = 1;
    }
    disk->shm->references++;
    handle->shm = disk->shm;
    return SQLITE_OK;
}

int shadow_shm_map(sqlite3_file *file, int region, int size, int extends, void volatile **place) {
    shadow_handle *handle = (shadow_handle *)file;
    *place = NULL;
    if (handle->inode == NULL || handle->disk->faults.is_dead) return SQLITE_IOERR_SHMMAP;
    if (handle->shm == NULL) {
        int result = shm_open(handle);
        if (result != SQLITE_OK) return result;
    }
    shadow_shm *shm = handle->shm;
    while (shm->count <= region) {
        if (!extends) return SQLITE_OK;
        void **regions = realloc(shm->regions, (size_t)(shm->count + 1) * sizeof *regions);
        if (regions == NULL) return SQLITE_IOERR_NOMEM;
        shm->regions = regions;
        shm->regions[shm->count] = calloc(1, (size_t)size);
        if (shm->regions[shm->count] == NULL) return SQLITE_IOERR_NOMEM;
        shm->count++;
    }
    *place = shm->regions[region];
    return SQLITE_OK;
}

/* Whether another handle holds one of the locks in a way that excludes this. */
static int shm_is_busy(const shadow_handle *handle, int slot, int wants_exclusive) {
    const shadow_shm *shm = handle->shm;
    if (shm->exclusive[slot] != NULL && shm->exclusive[slot] != handle) return 1;
    return wants_exclusive && shm->shared[slot] > ((handle->shm_shared >> slot) & 1);
}

int shadow_shm_lock(sqlite3_file *file, int first, int count, int flags) {
    shadow_handle *handle = (shadow_handle *)file;
    if (handle->inode == NULL || handle->shm == NULL) {
        return flags & SQLITE_SHM_UNLOCK ? SQLITE_OK : SQLITE_IOERR_SHMLOCK;
    }
    shadow_shm *shm = handle->shm;
    int is_exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    if (flags & SQLITE_SHM_LOCK) {
        if (handle->disk->faults.is_dead) return SQLITE_IOERR_SHMLOCK;
        for (int slot = first; slot < first + count; slot++) {
            if (shm_is_busy(handle, slot, is_exclusive)) return SQLITE_BUSY;
        }
    }
    for (int slot = first; slot < first + count; slot++) {
        uint16_t bit = (uint16_t)(1u << slot);
        if (flags & SQLITE_SHM_LOCK && is_exclusive) {
            shm->exclusive[slot] = handle;
            handle->shm_exclusive |= bit;
        } else if (flags & SQLITE_SHM_LOCK) {
            if (!(handle->shm_shared & bit)) shm->shared[slot]++;
            handle->shm_shared |= bit;
        } else {
            if (handle->shm_shared & bit) shm->shared[slot]--;
            if (handle->shm_exclusive & bit) shm->exclusive[slot] = NULL;
            handle->shm_shared &= (uint16_t)~bit;
            handle->shm_exclusive &= (uint16_t)~bit;
        }
    }
    return SQLITE_OK;
}

/* Nothing to order: a disk is confined to one thread. */
void shadow_shm_barrier(sqlite3_file *file) { (void)file; }

int shadow_shm_unmap(sqlite3_file *file, int deletes) {
    (void)deletes; /* The index goes with its last user, whether SQLite asks for it or not. */
    shadow_handle *handle = (shadow_handle *)file;
    shadow_shm *shm = handle->shm;
    if (shm == NULL) return SQLITE_OK;
    if (handle->inode != NULL) shadow_shm_lock(file, 0, SHADOW_SHM_LOCKS, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED);
    handle->shm = NULL;
    if (shm == handle->disk->shm && shm->references == 2) {
        handle->disk->shm = NULL;
        shadow_shm_release(shm);
    }
    shadow_shm_release(shm);
    return SQLITE_OK;
}
