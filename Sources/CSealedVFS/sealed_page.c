#include "sealed_page.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define ROLE_MAIN 0
#define ROLE_LOG 1
#define ASSOCIATED_BYTES_MAX (9 + SUTURE_FRAME_CLEAR_BYTES)

_Static_assert(SUTURE_PAGE_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce length");
_Static_assert(SUTURE_PAGE_TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag length");
_Static_assert(SUTURE_PAGE_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key length");
_Static_assert(SUTURE_PAGE_RESERVED == SUTURE_PAGE_NONCE_BYTES + SUTURE_PAGE_TAG_BYTES, "reserved bytes");

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int started;

static void start(void) { started = sodium_init() >= 0; }

/* SUTURE_PAGE_OK where the arguments make sense and libsodium runs. */
static int check(const uint8_t *bytes, size_t page_size, uint64_t number, const uint8_t *key) {
    if (page_size < SUTURE_PAGE_SIZE_MIN || page_size > SUTURE_PAGE_SIZE_MAX || (page_size & (page_size - 1)) != 0) {
        return SUTURE_PAGE_BAD_SIZE;
    }
    if (bytes == NULL || key == NULL || number == 0) return SUTURE_PAGE_BAD_ARGUMENT;
    if (pthread_once(&once, start) != 0 || !started) return SUTURE_PAGE_NO_CRYPTOGRAPHY;
    return SUTURE_PAGE_OK;
}

/* What is bound to a message without being part of it. */
typedef struct {
    uint8_t bytes[ASSOCIATED_BYTES_MAX];
    size_t count;
} associated_data;

/* `clear` are the bytes of a frame that stay readable; NULL for a page. */
static associated_data associate(uint64_t number, uint8_t role, const uint8_t *clear) {
    associated_data associated = {.count = 9};
    for (int i = 0; i < 8; i++) associated.bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    associated.bytes[8] = role;
    if (clear != NULL) {
        memcpy(associated.bytes + 9, clear, SUTURE_FRAME_CLEAR_BYTES);
        associated.count = ASSOCIATED_BYTES_MAX;
    }
    return associated;
}

/* Seals `count` bytes, behind which nonce and tag get their place. The nonce may lie there already. */
static int seal(uint8_t *message, size_t count, const associated_data *associated, const uint8_t *key,
                const uint8_t *nonce) {
    uint8_t *own_nonce = message + count;
    uint8_t *tag = own_nonce + SUTURE_PAGE_NONCE_BYTES;
    memmove(own_nonce, nonce, SUTURE_PAGE_NONCE_BYTES);
    int status = crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
        message, tag, NULL, message, count, associated->bytes, associated->count, NULL, own_nonce, key);
    return status == 0 ? SUTURE_PAGE_OK : SUTURE_PAGE_NO_CRYPTOGRAPHY;
}

static int open_sealed(uint8_t *message, size_t count, const associated_data *associated, const uint8_t *key) {
    const uint8_t *nonce = message + count;
    const uint8_t *tag = nonce + SUTURE_PAGE_NONCE_BYTES;
    /*
     * libsodium zeroes its output where the tag is wrong, which in place would destroy the page. So verify first,
     * without an output, and then take the key stream off: that of XChaCha20-Poly1305 is XChaCha20 from block 1
     * (block 0 gives the key of the tag). The 64-bit block counter of crypto_stream_xchacha20 equals the IETF form's
     * 32-bit one and its four zero nonce bytes as long as the counter stays below 2^32; a frame is at most 1025
     * blocks.
     */
    if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(NULL, NULL, message, count, tag, associated->bytes,
                                                            associated->count, nonce, key) != 0) {
        return SUTURE_PAGE_NOT_AUTHENTIC;
    }
    if (crypto_stream_xchacha20_xor_ic(message, message, count, nonce, 1, key) != 0) return SUTURE_PAGE_NO_CRYPTOGRAPHY;
    return SUTURE_PAGE_OK;
}

int suture_page_seal(uint8_t *page, size_t page_size, uint64_t page_number, const uint8_t key[SUTURE_PAGE_KEY_BYTES],
                     const uint8_t nonce[SUTURE_PAGE_NONCE_BYTES]) {
    int status = check(page, page_size, page_number, key);
    if (status != SUTURE_PAGE_OK) return status;
    if (nonce == NULL) return SUTURE_PAGE_BAD_ARGUMENT;
    associated_data associated = associate(page_number, ROLE_MAIN, NULL);
    return seal(page, page_size - SUTURE_PAGE_RESERVED, &associated, key, nonce);
}

int suture_page_open(uint8_t *page, size_t page_size, uint64_t page_number, const uint8_t key[SUTURE_PAGE_KEY_BYTES]) {
    int status = check(page, page_size, page_number, key);
    if (status != SUTURE_PAGE_OK) return status;
    associated_data associated = associate(page_number, ROLE_MAIN, NULL);
    return open_sealed(page, page_size - SUTURE_PAGE_RESERVED, &associated, key);
}

/* How many bytes of a frame are sealed: the checksum and the usable bytes of the page. */
static size_t sealed_count(size_t page_size) {
    return SUTURE_FRAME_HEADER_BYTES - SUTURE_FRAME_CLEAR_BYTES + page_size - SUTURE_PAGE_RESERVED;
}

int suture_frame_seal(uint8_t *frame, size_t page_size, uint64_t frame_number, const uint8_t key[SUTURE_PAGE_KEY_BYTES],
                      const uint8_t nonce[SUTURE_PAGE_NONCE_BYTES]) {
    int status = check(frame, page_size, frame_number, key);
    if (status != SUTURE_PAGE_OK) return status;
    if (nonce == NULL) return SUTURE_PAGE_BAD_ARGUMENT;
    associated_data associated = associate(frame_number, ROLE_LOG, frame);
    return seal(frame + SUTURE_FRAME_CLEAR_BYTES, sealed_count(page_size), &associated, key, nonce);
}

int suture_frame_open(uint8_t *frame, size_t page_size, uint64_t frame_number, const uint8_t key[SUTURE_PAGE_KEY_BYTES]) {
    int status = check(frame, page_size, frame_number, key);
    if (status != SUTURE_PAGE_OK) return status;
    associated_data associated = associate(frame_number, ROLE_LOG, frame);
    return open_sealed(frame + SUTURE_FRAME_CLEAR_BYTES, sealed_count(page_size), &associated, key);
}
