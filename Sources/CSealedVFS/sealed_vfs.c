#include "sealed_internal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The VFS: its life, and which files it opens. */

static suture_sealed_vfs *sealed_of(sqlite3_vfs *vfs) { return vfs->pAppData; }

/* MARK: Faults */

static _Thread_local suture_sealed_fault latest;

int sealed_fail(const char *name, int kind, uint64_t number, int result) {
    size_t length = name == NULL ? 0 : strlen(name);
    const char *end = name == NULL ? "" : name + (length < sizeof latest.file ? 0 : length - sizeof latest.file + 1);
    latest.kind = kind;
    latest.result = result;
    latest.number = number;
    snprintf(latest.file, sizeof latest.file, "%s", end);
    return result;
}

int suture_sealed_take_fault(suture_sealed_fault *fault) {
    *fault = latest;
    latest = (suture_sealed_fault){0};
    return fault->kind != SUTURE_FAULT_NONE;
}

/* MARK: Its life */

static void destroy(suture_sealed_vfs *vfs) {
    if (vfs->key != NULL) sodium_free(vfs->key); /* wipes it */
    sqlite3_mutex_free(vfs->mutex);
    free(vfs->path);
    free(vfs->name);
    free(vfs);
}

suture_sealed_vfs *suture_sealed_vfs_create(const char *name, const char *below_name,
                                            const uint8_t key[SUTURE_PAGE_KEY_BYTES], suture_sealed_random random,
                                            void *context, void (*release)(void *context)) {
    if (sqlite3_initialize() != SQLITE_OK || sodium_init() < 0 || sqlite3_vfs_find(name) != NULL) return NULL;
    sqlite3_vfs *below_vfs = sqlite3_vfs_find(below_name);
    suture_sealed_vfs *vfs = below_vfs == NULL ? NULL : calloc(1, sizeof *vfs);
    if (vfs == NULL) return NULL;
    vfs->below = below_vfs;
    vfs->random = random;
    vfs->context = context;
    vfs->release = release;
    vfs->name = strdup(name);
    vfs->mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_FAST);
    vfs->key = sodium_malloc(SUTURE_PAGE_KEY_BYTES);
    atomic_init(&vfs->references, 1);
    if (vfs->key == NULL || vfs->name == NULL) {
        destroy(vfs);
        return NULL;
    }
    memcpy(vfs->key, key, SUTURE_PAGE_KEY_BYTES);
    sealed_vfs_prepare(vfs);
    if (sodium_mprotect_readonly(vfs->key) != 0 || sqlite3_vfs_register(&vfs->vfs, 0) != SQLITE_OK) {
        destroy(vfs);
        return NULL;
    }
    return vfs;
}

void suture_sealed_vfs_release(suture_sealed_vfs *vfs) {
    sqlite3_vfs_unregister(&vfs->vfs);
    sealed_vfs_forget(vfs);
}

void sealed_vfs_forget(suture_sealed_vfs *vfs) {
    if (atomic_fetch_sub(&vfs->references, 1) > 1) return;
    if (vfs->release != NULL) vfs->release(vfs->context);
    destroy(vfs);
}

int suture_sealed_vfs_open_files(suture_sealed_vfs *vfs) { return atomic_load(&vfs->references) - 1; }

/* MARK: Opening */

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Whether `name` is the one database of this VFS, or its log. The first main file to be opened is. */
static int admits(suture_sealed_vfs *vfs, const char *name, int flags) {
    int is_admitted = 0;
    sqlite3_mutex_enter(vfs->mutex);
    if (flags & SQLITE_OPEN_MAIN_DB) {
        if (vfs->path == NULL) vfs->path = strdup(name);
        is_admitted = vfs->path != NULL && strcmp(vfs->path, name) == 0;
    } else if ((flags & SQLITE_OPEN_WAL) && vfs->path != NULL) {
        size_t length = strlen(vfs->path);
        is_admitted = strncmp(vfs->path, name, length) == 0 && strcmp(name + length, "-wal") == 0;
    }
    sqlite3_mutex_leave(vfs->mutex);
    return is_admitted;
}

static int open_below(sealed_file *file, sqlite3_filename name, int flags, int *flags_out) {
    sqlite3_vfs *vfs = file->vfs->below;
    int result = vfs->xOpen(vfs, name, below(file), flags, flags_out);
    if (result != SQLITE_OK) return result;
    /* Logs need memory that connections share. */
    if (below(file)->pMethods->iVersion < 2) return sealed_fail(name, SUTURE_FAULT_REFUSED, 0, SQLITE_CANTOPEN);
    return file->role == ROLE_MAIN_FILE ? sealed_check_key(file, name) : SQLITE_OK;
}

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *base, int flags, int *flags_out) {
    suture_sealed_vfs *sealed = sealed_of(vfs);
    sealed_file *file = (sealed_file *)base;
    memset(base, 0, (size_t)vfs->szOsFile);
    if (name == NULL || !admits(sealed, name, flags)) return sealed_fail(name, SUTURE_FAULT_REFUSED, 0, SQLITE_CANTOPEN);
    file->vfs = sealed;
    file->name = name;
    file->role = flags & SQLITE_OPEN_WAL ? ROLE_LOG_FILE : ROLE_MAIN_FILE;
    int result = open_below(file, name, flags, flags_out);
    if (result != SQLITE_OK) {
        if (below(file)->pMethods != NULL) below(file)->pMethods->xClose(below(file));
        sodium_memzero(file, sizeof *file);
        return result;
    }
    atomic_fetch_add(&sealed->references, 1);
    file->base.pMethods = &sealed_methods;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int syncs_directory) {
    sqlite3_vfs *under = sealed_of(vfs)->below;
    return under->xDelete(under, name, syncs_directory);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result) {
    sqlite3_vfs *under = sealed_of(vfs)->below;
    if (ends_with(name, "-journal")) {
        /* None is ever made here, so what stands there is not this database's and must not be played back into it. */
        *result = 0;
        return SQLITE_OK;
    }
    return under->xAccess(under, name, flags, result);
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int count, char *path) {
    sqlite3_vfs *under = sealed_of(vfs)->below;
    return under->xFullPathname(under, name, count, path);
}

/* MARK: What has nothing to do with files */

static void *vfs_dl_open(sqlite3_vfs *vfs, const char *name) { return (void)vfs, (void)name, NULL; }

static void vfs_dl_error(sqlite3_vfs *vfs, int count, char *text) {
    (void)vfs;
    sqlite3_snprintf(count, text, "a sealed database loads no extensions");
}

static int vfs_randomness(sqlite3_vfs *vfs, int count, char *bytes) {
    sqlite3_vfs *under = sealed_of(vfs)->below;
    return under->xRandomness(under, count, bytes);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    sqlite3_vfs *under = sealed_of(vfs)->below;
    return under->xSleep(under, microseconds);
}

static int vfs_time(sqlite3_vfs *vfs, double *days) {
    sqlite3_vfs *under = sealed_of(vfs)->below;
    return under->xCurrentTime(under, days);
}

static int vfs_time64(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
    sqlite3_vfs *under = sealed_of(vfs)->below;
    return under->xCurrentTimeInt64(under, milliseconds);
}

static int vfs_last_error(sqlite3_vfs *vfs, int count, char *text) {
    sqlite3_vfs *under = sealed_of(vfs)->below;
    return under->xGetLastError == NULL ? 0 : under->xGetLastError(under, count, text);
}

void sealed_vfs_prepare(suture_sealed_vfs *sealed) {
    sqlite3_vfs *under = sealed->below;
    sealed->vfs = (sqlite3_vfs){
        .iVersion = under->iVersion < 2 ? 1 : 2,
        .szOsFile = (int)BELOW_OFFSET + under->szOsFile,
        .mxPathname = under->mxPathname,
        .zName = sealed->name,
        .pAppData = sealed,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_pathname,
        .xDlOpen = vfs_dl_open,
        .xDlError = vfs_dl_error,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time64,
    };
}
