#include "sealed_internal.h"

#include <sodium.h>
#include <string.h>

/* An open file: what does not depend on pages goes to the VFS below. */

void sealed_nonce(sealed_file *file, uint8_t nonce[SUTURE_PAGE_NONCE_BYTES]) {
    suture_sealed_vfs *vfs = file->vfs;
    if (file->nonces_left == 0) {
        if (vfs->random != NULL) {
            vfs->random(vfs->context, file->nonces, sizeof file->nonces);
        } else {
            randombytes_buf(file->nonces, sizeof file->nonces);
        }
        file->nonces_left = NONCES;
    }
    file->nonces_left--;
    memcpy(nonce, file->nonces + file->nonces_left * RANDOM_NONCE_BYTES, RANDOM_NONCE_BYTES);
    memcpy(nonce + RANDOM_NONCE_BYTES, SUTURE_SEALED_MARK, SUTURE_SEALED_MARK_BYTES);
}

static int file_close(sqlite3_file *base) {
    sealed_file *file = (sealed_file *)base;
    suture_sealed_vfs *vfs = file->vfs;
    int flushed = sealed_log_flush(file);
    int closed = below(file)->pMethods->xClose(below(file));
    sodium_memzero(file, sizeof *file);
    sealed_vfs_forget(vfs);
    return flushed == SQLITE_OK ? closed : flushed;
}

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    return ((sealed_file *)file)->role == ROLE_LOG_FILE ? sealed_log_read(file, bytes, count, offset)
                                                        : sealed_main_read(file, bytes, count, offset);
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    return ((sealed_file *)file)->role == ROLE_LOG_FILE ? sealed_log_write(file, bytes, count, offset)
                                                        : sealed_main_write(file, bytes, count, offset);
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    sealed_file *file = (sealed_file *)base;
    int result = sealed_log_flush(file);
    file->loaded = 0;
    return result == SQLITE_OK ? below(file)->pMethods->xTruncate(below(file), size) : result;
}

static int file_sync(sqlite3_file *base, int flags) {
    sealed_file *file = (sealed_file *)base;
    int result = sealed_log_flush(file);
    return result == SQLITE_OK ? below(file)->pMethods->xSync(below(file), flags) : result;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    sealed_file *file = (sealed_file *)base;
    int result = below(file)->pMethods->xFileSize(below(file), size);
    /* An empty file reads as one empty page. */
    if (result == SQLITE_OK && file->role == ROLE_MAIN_FILE && *size == 0) *size = PAGE_SIZE;
    return result;
}

static int file_lock(sqlite3_file *base, int level) {
    sqlite3_file *file = below((sealed_file *)base);
    return file->pMethods->xLock(file, level);
}

static int file_unlock(sqlite3_file *base, int level) {
    sqlite3_file *file = below((sealed_file *)base);
    return file->pMethods->xUnlock(file, level);
}

static int file_check_reserved(sqlite3_file *base, int *is_reserved) {
    sqlite3_file *file = below((sealed_file *)base);
    return file->pMethods->xCheckReservedLock(file, is_reserved);
}

/* Answers PRAGMA journal_mode = something else; SQLITE_NOTFOUND leaves a pragma to SQLite. */
static int answer_pragma(char **arguments) {
    if (sqlite3_stricmp(arguments[1], "journal_mode") != 0 || arguments[2] == NULL) return SQLITE_NOTFOUND;
    if (sqlite3_stricmp(arguments[2], "wal") == 0) return SQLITE_NOTFOUND;
    arguments[0] = sqlite3_mprintf("a sealed database keeps its write-ahead log: it has no other journal");
    return SQLITE_ERROR;
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
    sealed_file *file = (sealed_file *)base;
    switch (operation) {
        case SQLITE_FCNTL_VFSNAME:
            *(char **)argument = sqlite3_mprintf("%s", file->vfs->name);
            return SQLITE_OK;
        case SQLITE_FCNTL_PRAGMA: {
            int result = answer_pragma(argument);
            if (result != SQLITE_NOTFOUND) return result;
            break;
        }
        /* Nothing is mapped, and files grow by pages that are written: a hole would not be authentic. */
        case SQLITE_FCNTL_MMAP_SIZE: *(sqlite3_int64 *)argument = 0; return SQLITE_OK;
        case SQLITE_FCNTL_CHUNK_SIZE: return SQLITE_OK;
        default: break;
    }
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

static int file_sector_size(sqlite3_file *base) {
    sqlite3_file *file = below((sealed_file *)base);
    return file->pMethods->xSectorSize(file);
}

/* Nothing that would let SQLite write otherwise than page by page. */
static int file_characteristics(sqlite3_file *base) {
    sqlite3_file *file = below((sealed_file *)base);
    return file->pMethods->xDeviceCharacteristics(file) &
           (SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN | SQLITE_IOCAP_IMMUTABLE);
}

static int file_shm_map(sqlite3_file *base, int region, int size, int extends, void volatile **place) {
    sqlite3_file *file = below((sealed_file *)base);
    return file->pMethods->xShmMap(file, region, size, extends, place);
}

static int file_shm_lock(sqlite3_file *base, int first, int count, int flags) {
    sqlite3_file *file = below((sealed_file *)base);
    return file->pMethods->xShmLock(file, first, count, flags);
}

static void file_shm_barrier(sqlite3_file *base) {
    sqlite3_file *file = below((sealed_file *)base);
    file->pMethods->xShmBarrier(file);
}

static int file_shm_unmap(sqlite3_file *base, int deletes) {
    sqlite3_file *file = below((sealed_file *)base);
    return file->pMethods->xShmUnmap(file, deletes);
}

const sqlite3_io_methods sealed_methods = {
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
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};
