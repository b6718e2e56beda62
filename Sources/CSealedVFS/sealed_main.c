#include "sealed_internal.h"

#include <stdlib.h>
#include <string.h>

/* The main file: pages, and the check of the key. */

/* Bytes of page 1 that are constants of the format, or that SQLite reads again with the whole page. */
#define DATABASE_HEADER 100

void sealed_first_page(uint8_t page[PAGE_SIZE]) {
    static const uint8_t header[DATABASE_HEADER] = {
        'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm', 'a', 't', ' ', '3', 0,
        PAGE_SIZE >> 8, PAGE_SIZE & 255, 2, 2, SUTURE_PAGE_RESERVED, 64, 32, 32,
        0, 0, 0, 1, /* change counter; equal to that at 92, so that the size below counts */
        0, 0, 0, 1, /* pages */
        [92] = 0, 0, 0, 1,
        [96] = (uint8_t)(SQLITE_VERSION_NUMBER >> 24), (uint8_t)(SQLITE_VERSION_NUMBER >> 16),
        (uint8_t)(SQLITE_VERSION_NUMBER >> 8), (uint8_t)SQLITE_VERSION_NUMBER,
    };
    memset(page, 0, PAGE_SIZE);
    memcpy(page, header, sizeof header);
    /* An empty leaf of a table: no cells, and their area begins at the end of the usable bytes. */
    page[DATABASE_HEADER] = 0x0D;
    page[DATABASE_HEADER + 5] = (uint8_t)(USABLE_SIZE >> 8);
    page[DATABASE_HEADER + 6] = (uint8_t)(USABLE_SIZE & 255);
}

/* Reads page `number` into `page` and opens it. Its reserved bytes become zeros: SQLite's checksums of the log cover them. */
static int read_page(sealed_file *file, uint8_t *page, uint64_t number) {
    sqlite3_int64 offset = (sqlite3_int64)(number - 1) * PAGE_SIZE;
    int result = below(file)->pMethods->xRead(below(file), page, PAGE_SIZE, offset);
    if (result == SQLITE_IOERR_SHORT_READ) {
        sqlite3_int64 size = 0;
        result = below(file)->pMethods->xFileSize(below(file), &size);
        if (result != SQLITE_OK) return result;
        if (size == 0 && number == 1) return sealed_first_page(page), SQLITE_OK;
        memset(page, 0, PAGE_SIZE);
        if (offset < size) return sealed_fail(file->name, SUTURE_FAULT_PAGE, number, SQLITE_IOERR_DATA);
        return SQLITE_IOERR_SHORT_READ;
    }
    if (result != SQLITE_OK) return result;
    if (suture_page_open(page, PAGE_SIZE, number, file->vfs->key) != SUTURE_PAGE_OK) {
        memset(page, 0, PAGE_SIZE);
        return sealed_fail(file->name, SUTURE_FAULT_PAGE, number, SQLITE_IOERR_DATA);
    }
    memset(page + USABLE_SIZE, 0, SUTURE_PAGE_RESERVED);
    return SQLITE_OK;
}

int sealed_main_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
    sealed_file *file = (sealed_file *)base;
    uint64_t number = (uint64_t)(offset / PAGE_SIZE) + 1;
    int within = (int)(offset % PAGE_SIZE);
    if (within == 0 && count == PAGE_SIZE) return read_page(file, bytes, number);
    if (within + count > PAGE_SIZE) return sealed_fail(file->name, SUTURE_FAULT_SHAPE, number, SQLITE_IOERR_READ);
    int result = SQLITE_OK;
    if (number == 1 && within + count <= DATABASE_HEADER) {
        /* Asked before the log is: page 1 may be torn here and whole there. */
        sealed_first_page(file->frame);
    } else {
        result = read_page(file, file->frame, number);
    }
    memcpy(bytes, file->frame + within, (size_t)count);
    return result;
}

static int write_page(sealed_file *file, const uint8_t *page, uint64_t number) {
    uint8_t nonce[SUTURE_PAGE_NONCE_BYTES];
    memcpy(file->frame, page, PAGE_SIZE);
    sealed_nonce(file, nonce);
    if (suture_page_seal(file->frame, PAGE_SIZE, number, file->vfs->key, nonce) != SUTURE_PAGE_OK) return SQLITE_IOERR_WRITE;
    return below(file)->pMethods->xWrite(below(file), file->frame, PAGE_SIZE, (sqlite3_int64)(number - 1) * PAGE_SIZE);
}

int sealed_main_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    static const uint8_t nothing[SUTURE_PAGE_RESERVED];
    sealed_file *file = (sealed_file *)base;
    uint64_t number = (uint64_t)(offset / PAGE_SIZE) + 1;
    if (count != PAGE_SIZE || offset % PAGE_SIZE != 0 ||
        memcmp((const uint8_t *)bytes + USABLE_SIZE, nothing, sizeof nothing) != 0) {
        return sealed_fail(file->name, SUTURE_FAULT_SHAPE, number, SQLITE_IOERR_WRITE);
    }
    if (number > 1) {
        /* A file that is not empty has a first page. */
        sqlite3_int64 size = 0;
        int result = below(file)->pMethods->xFileSize(below(file), &size);
        if (result == SQLITE_OK && size == 0) {
            uint8_t first[PAGE_SIZE];
            sealed_first_page(first);
            result = write_page(file, first, 1);
        }
        if (result != SQLITE_OK) return result;
    }
    return write_page(file, bytes, number);
}

/* MARK: The key */

/* Whether the log's first frame opens. A checkpoint begins only when the log is on the disk. */
static int first_frame_opens(sealed_file *file, sqlite3_filename name) {
    sqlite3_vfs *vfs = file->vfs->below;
    sqlite3_file *log = sqlite3_malloc(vfs->szOsFile);
    if (log == NULL) return 0;
    memset(log, 0, (size_t)vfs->szOsFile);
    int opens = 0;
    if (vfs->xOpen(vfs, sqlite3_filename_wal(name), log, SQLITE_OPEN_READONLY | SQLITE_OPEN_WAL, NULL) == SQLITE_OK) {
        opens = log->pMethods->xRead(log, file->frame, FRAME_SIZE, LOG_HEADER) == SQLITE_OK && sealed_open_frame(file, 1);
    }
    if (log->pMethods != NULL) log->pMethods->xClose(log);
    sqlite3_free(log);
    return opens;
}

/* Whether some page after the first opens. */
static int other_page_opens(sealed_file *file, sqlite3_int64 size) {
    for (uint64_t number = 2; number <= 64 && (sqlite3_int64)number * PAGE_SIZE <= size; number++) {
        sqlite3_int64 offset = (sqlite3_int64)(number - 1) * PAGE_SIZE;
        if (below(file)->pMethods->xRead(below(file), file->frame, PAGE_SIZE, offset) != SQLITE_OK) return 0;
        if (suture_page_open(file->frame, PAGE_SIZE, number, file->vfs->key) == SUTURE_PAGE_OK) return 1;
    }
    return 0;
}

int sealed_check_key(sealed_file *file, sqlite3_filename name) {
    if (atomic_load(&file->vfs->is_proven)) return SQLITE_OK;
    sqlite3_int64 size = 0;
    int result = below(file)->pMethods->xFileSize(below(file), &size);
    /* Without a first page there was no checkpoint yet, so the log holds at most the making of the database. */
    if (result != SQLITE_OK || size == 0) return result;
    result = below(file)->pMethods->xRead(below(file), file->frame, PAGE_SIZE, 0);
    if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ) return result;
    int is_plain = memcmp(file->frame, "SQLite format 3", 16) == 0;
    int opens = result == SQLITE_OK && suture_page_open(file->frame, PAGE_SIZE, 1, file->vfs->key) == SUTURE_PAGE_OK;
    if (opens || first_frame_opens(file, name)) {
        atomic_store(&file->vfs->is_proven, 1);
        return SQLITE_OK;
    }
    if (is_plain) return sealed_fail(file->name, SUTURE_FAULT_PLAIN, 0, SQLITE_NOTADB);
    if (other_page_opens(file, size)) return sealed_fail(file->name, SUTURE_FAULT_PAGE, 1, SQLITE_IOERR_DATA);
    return sealed_fail(file->name, SUTURE_FAULT_KEY, 0, SQLITE_NOTADB);
}
