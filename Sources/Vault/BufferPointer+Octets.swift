// libsodium takes pointers to bytes; these keep the calls readable.

extension UnsafeRawBufferPointer {
    /// The first byte, or nil where libsodium allows an empty input to have no address.
    var octets: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }

    /// The first byte of a buffer that is known not to be empty: a key, a nonce, a digest, whose length was checked.
    var fixedOctets: UnsafePointer<UInt8> { baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self) }
}

extension UnsafeMutableRawBufferPointer {
    /// The first byte, or nil where libsodium allows an empty output to have no address.
    var octets: UnsafeMutablePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }

    /// The first byte of a buffer that is known not to be empty: a value of fixed size.
    var fixedOctets: UnsafeMutablePointer<UInt8> { baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self) }
}
