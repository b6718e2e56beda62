#include "shadow_internal.h"

#include <stdlib.h>
#include <string.h>

/* What SQLite calls: the VFS and its files. */

static shadow_disk *disk_of(sqlite3_vfs *vfs) { return vfs->pAppData; }

/* MARK: Faults */

static const int failures[SHADOW_KINDS] = {
    SQLITE_IOERR_READ, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_DELETE, SQLITE_CANTOPEN,
};

static int fail(shadow_disk *disk, int result) {
    disk->counts.failed++;
    return result;
}

/*
 * Counts a call and says what becomes of it: SQLITE_OK, or what SQLite is to be told. `is_last` is set for the operation that
 * kills the disk.
 */
static int begin(shadow_disk *disk, int kind, int *is_last) {
    disk->counts.calls[kind]++;
    if (disk->faults.is_dead) return fail(disk, SQLITE_IOERR);
    if (kind != SHADOW_READ) {
        int64_t number = disk->counts.operations++;
        if (disk->faults.dies_at >= 0 && number >= disk->faults.dies_at) {
            disk->faults.is_dead = 1;
            if (is_last != NULL) *is_last = 1;
            return fail(disk, SQLITE_IOERR);
        }
    }
    if (disk->faults.fail[kind] > 0) {
        disk->faults.fail[kind]--;
        return fail(disk, failures[kind]);
    }
    return SQLITE_OK;
}

/* MARK: Reading and writing */

static int file_close(sqlite3_file *file) {
    shadow_handle *handle = (shadow_handle *)file;
    shadow_disk *disk = handle->disk;
    for (shadow_handle **place = &disk->handles; *place != NULL; place = &(*place)->next) {
        if (*place == handle) {
            *place = handle->next;
            break;
        }
    }
    if (handle->shm != NULL) file->pMethods->xShmUnmap(file, 0);
    if (handle->inode != NULL) {
        file->pMethods->xUnlock(file, SQLITE_LOCK_NONE);
        handle->inode->handles--;
        if (handle->deletes_on_close) handle->inode->is_current = handle->inode->is_durable = 0;
        shadow_disk_sweep(disk);
    }
    shadow_disk_forget(disk);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    shadow_handle *handle = (shadow_handle *)file;
    if (handle->inode == NULL) return SQLITE_IOERR_READ;
    int result = begin(handle->disk, SHADOW_READ, NULL);
    if (result != SQLITE_OK) return result;
    handle->disk->counts.bytes_read += count;
    int64_t there = handle->inode->size - offset;
    if (there >= count) {
        memcpy(bytes, handle->inode->bytes + offset, (size_t)count);
        return SQLITE_OK;
    }
    if (there < 0) there = 0;
    if (there > 0) memcpy(bytes, handle->inode->bytes + offset, (size_t)there);
    memset((uint8_t *)bytes + there, 0, (size_t)(count - there));
    return SQLITE_IOERR_SHORT_READ;
}

/* Whether the disk has no room for a file to grow to `size`. */
static int is_full(const shadow_handle *handle, int64_t size) {
    int64_t capacity = handle->disk->faults.capacity;
    if (capacity < 0 || size <= handle->inode->size) return 0;
    return shadow_disk_size(handle->disk) + size - handle->inode->size > capacity;
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    shadow_handle *handle = (shadow_handle *)file;
    if (handle->inode == NULL || handle->is_read_only) return SQLITE_IOERR_WRITE;
    shadow_disk *disk = handle->disk;
    int is_last = 0;
    int result = begin(disk, SHADOW_WRITE, &is_last);
    if (is_last && disk->faults.tears_last_write && count > 1) {
        int part = 1 + (int)shadow_random_below(&disk->random, (uint64_t)(count - 1));
        shadow_inode_write(handle->inode, bytes, part, offset);
    }
    if (result != SQLITE_OK) return result;
    if (is_full(handle, offset + count)) return fail(disk, SQLITE_FULL);
    if (!shadow_inode_write(handle->inode, bytes, count, offset)) return SQLITE_IOERR_NOMEM;
    disk->counts.bytes_written += count;
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    shadow_handle *handle = (shadow_handle *)file;
    if (handle->inode == NULL || handle->is_read_only) return SQLITE_IOERR_TRUNCATE;
    int result = begin(handle->disk, SHADOW_TRUNCATE, NULL);
    if (result != SQLITE_OK) return result;
    if (is_full(handle, size)) return fail(handle->disk, SQLITE_FULL);
    return shadow_inode_truncate(handle->inode, size) ? SQLITE_OK : SQLITE_IOERR_NOMEM;
}

static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    shadow_handle *handle = (shadow_handle *)file;
    if (handle->inode == NULL) return SQLITE_IOERR_FSYNC;
    shadow_disk *disk = handle->disk;
    int result = begin(disk, SHADOW_SYNC, NULL);
    if (result != SQLITE_OK) return result;
    if (disk->faults.lies_on_sync) {
        disk->counts.lied++;
        return SQLITE_OK;
    }
    shadow_inode_sync(handle->inode);
    if (handle->syncs_directory) {
        handle->syncs_directory = 0;
        shadow_disk_sync_directory(disk);
    }
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    shadow_handle *handle = (shadow_handle *)file;
    if (handle->inode == NULL || handle->disk->faults.is_dead) return SQLITE_IOERR_FSTAT;
    *size = handle->inode->size;
    return SQLITE_OK;
}

/* MARK: Locks of the file */

static int file_lock(sqlite3_file *file, int level) {
    shadow_handle *handle = (shadow_handle *)file;
    shadow_inode *inode = handle->inode;
    if (inode == NULL || handle->disk->faults.is_dead) return SQLITE_IOERR_LOCK;
    if (handle->lock >= level) return SQLITE_OK;
    if (handle->is_read_only && level > SQLITE_LOCK_SHARED) return SQLITE_IOERR_LOCK;
    if (inode->exclusive != NULL && inode->exclusive != handle) return SQLITE_BUSY;
    if (level >= SQLITE_LOCK_RESERVED && inode->reserved != NULL && inode->reserved != handle) return SQLITE_BUSY;
    if (level == SQLITE_LOCK_EXCLUSIVE && inode->readers > (handle->lock >= SQLITE_LOCK_SHARED)) return SQLITE_BUSY;
    if (handle->lock == SQLITE_LOCK_NONE) inode->readers++;
    if (level >= SQLITE_LOCK_RESERVED) inode->reserved = handle;
    if (level == SQLITE_LOCK_EXCLUSIVE) inode->exclusive = handle;
    handle->lock = level;
    return SQLITE_OK;
}

static int file_unlock(sqlite3_file *file, int level) {
    shadow_handle *handle = (shadow_handle *)file;
    shadow_inode *inode = handle->inode;
    if (inode == NULL || handle->lock <= level) return SQLITE_OK;
    if (inode->exclusive == handle) inode->exclusive = NULL;
    if (inode->reserved == handle) inode->reserved = NULL;
    if (level == SQLITE_LOCK_NONE) inode->readers--;
    handle->lock = level;
    return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *file, int *is_reserved) {
    shadow_handle *handle = (shadow_handle *)file;
    if (handle->inode == NULL) return SQLITE_IOERR_CHECKRESERVEDLOCK;
    *is_reserved = handle->inode->reserved != NULL;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    shadow_handle *handle = (shadow_handle *)file;
    if (operation != SQLITE_FCNTL_VFSNAME) return SQLITE_NOTFOUND;
    *(char **)argument = sqlite3_mprintf("%s", handle->disk->vfs_name);
    return SQLITE_OK;
}

/* As Linux is reported by SQLite's own VFS, so that it syncs and pads in the same way. */
static int file_sector_size(sqlite3_file *file) { return (void)file, 4096; }
static int file_characteristics(sqlite3_file *file) { return (void)file, SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = shadow_shm_map,
    .xShmLock = shadow_shm_lock,
    .xShmBarrier = shadow_shm_barrier,
    .xShmUnmap = shadow_shm_unmap,
};

/* MARK: The VFS */

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *flags_out) {
    shadow_disk *disk = disk_of(vfs);
    shadow_handle *handle = (shadow_handle *)file;
    memset(handle, 0, sizeof *handle);
    if (disk->faults.is_dead) return fail(disk, SQLITE_IOERR);
    shadow_inode *inode = name == NULL ? NULL : shadow_disk_find(disk, name);
    if (inode == NULL) {
        if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
        int result = begin(disk, SHADOW_CREATE, NULL);
        if (result != SQLITE_OK) return result;
        inode = shadow_inode_create(name == NULL ? "" : name);
        if (inode == NULL) return SQLITE_IOERR_NOMEM;
        inode->is_current = name != NULL;
        shadow_disk_add(disk, inode);
    }
    inode->handles++;
    handle->base.pMethods = &methods;
    handle->disk = disk;
    handle->inode = inode;
    handle->is_read_only = (flags & SQLITE_OPEN_READONLY) != 0;
    handle->deletes_on_close = name == NULL || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    int is_journal = flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL);
    handle->syncs_directory = (flags & SQLITE_OPEN_CREATE) != 0 && is_journal != 0;
    handle->next = disk->handles;
    disk->handles = handle;
    disk->references++;
    if (flags_out != NULL) *flags_out = flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int syncs_directory) {
    shadow_disk *disk = disk_of(vfs);
    shadow_inode *inode = shadow_disk_find(disk, name);
    if (inode == NULL && !disk->faults.is_dead) return SQLITE_IOERR_DELETE_NOENT;
    int result = begin(disk, SHADOW_DELETE, NULL);
    if (result != SQLITE_OK) return result;
    inode->is_current = 0;
    if (syncs_directory && !disk->faults.lies_on_sync) shadow_disk_sync_directory(disk);
    shadow_disk_sweep(disk);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    shadow_disk *disk = disk_of(vfs);
    if (disk->faults.is_dead) return SQLITE_IOERR_ACCESS;
    shadow_inode *inode = shadow_disk_find(disk, name);
    /* An empty file counts as none where SQLite asks whether there is one, as on Unix. */
    *result = inode != NULL && (flags != SQLITE_ACCESS_EXISTS || inode->size > 0);
    return SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int count, char *path) {
    (void)vfs;
    if (strlen(name) >= (size_t)count) return SQLITE_CANTOPEN;
    strcpy(path, name);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
    for (int i = 0; i < count; i++) bytes[i] = (char)shadow_random_next(&disk_of(vfs)->sqlite_random);
    return count;
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) { return (void)vfs, microseconds; }

/* The epoch of 1970, always: nothing of a replica may depend on SQLite's clock. */
static int vfs_time64(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
    (void)vfs;
    *milliseconds = 210866760000000;
    return SQLITE_OK;
}

static int vfs_time(sqlite3_vfs *vfs, double *days) {
    (void)vfs;
    *days = 2440587.5;
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int count, char *text) { return (void)vfs, (void)count, (void)text, 0; }

void shadow_vfs_prepare(shadow_disk *disk) {
    disk->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(shadow_handle),
        .mxPathname = 256,
        .zName = disk->vfs_name,
        .pAppData = disk,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_pathname,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time64,
    };
}
