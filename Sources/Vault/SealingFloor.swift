/// What libsodium alone needs for a catch-up: the floor that `suture bench` measures verifying and opening against.
///
/// For each change set one hash of a header, one of the sealed changes, one of the sealed content, and one opening; for each run one
/// signature.
public enum SealingFloor {
    /// Does that for `changeSets` of the given sizes in runs of `runLength` and returns how long it took.
    public static func measure(
        changeSets: Int, bodyBytes: Int, contentBytes: Int, runLength: Int, random: any RandomSource
    ) throws -> Duration {
        let key = try SymmetricKey(random: random)
        let signing = try SigningKeyPair(random: random)
        let domain = Domain("suture bench v1")
        let nonce = Nonce(random: random)
        let associated = random.bytes(160)
        let header = random.bytes(212)
        let plaintext = random.bytes(max(1, bodyBytes - 40))
        let sealed = try key.seal(plaintext, nonce: nonce, associated: associated)
        let content = random.bytes(contentBytes)
        var opened = [UInt8](repeating: 0, count: plaintext.count)
        let signature = signing.sign(domain, Digest.hash(domain, header))
        let clock = ContinuousClock()
        let start = clock.now
        for index in 0..<changeSets {
            let digest = Digest.hash(domain, header)
            _ = Digest.hash(domain, sealed)
            if contentBytes > 0 { _ = Digest.hash(domain, content) }
            try sealed.withUnsafeBytes { sealed in
                try associated.withUnsafeBytes { associated in
                    try opened.withUnsafeMutableBytes { opened in
                        try key.open(sealed, nonce: nonce, associated: associated, into: opened)
                    }
                }
            }
            if index % max(1, runLength) == 0 { try signing.publicKey.verify(signature, domain, digest) }
        }
        return clock.now - start
    }
}
