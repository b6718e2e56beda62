import Testing
import Vault

@Suite struct SymmetricKeyTests {
    let nonce = Nonce(random: seeded("nonce"))
    let associated = Array("header".utf8)

    @Test("Sealing gives the bytes of the XChaCha20-Poly1305 draft's test vector")
    func knownAnswer() throws {
        let plaintext = Array(
            """
            Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.
            """.utf8)
        let key = try symmetricKey([UInt8](0x80...0x9f))
        let nonce = try Nonce(copying: [UInt8](0x40...0x57))
        let associated = bytes(hex: "50515253c0c1c2c3c4c5c6c7")
        let expected = bytes(
            hex: """
                bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39
                ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
                21f9664c97637da9768812f615c68b13b52e c0875924c1c7987947deafd8780acf49
                """)
        #expect(try key.seal(plaintext, nonce: nonce, associated: associated) == expected)
        #expect(try key.open(expected, nonce: nonce, associated: associated) == plaintext)
    }

    @Test("What was sealed opens, at any length", arguments: [0, 1, 15, 16, 17, 63, 64, 65, 1000, 65536])
    func roundTrip(count: Int) throws {
        let key = try SymmetricKey(random: seeded())
        let plaintext = seeded("plaintext").bytes(count)
        let sealed = try key.seal(plaintext, nonce: nonce, associated: associated)
        #expect(sealed.count == count + SymmetricKey.overhead)
        #expect(try key.open(sealed, nonce: nonce, associated: associated) == plaintext)
        let again = try key.seal(plaintext, nonce: nonce)
        #expect(try key.open(again, nonce: nonce) == plaintext)
    }

    @Test("A flipped bit anywhere in the sealed bytes is noticed")
    func flippedBit() throws {
        let key = try SymmetricKey(random: seeded())
        let sealed = try key.seal([UInt8](repeating: 3, count: 40), nonce: nonce, associated: associated)
        for bit in 0..<sealed.count * 8 {
            var altered = sealed
            altered[bit / 8] ^= 1 << (bit % 8)
            let failure = code { try key.open(altered, nonce: nonce, associated: associated) }
            #expect(failure == .authenticationFailed, "bit \(bit)")
        }
    }

    @Test("A flipped bit anywhere in the nonce, the associated data or the key is noticed")
    func flippedContext() throws {
        let keyBytes = seeded().bytes(32)
        let key = try symmetricKey(keyBytes)
        let sealed = try key.seal([1, 2, 3], nonce: nonce, associated: associated)
        for bit in 0..<Nonce.byteCount * 8 {
            var altered = nonce.bytes
            altered[bit / 8] ^= 1 << (bit % 8)
            let other = try Nonce(copying: altered)
            #expect(code { try key.open(sealed, nonce: other, associated: associated) } == .authenticationFailed)
        }
        for bit in 0..<associated.count * 8 {
            var altered = associated
            altered[bit / 8] ^= 1 << (bit % 8)
            #expect(code { try key.open(sealed, nonce: nonce, associated: altered) } == .authenticationFailed)
        }
        for bit in 0..<256 {
            var altered = keyBytes
            altered[bit / 8] ^= 1 << (bit % 8)
            let other = try symmetricKey(altered)
            #expect(code { try other.open(sealed, nonce: nonce, associated: associated) } == .authenticationFailed)
        }
    }

    @Test("Bytes cannot move between plaintext and associated data")
    func movedBoundary() throws {
        let key = try SymmetricKey(random: seeded())
        let sealed = try key.seal([1, 2, 3], nonce: nonce, associated: [4, 5])
        #expect(code { try key.open([5] + sealed, nonce: nonce, associated: [4]) } == .authenticationFailed)
        #expect(code { try key.open(Array(sealed.dropFirst()), nonce: nonce, associated: [4, 5]) } == .authenticationFailed)
        #expect(code { try key.open(Array(sealed.dropLast()), nonce: nonce, associated: [4, 5]) } == .authenticationFailed)
        #expect(code { try key.open(sealed + [0], nonce: nonce, associated: [4, 5]) } == .authenticationFailed)
    }

    @Test("Sealed bytes shorter than a tag are refused by their length", arguments: 0..<16)
    func tooShort(count: Int) throws {
        let key = try SymmetricKey(random: seeded())
        let sealed = [UInt8](repeating: 0, count: count)
        #expect(code { try key.open(sealed, nonce: nonce) } == .wrongLength)
    }

    /// Seals and opens with buffers of these sizes; the code of the error, if any.
    private func codes(plaintext: Int, output: Int, nonceBytes: Int = 24) throws -> [VaultError.Code?] {
        let key = try SymmetricKey(random: seeded())
        let input = [UInt8](repeating: 1, count: plaintext)
        let sealed = try key.seal(input, nonce: nonce)
        let nonceCopy = [UInt8](nonce.bytes.prefix(nonceBytes)) + [UInt8](repeating: 0, count: max(0, nonceBytes - 24))
        var sealing = [UInt8](repeating: 0, count: output + SymmetricKey.overhead)
        var opening = [UInt8](repeating: 0, count: output)
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        let sealCode = input.withUnsafeBytes { input in
            sealing.withUnsafeMutableBytes { output in
                code { try key.seal(input, nonce: nonce, associated: none, into: output) }
            }
        }
        let openCode = sealed.withUnsafeBytes { sealed in
            nonceCopy.withUnsafeBytes { nonce in
                opening.withUnsafeMutableBytes { output in
                    code { try key.open(sealed, nonce: nonce, associated: none, into: output) }
                }
            }
        }
        return [sealCode, openCode]
    }

    @Test("Outputs and nonces of another length are refused")
    func wrongOutput() throws {
        #expect(try codes(plaintext: 20, output: 20) == [nil, nil])
        #expect(try codes(plaintext: 20, output: 19) == [.wrongLength, .wrongLength])
        #expect(try codes(plaintext: 20, output: 21) == [.wrongLength, .wrongLength])
        #expect(try codes(plaintext: 0, output: 0) == [nil, nil])
        #expect(try codes(plaintext: 20, output: 20, nonceBytes: 23) == [nil, .wrongLength])
        #expect(try codes(plaintext: 20, output: 20, nonceBytes: 25) == [nil, .wrongLength])
    }

    @Test("Sealing and opening in place gives the same bytes")
    func inPlace() throws {
        let key = try SymmetricKey(random: seeded())
        let plaintext = seeded("plaintext").bytes(100)
        var buffer = plaintext + [UInt8](repeating: 0, count: SymmetricKey.overhead)
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        try buffer.withUnsafeMutableBytes { buffer in
            try key.seal(UnsafeRawBufferPointer(rebasing: buffer[..<100]), nonce: nonce, associated: none, into: buffer)
        }
        #expect(try buffer == key.seal(plaintext, nonce: nonce))
        try buffer.withUnsafeMutableBytes { buffer in
            let output = UnsafeMutableRawBufferPointer(rebasing: buffer[..<100])
            try key.open(UnsafeRawBufferPointer(buffer), nonce: nonce, associated: none, into: output)
        }
        #expect(Array(buffer[..<100]) == plaintext)
    }

    @Test("A failed opening leaves zeros, not unauthenticated plaintext")
    func failedOutput() throws {
        let key = try SymmetricKey(random: seeded())
        var sealed = try key.seal([UInt8](repeating: 7, count: 50), nonce: nonce)
        sealed[60] ^= 1
        var output = [UInt8](repeating: 0xee, count: 50)
        let failure = output.withUnsafeMutableBytes { output in
            sealed.withUnsafeBytes { sealed in
                code {
                    try key.open(
                        sealed, nonce: nonce, associated: UnsafeRawBufferPointer(start: nil, count: 0), into: output)
                }
            }
        }
        #expect(failure == .authenticationFailed)
        #expect(output == [UInt8](repeating: 0, count: 50))
    }

    @Test("A key of another length than 32 is refused", arguments: [0, 16, 31, 33])
    func wrongKeyLength(count: Int) {
        #expect(code { try symmetricKey([UInt8](repeating: 1, count: count)) } == .wrongLength)
    }

    @Test("A key gives back the bytes it was made from")
    func bytesBack() throws {
        #expect(try symmetricKey([UInt8](0..<32)).withUnsafeBytes { Array($0) } == [UInt8](0..<32))
    }

    @Test("A derived key is keyed BLAKE2b-256 of domain and context, and differs with both")
    func derive() throws {
        let key = try symmetricKey([UInt8](0..<32))
        // Expected value: keyed BLAKE2b of another implementation.
        let derived = try key.derive(testDomain, context: Array("abc".utf8)).withUnsafeBytes { Array($0) }
        #expect(derived == bytes(hex: "2a76754e47d6b074984f1589749ba9d2b2a84682d7a7c2274854d70ff3550b27"))
        let others: Set = [
            derived, try key.derive(testDomain).withUnsafeBytes { Array($0) },
            try key.derive(Domain("suture other v1"), context: Array("abc".utf8)).withUnsafeBytes { Array($0) },
        ]
        #expect(others.count == 3)
    }

    @Test("One key may seal and open on many tasks at once")
    func concurrent() async throws {
        let key = Shared(try SymmetricKey(random: seeded()))
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    let random = seeded("task \(task)")
                    return (0..<300).allSatisfy { round in
                        let plaintext = random.bytes(round)
                        let nonce = Nonce(random: random)
                        guard let sealed = try? key.value.seal(plaintext, nonce: nonce) else { return false }
                        return (try? key.value.open(sealed, nonce: nonce)) == plaintext
                    }
                }
            }
            for await allOpened in group { #expect(allOpened) }
        }
    }

    @Test("Errors name lengths, never the plaintext")
    func errorText() throws {
        let key = try SymmetricKey(random: seeded())
        var sealed = try key.seal(Array("swelling".utf8), nonce: nonce)
        sealed[0] ^= 1
        let altered = sealed
        #expect(
            message { try key.open(altered, nonce: nonce) }
                == "24 sealed bytes were altered, or sealed with another key or context")
    }
}
