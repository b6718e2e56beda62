#include "shadow_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A disk: its directory, its crashes, its images. */

struct shadow_image {
    shadow_inode *inodes;
};

shadow_disk *shadow_disk_create(const char *name, uint64_t seed) {
    if (sqlite3_initialize() != SQLITE_OK || strlen(name) >= sizeof(((shadow_disk *)0)->vfs_name)) return NULL;
    if (sqlite3_vfs_find(name) != NULL) return NULL;
    shadow_disk *disk = calloc(1, sizeof *disk);
    if (disk == NULL) return NULL;
    strcpy(disk->vfs_name, name);
    disk->references = 1;
    disk->faults.capacity = -1;
    disk->faults.dies_at = -1;
    shadow_disk_reseed(disk, seed);
    disk->sqlite_random.state = ~seed;
    shadow_vfs_prepare(disk);
    if (sqlite3_vfs_register(&disk->vfs, 0) != SQLITE_OK) {
        free(disk);
        return NULL;
    }
    return disk;
}

void shadow_disk_release(shadow_disk *disk) {
    sqlite3_vfs_unregister(&disk->vfs);
    shadow_disk_forget(disk);
}

static void free_all(shadow_inode *inode) {
    while (inode != NULL) {
        shadow_inode *next = inode->next;
        shadow_inode_free(inode);
        inode = next;
    }
}

void shadow_disk_forget(shadow_disk *disk) {
    if (--disk->references > 0) return;
    free_all(disk->inodes);
    shadow_shm_release(disk->shm);
    free(disk);
}

shadow_faults *shadow_disk_faults(shadow_disk *disk) { return &disk->faults; }
shadow_counts *shadow_disk_counts(shadow_disk *disk) { return &disk->counts; }
void shadow_disk_reseed(shadow_disk *disk, uint64_t seed) { disk->random.state = seed; }

/* MARK: The directory */

shadow_inode *shadow_disk_find(shadow_disk *disk, const char *name) {
    for (shadow_inode *inode = disk->inodes; inode != NULL; inode = inode->next) {
        if (inode->is_current && strcmp(inode->name, name) == 0) return inode;
    }
    return NULL;
}

void shadow_disk_add(shadow_disk *disk, shadow_inode *inode) {
    shadow_inode **end = &disk->inodes;
    while (*end != NULL) end = &(*end)->next;
    inode->next = NULL;
    *end = inode;
}

void shadow_disk_sweep(shadow_disk *disk) {
    shadow_inode **place = &disk->inodes;
    while (*place != NULL) {
        shadow_inode *inode = *place;
        if (inode->is_current || inode->is_durable || inode->handles > 0) {
            place = &inode->next;
        } else {
            *place = inode->next;
            shadow_inode_free(inode);
        }
    }
}

void shadow_disk_sync_directory(shadow_disk *disk) {
    for (shadow_inode *inode = disk->inodes; inode != NULL; inode = inode->next) inode->is_durable = inode->is_current;
    shadow_disk_sweep(disk);
}

int64_t shadow_disk_size(shadow_disk *disk) {
    int64_t size = 0;
    for (shadow_inode *inode = disk->inodes; inode != NULL; inode = inode->next) {
        if (inode->is_current || inode->handles > 0) size += inode->size;
    }
    return size;
}

const char *shadow_disk_file(shadow_disk *disk, int index) {
    for (shadow_inode *inode = disk->inodes; inode != NULL; inode = inode->next) {
        if (inode->is_current && index-- == 0) return inode->name;
    }
    return NULL;
}

const uint8_t *shadow_disk_bytes(shadow_disk *disk, const char *name, int64_t *count) {
    static const uint8_t nothing = 0;
    shadow_inode *inode = shadow_disk_find(disk, name);
    *count = inode == NULL ? 0 : inode->size;
    return inode == NULL ? NULL : inode->bytes == NULL ? &nothing : inode->bytes;
}

int64_t shadow_disk_unsynced(shadow_disk *disk) {
    int64_t count = 0;
    for (shadow_inode *inode = disk->inodes; inode != NULL; inode = inode->next) {
        if (inode->is_current != inode->is_durable) count++;
        if (inode->is_current || inode->is_durable) count += inode->dirty_count;
    }
    return count;
}

/* MARK: Crashes */

/* Takes every open handle's access away. SQLite may still hold and close them, and read the index they map. */
static void disconnect(shadow_disk *disk) {
    for (shadow_handle *handle = disk->handles; handle != NULL; handle = handle->next) handle->inode = NULL;
    disk->handles = NULL;
    shadow_shm_release(disk->shm);
    disk->shm = NULL;
    for (shadow_inode *inode = disk->inodes; inode != NULL; inode = inode->next) {
        inode->handles = 0;
        inode->readers = 0;
        inode->reserved = NULL;
        inode->exclusive = NULL;
    }
}

/* The other file of that name: a name may stand for one file in the cache and for another one on the disk. */
static shadow_inode *rival(shadow_disk *disk, const shadow_inode *inode) {
    for (shadow_inode *other = disk->inodes; other != NULL; other = other->next) {
        if (other != inode && (other->is_current || other->is_durable) && strcmp(other->name, inode->name) == 0) return other;
    }
    return NULL;
}

/* Lets each name stand for what is durable or for what was written last. */
static void cut_directory(shadow_disk *disk, int loses_all) {
    for (shadow_inode *inode = disk->inodes; inode != NULL; inode = inode->next) {
        if (inode->is_current == inode->is_durable) continue;
        int keeps_newer = !loses_all && shadow_random_below(&disk->random, 2) == 0;
        shadow_inode *other = rival(disk, inode);
        if (!keeps_newer) disk->counts.entries_undone++;
        inode->is_current = keeps_newer ? inode->is_current : inode->is_durable;
        inode->is_durable = inode->is_current;
        if (other != NULL) other->is_current = other->is_durable = !inode->is_current;
    }
}

void shadow_disk_crash(shadow_disk *disk, int how) {
    disconnect(disk);
    disk->counts.crashes++;
    disk->faults.is_dead = 0;
    disk->faults.dies_at = -1;
    if (how != SHADOW_PROCESS) {
        cut_directory(disk, how == SHADOW_POWER_LOSING_ALL);
        for (shadow_inode *inode = disk->inodes; inode != NULL; inode = inode->next) {
            if (inode->is_current) shadow_inode_power_cut(inode, how, &disk->random, &disk->counts);
        }
    }
    shadow_disk_sweep(disk);
}

int shadow_disk_rot(shadow_disk *disk, const char *name, shadow_rot *where) {
    int64_t size = 0;
    for (shadow_inode *inode = disk->inodes; inode != NULL; inode = inode->next) {
        if (inode->is_current && (name == NULL || strcmp(name, inode->name) == 0)) size += inode->size;
    }
    if (size == 0) return 0;
    uint64_t lot = shadow_random_below(&disk->random, (uint64_t)size * 8);
    int64_t offset = (int64_t)(lot / 8);
    for (shadow_inode *inode = disk->inodes; inode != NULL; inode = inode->next) {
        if (!inode->is_current || (name != NULL && strcmp(name, inode->name) != 0)) continue;
        if (offset >= inode->size) {
            offset -= inode->size;
            continue;
        }
        inode->bytes[offset] ^= (uint8_t)(1u << (lot % 8));
        disk->counts.bits_rotted++;
        snprintf(where->file, sizeof where->file, "%s", inode->name);
        where->offset = offset;
        where->bit = (int32_t)(lot % 8);
        return 1;
    }
    return 0;
}

/* MARK: Images */

/* Copies what the directory names, to `end`. */
static int copy_all(const shadow_inode *inode, shadow_inode **end) {
    for (; inode != NULL; inode = inode->next) {
        if (!inode->is_current && !inode->is_durable) continue;
        *end = shadow_inode_copy(inode);
        if (*end == NULL) return 0;
        end = &(*end)->next;
    }
    return 1;
}

shadow_image *shadow_disk_snapshot(shadow_disk *disk) {
    shadow_image *image = calloc(1, sizeof *image);
    if (image != NULL && !copy_all(disk->inodes, &image->inodes)) {
        shadow_image_release(image);
        return NULL;
    }
    return image;
}

/* Lets names that begin with `from` begin with `to`. */
static int rename_all(shadow_inode *inode, const char *from, const char *to) {
    for (; inode != NULL; inode = inode->next) {
        if (strncmp(inode->name, from, strlen(from)) != 0) continue;
        char name[sizeof inode->name];
        int length = snprintf(name, sizeof name, "%s%s", to, inode->name + strlen(from));
        if (length < 0 || (size_t)length >= sizeof name) return 0;
        strcpy(inode->name, name);
    }
    return 1;
}

int shadow_disk_restore(shadow_disk *disk, const shadow_image *image, const char *from, const char *to) {
    shadow_inode *inodes = NULL;
    if (!copy_all(image->inodes, &inodes) || !rename_all(inodes, from, to)) {
        free_all(inodes);
        return 0;
    }
    disconnect(disk);
    free_all(disk->inodes);
    disk->inodes = inodes;
    disk->faults.is_dead = 0;
    disk->faults.dies_at = -1;
    return 1;
}

void shadow_image_release(shadow_image *image) {
    if (image == NULL) return;
    free_all(image->inodes);
    free(image);
}

int64_t shadow_image_bytes(const shadow_image *image) {
    int64_t count = 0;
    for (shadow_inode *inode = image->inodes; inode != NULL; inode = inode->next) {
        if (inode->is_current) count += inode->size;
    }
    return count;
}
