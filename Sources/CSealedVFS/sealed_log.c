#include "sealed_internal.h"

#include <string.h>

/*
 * The write-ahead log. SQLite writes a frame as a header of 24 bytes and then a page; here both are sealed together and
 * written as one. Two more things happen where a transaction outgrew the cache: a page that was written already is
 * overwritten in its frame, without its header, and before the commit every header from there on is written anew, each
 * right after its whole frame was read.
 */

static sqlite3_int64 frame_offset(uint64_t number) { return LOG_HEADER + (sqlite3_int64)(number - 1) * FRAME_SIZE; }

int sealed_open_frame(sealed_file *file, uint64_t number) {
    if (suture_frame_open(file->frame, PAGE_SIZE, number, file->vfs->key) != SUTURE_PAGE_OK) return 0;
    memset(file->frame + FRAME_SIZE - SUTURE_PAGE_RESERVED, 0, SUTURE_PAGE_RESERVED);
    return 1;
}

/* Seals and writes what stands in `frame`. */
static int write_frame(sealed_file *file, uint64_t number) {
    uint8_t nonce[SUTURE_PAGE_NONCE_BYTES];
    sealed_nonce(file, nonce);
    file->loaded = 0;
    if (suture_frame_seal(file->frame, PAGE_SIZE, number, file->vfs->key, nonce) != SUTURE_PAGE_OK) return SQLITE_IOERR_WRITE;
    return below(file)->pMethods->xWrite(below(file), file->frame, FRAME_SIZE, frame_offset(number));
}

int sealed_log_flush(sealed_file *file) {
    if (!file->header_waits) return SQLITE_OK;
    file->header_waits = 0;
    file->loaded = 0;
    int result = below(file)->pMethods->xRead(below(file), file->frame, FRAME_SIZE, frame_offset(file->header_frame));
    /* Without a whole page behind it a header ends the log, and so does its absence. */
    if (result == SQLITE_IOERR_SHORT_READ) return SQLITE_OK;
    if (result != SQLITE_OK) return result;
    if (!sealed_open_frame(file, file->header_frame)) return SQLITE_OK;
    memcpy(file->frame, file->header, FRAME_HEADER);
    return write_frame(file, file->header_frame);
}

int sealed_log_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
    sealed_file *file = (sealed_file *)base;
    int result = sealed_log_flush(file);
    if (result != SQLITE_OK) return result;
    file->loaded = 0;
    if (offset + count <= LOG_HEADER) return below(file)->pMethods->xRead(below(file), bytes, count, offset);
    uint64_t number = (uint64_t)((offset - LOG_HEADER) / FRAME_SIZE) + 1;
    int within = (int)((offset - LOG_HEADER) % FRAME_SIZE);
    if (offset < LOG_HEADER || within + count > FRAME_SIZE) {
        return sealed_fail(file->name, SUTURE_FAULT_SHAPE, number, SQLITE_IOERR_READ);
    }
    result = below(file)->pMethods->xRead(below(file), file->frame, FRAME_SIZE, frame_offset(number));
    if (result != SQLITE_OK) {
        memset(bytes, 0, (size_t)count);
        return result;
    }
    if (sealed_open_frame(file, number)) {
        memcpy(bytes, file->frame + within, (size_t)count);
        if (count == FRAME_SIZE) file->loaded = number;
        return SQLITE_OK;
    }
    memset(bytes, 0, (size_t)count);
    /* Whole frames are read to find the end of the log: no page has number 0, so this is it. */
    if (count == FRAME_SIZE) return SQLITE_OK;
    return sealed_fail(file->name, SUTURE_FAULT_FRAME, number, SQLITE_IOERR_DATA);
}

static int write_header(sealed_file *file, const uint8_t *header, uint64_t number) {
    int is_rewritten = file->loaded == number;
    memcpy(file->header, header, FRAME_HEADER);
    file->header_frame = number;
    file->header_waits = !is_rewritten;
    if (!is_rewritten) return SQLITE_OK;
    memcpy(file->frame, header, FRAME_HEADER);
    return write_frame(file, number);
}

static int write_page(sealed_file *file, const uint8_t *page, uint64_t number) {
    if (file->header_frame != number) {
        /* Overwritten: its header stays, but for the checksum, which is stale and will be written before the commit. */
        int result = sealed_log_flush(file);
        if (result != SQLITE_OK) return result;
        memset(file->header, 0, FRAME_HEADER);
        result = below(file)->pMethods->xRead(below(file), file->header, SUTURE_FRAME_CLEAR_BYTES, frame_offset(number));
        if (result != SQLITE_OK) return result;
        file->header_frame = number;
    }
    file->header_waits = 0;
    memcpy(file->frame, file->header, FRAME_HEADER);
    memcpy(file->frame + FRAME_HEADER, page, PAGE_SIZE);
    return write_frame(file, number);
}

int sealed_log_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    static const uint8_t nothing[SUTURE_PAGE_RESERVED];
    sealed_file *file = (sealed_file *)base;
    if (offset == 0 && count == LOG_HEADER) {
        /* Another generation begins: no header of the last one is of use. */
        file->header_waits = 0;
        file->header_frame = 0;
        file->loaded = 0;
        return below(file)->pMethods->xWrite(below(file), bytes, count, offset);
    }
    uint64_t number = offset < LOG_HEADER ? 0 : (uint64_t)((offset - LOG_HEADER) / FRAME_SIZE) + 1;
    sqlite3_int64 within = offset < LOG_HEADER ? -1 : (offset - LOG_HEADER) % FRAME_SIZE;
    if (within == 0 && count == FRAME_HEADER) {
        /* Rewriting comes right after reading; what waits then belongs to another frame. */
        int result = sealed_log_flush(file);
        return result == SQLITE_OK ? write_header(file, bytes, number) : result;
    }
    if (within == FRAME_HEADER && count == PAGE_SIZE &&
        memcmp((const uint8_t *)bytes + USABLE_SIZE, nothing, sizeof nothing) == 0) {
        return write_page(file, bytes, number);
    }
    return sealed_fail(file->name, SUTURE_FAULT_SHAPE, number, SQLITE_IOERR_WRITE);
}
