internal import CSodium

/// The state of a stream, which holds its key: in guarded memory, wiped when it goes.
struct StreamState: ~Copyable {
    static let lastTag = UInt8(crypto_secretstream_xchacha20poly1305_TAG_FINAL)

    let pointer: UnsafeMutablePointer<crypto_secretstream_xchacha20poly1305_state>

    init(key: borrowing SymmetricKey, header: [UInt8]) throws(VaultError) {
        Sodium.start()
        let size = crypto_secretstream_xchacha20poly1305_statebytes()
        guard let memory = sodium_malloc(size) else {
            throw VaultError(.outOfMemory, "no guarded memory for a sealed stream; raise the memory limit")
        }
        let pointer = memory.assumingMemoryBound(to: crypto_secretstream_xchacha20poly1305_state.self)
        // Returns an error never: header and key have their fixed lengths.
        _ = key.withUnsafeBytes { crypto_secretstream_xchacha20poly1305_init_pull(pointer, header, $0.fixedOctets) }
        self.pointer = pointer
    }

    deinit { sodium_free(pointer) }
}
