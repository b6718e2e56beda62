#include "sealed_page.h"

#include <pthread.h>
#include <sodium.h>

#define ASSOCIATED_BYTES 9

_Static_assert(SUTURE_PAGE_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce length");
_Static_assert(SUTURE_PAGE_TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag length");
_Static_assert(SUTURE_PAGE_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key length");
_Static_assert(SUTURE_PAGE_RESERVED == SUTURE_PAGE_NONCE_BYTES + SUTURE_PAGE_TAG_BYTES, "reserved bytes");

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int started;

static void start(void) { started = sodium_init() >= 0; }

/* SUTURE_PAGE_OK where the arguments make sense and libsodium runs. */
static int check(const uint8_t *page, size_t page_size, uint64_t page_number, uint8_t role, const uint8_t *key) {
    if (page_size < SUTURE_PAGE_SIZE_MIN || page_size > SUTURE_PAGE_SIZE_MAX || (page_size & (page_size - 1)) != 0) {
        return SUTURE_PAGE_BAD_SIZE;
    }
    if (page == NULL || key == NULL || page_number == 0 || (role != SUTURE_PAGE_MAIN && role != SUTURE_PAGE_WAL)) {
        return SUTURE_PAGE_BAD_ARGUMENT;
    }
    if (pthread_once(&once, start) != 0 || !started) {
        return SUTURE_PAGE_NO_CRYPTOGRAPHY;
    }
    return SUTURE_PAGE_OK;
}

static void write_associated(uint8_t associated[ASSOCIATED_BYTES], uint64_t page_number, uint8_t role) {
    for (int i = 0; i < 8; i++) {
        associated[i] = (uint8_t)(page_number >> (56 - 8 * i));
    }
    associated[8] = role;
}

int suture_page_seal(uint8_t *page, size_t page_size, uint64_t page_number, uint8_t role,
                     const uint8_t key[SUTURE_PAGE_KEY_BYTES], const uint8_t nonce[SUTURE_PAGE_NONCE_BYTES]) {
    int status = check(page, page_size, page_number, role, key);
    if (status != SUTURE_PAGE_OK) {
        return status;
    }
    if (nonce == NULL) {
        return SUTURE_PAGE_BAD_ARGUMENT;
    }
    const size_t usable = page_size - SUTURE_PAGE_RESERVED;
    uint8_t *page_nonce = page + usable;
    uint8_t *tag = page_nonce + SUTURE_PAGE_NONCE_BYTES;
    uint8_t associated[ASSOCIATED_BYTES];
    write_associated(associated, page_number, role);
    /* The nonce may lie in the page's own reserved bytes. */
    for (size_t i = 0; i < SUTURE_PAGE_NONCE_BYTES; i++) {
        page_nonce[i] = nonce[i];
    }
    if (crypto_aead_xchacha20poly1305_ietf_encrypt_detached(page, tag, NULL, page, usable, associated, ASSOCIATED_BYTES,
                                                            NULL, page_nonce, key) != 0) {
        return SUTURE_PAGE_NO_CRYPTOGRAPHY;
    }
    return SUTURE_PAGE_OK;
}

int suture_page_open(uint8_t *page, size_t page_size, uint64_t page_number, uint8_t role,
                     const uint8_t key[SUTURE_PAGE_KEY_BYTES]) {
    int status = check(page, page_size, page_number, role, key);
    if (status != SUTURE_PAGE_OK) {
        return status;
    }
    const size_t usable = page_size - SUTURE_PAGE_RESERVED;
    const uint8_t *nonce = page + usable;
    const uint8_t *tag = nonce + SUTURE_PAGE_NONCE_BYTES;
    uint8_t associated[ASSOCIATED_BYTES];
    write_associated(associated, page_number, role);
    /*
     * libsodium zeroes its output where the tag is wrong, which in place would destroy the page. So verify first,
     * without an output, and then take the key stream off: that of XChaCha20-Poly1305 is XChaCha20 from block 1
     * (block 0 gives the key of the tag). The 64-bit block counter of crypto_stream_xchacha20 equals the IETF form's
     * 32-bit one and its four zero nonce bytes as long as the counter stays below 2^32; a page is at most 1024
     * blocks.
     */
    if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(NULL, NULL, page, usable, tag, associated, ASSOCIATED_BYTES,
                                                            nonce, key) != 0) {
        return SUTURE_PAGE_NOT_AUTHENTIC;
    }
    if (crypto_stream_xchacha20_xor_ic(page, page, usable, nonce, 1, key) != 0) {
        return SUTURE_PAGE_NO_CRYPTOGRAPHY;
    }
    return SUTURE_PAGE_OK;
}
