internal import CSodium

/// The public half of a `BoxKeyPair`: 32 bytes, held inline, in lexicographic order.
public struct BoxPublicKey: FixedBytes, Comparable {
    private let storage: Bytes32

    /// 32.
    public static let byteCount = Bytes32.byteCount

    /// How many bytes longer a sealed box is than what is in it: an ephemeral public key and an authentication tag.
    public static let overhead = 48

    init(storage: Bytes32) { self.storage = storage }

    /// Copies 32 bytes. Throws `VaultError.Code.wrongLength` for any other count.
    public init(copying source: UnsafeRawBufferPointer) throws(VaultError) {
        storage = try Bytes32(copying: source, as: "a box public key")
    }

    /// A box that only the holder of the secret half can open.
    ///
    /// The same bytes as libsodium's `crypto_box_seal` would make, but the ephemeral pair comes from 32 bytes of
    /// `random` (`crypto_box_seed_keypair`): ephemeral public key ‖ `crypto_box_easy`, nonce BLAKE2b-192(ephemeral
    /// public key ‖ this key). Throws `weakKey` where this key is of small order, `outOfMemory`.
    public func seal(_ bytes: [UInt8], random: any RandomSource) throws(VaultError) -> [UInt8] {
        let seed = try SecretBytes(count: Int(crypto_box_SEEDBYTES), random: random)
        var ephemeral = Bytes32()
        let secret = try SecretBytes(count: Int(crypto_box_SECRETKEYBYTES)) { secret in
            seed.withUnsafeBytes { seed in
                // Returns an error never.
                ephemeral = Bytes32.filled { crypto_box_seed_keypair($0, secret.fixedOctets, seed.fixedOctets) }.bytes
            }
        }
        let nonce = sealedBoxNonce(ephemeral)
        var box = [UInt8](repeating: 0, count: bytes.count + Self.overhead)
        let status = box.withUnsafeMutableBytes { box in
            ephemeral.withUnsafeBytes { box.copyMemory(from: $0) }
            return secret.withUnsafeBytes { secret in
                nonce.withUnsafeBytes { nonce in
                    storage.withUnsafeBytes { recipient in
                        crypto_box_easy(
                            box.fixedOctets + Self.byteCount, bytes, UInt64(bytes.count), nonce.fixedOctets,
                            recipient.fixedOctets, secret.fixedOctets)
                    }
                }
            }
        }
        guard status == 0 else {
            throw VaultError(.weakKey, "box public key \(self) is of small order: anybody could open what is sealed to it")
        }
        return box
    }

    /// The nonce of a sealed box, which both sides can compute. Without a domain label, because `crypto_box_seal` has
    /// none.
    private func sealedBoxNonce(_ ephemeral: Bytes32) -> Nonce {
        let input = ephemeral.withUnsafeBytes { Array($0) } + bytes
        return Nonce.filled { output in
            // Returns an error only for lengths out of range; these are constants.
            _ = crypto_generichash(output, Nonce.byteCount, input, UInt64(input.count), nil, 0)
        }
    }

    /// Calls `body` with the 32 bytes; the pointer is valid only during the call.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeBytes(body)
    }

    /// Lexicographic: the order of the bytes.
    public static func < (left: BoxPublicKey, right: BoxPublicKey) -> Bool { left.storage < right.storage }
}
