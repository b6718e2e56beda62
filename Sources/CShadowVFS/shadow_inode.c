#include "shadow_internal.h"

#include <stdlib.h>
#include <string.h>

/* The bytes of one file: what is written, and beside it what is durable. */

#define SECTORS(bytes) (((bytes) + SHADOW_SECTOR - 1) / SHADOW_SECTOR)

uint64_t shadow_random_next(shadow_random *random) {
    random->state += 0x9E3779B97F4A7C15u;
    uint64_t mixed = random->state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

uint64_t shadow_random_below(shadow_random *random, uint64_t bound) { return shadow_random_next(random) % bound; }

shadow_inode *shadow_inode_create(const char *name) {
    if (strlen(name) >= sizeof(((shadow_inode *)0)->name)) return NULL;
    shadow_inode *inode = calloc(1, sizeof *inode);
    if (inode != NULL) strcpy(inode->name, name);
    return inode;
}

void shadow_inode_free(shadow_inode *inode) {
    if (inode == NULL) return;
    free(inode->bytes);
    free(inode->flags);
    free(inode->dirty);
    free(inode->saved);
    free(inode);
}

/* Room for `size` bytes and the flags of their sectors; new bytes are zero. */
static int reserve(shadow_inode *inode, int64_t size) {
    if (size > inode->room) {
        int64_t room = inode->room < 32768 ? 32768 : inode->room * 2;
        if (room < size) room = SECTORS(size) * SHADOW_SECTOR;
        uint8_t *bytes = realloc(inode->bytes, (size_t)room);
        if (bytes == NULL) return 0;
        memset(bytes + inode->room, 0, (size_t)(room - inode->room));
        inode->bytes = bytes;
        inode->room = room;
    }
    int64_t sectors = SECTORS(inode->room);
    if (sectors > inode->flag_room) {
        uint8_t *flags = realloc(inode->flags, (size_t)sectors);
        if (flags == NULL) return 0;
        memset(flags + inode->flag_room, 0, (size_t)(sectors - inode->flag_room));
        inode->flags = flags;
        inode->flag_room = sectors;
    }
    return 1;
}

/* Room for `count` more dirty sectors. */
static int reserve_dirty(shadow_inode *inode, int64_t count) {
    if (inode->dirty_count + count <= inode->dirty_room) return 1;
    int64_t room = inode->dirty_room < 64 ? 64 : inode->dirty_room * 2;
    if (room < inode->dirty_count + count) room = inode->dirty_count + count;
    int64_t *dirty = realloc(inode->dirty, (size_t)room * sizeof *dirty);
    if (dirty == NULL) return 0;
    inode->dirty = dirty;
    uint8_t *saved = realloc(inode->saved, (size_t)room * SHADOW_SECTOR);
    if (saved == NULL) return 0;
    inode->saved = saved;
    inode->dirty_room = room;
    return 1;
}

/* Keeps what is durable of the sectors from `first` to `last` before they change. */
static int touch(shadow_inode *inode, int64_t first, int64_t last) {
    if (!reserve_dirty(inode, last - first + 1)) return 0;
    for (int64_t sector = first; sector <= last; sector++) {
        if (inode->flags[sector]) continue;
        inode->flags[sector] = 1;
        /* A sector that was not touched is durable as it is; beyond the durable size it holds zeros. */
        memcpy(inode->saved + inode->dirty_count * SHADOW_SECTOR, inode->bytes + sector * SHADOW_SECTOR, SHADOW_SECTOR);
        inode->dirty[inode->dirty_count++] = sector;
    }
    return 1;
}

int shadow_inode_write(shadow_inode *inode, const uint8_t *bytes, int64_t count, int64_t offset) {
    if (count == 0) return 1;
    if (!reserve(inode, offset + count)) return 0;
    if (!touch(inode, offset / SHADOW_SECTOR, (offset + count - 1) / SHADOW_SECTOR)) return 0;
    memcpy(inode->bytes + offset, bytes, (size_t)count);
    if (offset + count > inode->size) inode->size = offset + count;
    return 1;
}

int shadow_inode_truncate(shadow_inode *inode, int64_t size) {
    if (size < inode->size) {
        if (!touch(inode, size / SHADOW_SECTOR, (inode->size - 1) / SHADOW_SECTOR)) return 0;
        memset(inode->bytes + size, 0, (size_t)(inode->size - size));
    } else if (!reserve(inode, size)) {
        return 0;
    }
    inode->size = size;
    return 1;
}

void shadow_inode_sync(shadow_inode *inode) {
    for (int64_t i = 0; i < inode->dirty_count; i++) inode->flags[inode->dirty[i]] = 0;
    inode->dirty_count = 0;
    inode->durable_size = inode->size;
}

/*
 * The size after a power cut: the durable one, the written one, or where the file grew one between them. A file that was cut
 * shorter is so or is not: file systems change a size in one step. A part of a log that was cut off would otherwise come back over a
 * database that has all of it.
 */
static int64_t size_after(const shadow_inode *inode, shadow_random *random) {
    int64_t low = inode->size < inode->durable_size ? inode->size : inode->durable_size;
    int64_t high = inode->size + inode->durable_size - low;
    if (low == high) return low;
    uint64_t outcomes = inode->size < inode->durable_size ? 2 : 3;
    switch (shadow_random_below(random, outcomes)) {
    case 0: return inode->durable_size;
    case 1: return inode->size;
    default: return low + (int64_t)shadow_random_below(random, (uint64_t)(high - low) + 1);
    }
}

/* Puts a part of what is durable back, from the front or from the back, as a head that stopped in the middle of a sector. */
static void tear(uint8_t *sector, const uint8_t *saved, shadow_random *random) {
    size_t cut = 1 + (size_t)shadow_random_below(random, SHADOW_SECTOR - 1);
    if (shadow_random_below(random, 4) == 0) {
        memcpy(sector, saved, cut);
    } else {
        memcpy(sector + cut, saved + cut, SHADOW_SECTOR - cut);
    }
}

void shadow_inode_power_cut(shadow_inode *inode, int how, shadow_random *random, shadow_counts *counts) {
    int loses_all = how == SHADOW_POWER_LOSING_ALL;
    int64_t size = loses_all ? inode->durable_size : size_after(inode, random);
    /* Each sector is drawn on its own, because a disk keeps no order. Some cuts keep more of them than others, and every
       other cut keeps all that was written up to some moment, as when there was time for that. */
    uint64_t keeps = loses_all ? 0 : shadow_random_below(random, 101);
    int64_t kept_in_order = 0;
    if (!loses_all && shadow_random_below(random, 2) == 0) {
        kept_in_order = (int64_t)shadow_random_below(random, (uint64_t)inode->dirty_count + 1);
        size = inode->size;
    }
    for (int64_t i = 0; i < inode->dirty_count; i++) {
        int64_t number = inode->dirty[i];
        uint8_t *sector = inode->bytes + number * SHADOW_SECTOR;
        const uint8_t *saved = inode->saved + i * SHADOW_SECTOR;
        inode->flags[number] = 0;
        uint64_t lot = loses_all ? 100 : shadow_random_below(random, 100);
        /* What a lost truncation cut off is there as it was: nothing was written in its place. */
        int is_cut_off = number * SHADOW_SECTOR >= inode->size;
        if (!is_cut_off && (i < kept_in_order || lot < keeps)) {
            counts->sectors_kept++;
        } else if (!is_cut_off && !loses_all && lot % 4 == 0) {
            tear(sector, saved, random);
            counts->sectors_torn++;
        } else {
            memcpy(sector, saved, SHADOW_SECTOR);
            counts->sectors_lost++;
        }
    }
    inode->dirty_count = 0;
    int64_t end = SECTORS(inode->size > inode->durable_size ? inode->size : inode->durable_size) * SHADOW_SECTOR;
    if (end > inode->room) end = inode->room;
    if (end > size) memset(inode->bytes + size, 0, (size_t)(end - size));
    inode->size = size;
    inode->durable_size = size;
}

shadow_inode *shadow_inode_copy(const shadow_inode *inode) {
    shadow_inode *copy = shadow_inode_create(inode->name);
    if (copy == NULL) return NULL;
    int64_t extent = inode->size > inode->durable_size ? inode->size : inode->durable_size;
    if (!reserve(copy, extent) || !reserve_dirty(copy, inode->dirty_count)) {
        shadow_inode_free(copy);
        return NULL;
    }
    copy->is_current = inode->is_current;
    copy->is_durable = inode->is_durable;
    copy->size = inode->size;
    copy->durable_size = inode->durable_size;
    if (inode->size > 0) memcpy(copy->bytes, inode->bytes, (size_t)inode->size);
    for (int64_t i = 0; i < inode->dirty_count; i++) {
        int64_t sector = inode->dirty[i];
        /* Written and cut off again without ever being durable: there is nothing to remember. */
        if (sector >= SECTORS(extent)) continue;
        copy->flags[sector] = 1;
        copy->dirty[copy->dirty_count] = sector;
        memcpy(copy->saved + copy->dirty_count * SHADOW_SECTOR, inode->saved + i * SHADOW_SECTOR, SHADOW_SECTOR);
        copy->dirty_count++;
    }
    return copy;
}
