extension SymmetricKey {
    /// The sealed form of `plaintext`: `overhead` bytes longer. `nonce` must never be used again with this key.
    public borrowing func seal(
        _ plaintext: [UInt8], nonce: Nonce, associated: [UInt8] = []
    ) throws(VaultError) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: plaintext.count + Self.overhead)
        try plaintext.withBytes { (plaintext) throws(VaultError) in
            try associated.withBytes { (associated) throws(VaultError) in
                try sealed.withMutableBytes { (output) throws(VaultError) in
                    try seal(plaintext, nonce: nonce, associated: associated, into: output)
                }
            }
        }
        return sealed
    }

    /// The plaintext of `sealed`. Throws `wrongLength`, `authenticationFailed`.
    public borrowing func open(
        _ sealed: [UInt8], nonce: Nonce, associated: [UInt8] = []
    ) throws(VaultError) -> [UInt8] {
        var plaintext = [UInt8](repeating: 0, count: max(0, sealed.count - Self.overhead))
        try sealed.withBytes { (sealed) throws(VaultError) in
            try associated.withBytes { (associated) throws(VaultError) in
                try plaintext.withMutableBytes { (output) throws(VaultError) in
                    try open(sealed, nonce: nonce, associated: associated, into: output)
                }
            }
        }
        return plaintext
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` that keeps the type of the error, which the standard library's does not.
    func withBytes<Outcome>(
        _ body: (UnsafeRawBufferPointer) throws(VaultError) -> Outcome
    ) throws(VaultError) -> Outcome {
        try withUnsafeBytes { bytes in Result { () throws(VaultError) in try body(bytes) } }.get()
    }

    /// `withUnsafeMutableBytes` that keeps the type of the error, which the standard library's does not.
    mutating func withMutableBytes<Outcome>(
        _ body: (UnsafeMutableRawBufferPointer) throws(VaultError) -> Outcome
    ) throws(VaultError) -> Outcome {
        try withUnsafeMutableBytes { bytes in Result { () throws(VaultError) in try body(bytes) } }.get()
    }
}
