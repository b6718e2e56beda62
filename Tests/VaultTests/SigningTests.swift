import Testing
import Vault

@Suite struct SigningTests {
    let digest = Digest.hash(testDomain, [1, 2, 3])

    // RFC 8032, section 7.1, tests 1 and 2.
    static let keys = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        ),
    ]

    @Test("The public key of a seed is that of RFC 8032", arguments: keys)
    func knownKeys(seed: String, publicKey: String) throws {
        let pair = try SigningKeyPair(seed: bytes(hex: seed))
        #expect(pair.publicKey.description == publicKey)
        #expect(pair.withSeed { Array($0) } == bytes(hex: seed))
        let fromPointer = try bytes(hex: seed).withUnsafeBytes { try Owned(SigningKeyPair(seed: $0)) }.take()
        #expect(fromPointer.publicKey == pair.publicKey)
    }

    @Test("A signature is Ed25519 over domain and digest")
    func knownSignature() throws {
        let pair = try SigningKeyPair(seed: bytes(hex: Self.keys[0].0))
        // Expected value: Ed25519 of another implementation over length byte ‖ label ‖ digest.
        let expected = """
            0b755fa34e716ba6568bf1c6897d97ed3d2721e3005f8227de63ae59a276380e\
            bc444e5ab6a822415ceb50a3e679c9b280deb1447004b9fe8853c03c76e81a0b
            """
        let digest = try Digest(copying: [UInt8](0..<32))
        #expect(pair.sign(testDomain, digest).description == expected)
        try pair.publicKey.verify(try Signature(copying: bytes(hex: expected)), testDomain, digest)
    }

    @Test("A flipped bit anywhere in signature, digest or key is noticed")
    func flippedBit() throws {
        let pair = try SigningKeyPair(random: seeded())
        let key = pair.publicKey
        let signature = pair.sign(testDomain, digest)
        try key.verify(signature, testDomain, digest)
        for bit in 0..<512 {
            var altered = signature.bytes
            altered[bit / 8] ^= 1 << (bit % 8)
            let other = try Signature(copying: altered)
            #expect(code { try key.verify(other, testDomain, digest) } == .badSignature, "signature bit \(bit)")
        }
        for bit in 0..<256 {
            var altered = digest.bytes
            altered[bit / 8] ^= 1 << (bit % 8)
            let other = try Digest(copying: altered)
            #expect(code { try key.verify(signature, testDomain, other) } == .badSignature, "digest bit \(bit)")
            altered = key.bytes
            altered[bit / 8] ^= 1 << (bit % 8)
            let otherKey = try SigningPublicKey(copying: altered)
            #expect(code { try otherKey.verify(signature, testDomain, digest) } == .badSignature, "key bit \(bit)")
        }
    }

    @Test("A signature made for one domain is none for another")
    func domainSeparation() throws {
        let pair = try SigningKeyPair(random: seeded())
        let signature = pair.sign(testDomain, digest)
        let key = pair.publicKey
        #expect(code { try key.verify(signature, Domain("suture other v1"), digest) } == .badSignature)
    }

    @Test("Another member's key did not sign it")
    func otherKey() throws {
        let random = seeded()
        let first = try SigningKeyPair(random: random).publicKey
        let second = try SigningKeyPair(random: random)
        let signature = second.sign(testDomain, digest)
        #expect(code { try first.verify(signature, testDomain, digest) } == .badSignature)
    }

    @Test("A key of small order verifies nothing, though the equation would hold")
    func smallOrder() throws {
        // The neutral element as key, and a signature whose commitment is the neutral element and response zero.
        let neutral = [1] + [UInt8](repeating: 0, count: 31)
        let key = try SigningPublicKey(copying: neutral)
        let signature = try Signature(copying: neutral + [UInt8](repeating: 0, count: 32))
        #expect(code { try key.verify(signature, testDomain, digest) } == .badSignature)
    }

    @Test("A response past the group order is refused: a signature has one form")
    func malleability() throws {
        let pair = try SigningKeyPair(random: seeded())
        var altered = pair.sign(testDomain, digest).bytes
        // Adds the group order to the little-endian response: the same scalar in a second spelling.
        let order = bytes(hex: "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var carry = 0
        for index in 0..<32 {
            let sum = Int(altered[32 + index]) + Int(order[index]) + carry
            altered[32 + index] = UInt8(sum & 255)
            carry = sum >> 8
        }
        #expect(carry == 0)
        let (key, other) = (pair.publicKey, try Signature(copying: altered))
        #expect(code { try key.verify(other, testDomain, digest) } == .badSignature)
    }

    @Test("Seeds, keys and signatures of another length are refused", arguments: [0, 31, 33, 63, 65])
    func wrongLength(count: Int) {
        let source = [UInt8](repeating: 1, count: count)
        #expect(code { try SigningKeyPair(seed: source) } == .wrongLength)
        #expect(code { try SigningPublicKey(copying: source) } == .wrongLength)
        #expect(code { try Signature(copying: source) } == .wrongLength)
        #expect(SigningPublicKey(bytes: source) == nil)
        #expect(Signature(bytes: source) == nil)
    }

    @Test("One pair may sign on many tasks at once")
    func concurrent() async throws {
        let pair = Shared(try SigningKeyPair(random: seeded()))
        await withTaskGroup(of: Bool.self) { group in
            for task in UInt8(0)..<8 {
                group.addTask {
                    (UInt8(0)..<20).allSatisfy { round in
                        let digest = Digest.hash(testDomain, [task, round])
                        let signature = pair.value.sign(testDomain, digest)
                        return code { try pair.value.publicKey.verify(signature, testDomain, digest) } == nil
                    }
                }
            }
            for await allVerified in group { #expect(allVerified) }
        }
    }

    @Test("The error of a bad signature names digest, domain and key")
    func errorText() throws {
        let key = try SigningKeyPair(random: seeded()).publicKey
        let signature = try Signature(copying: [UInt8](repeating: 0, count: 64))
        #expect(
            message { try key.verify(signature, testDomain, digest) }
                == "the signature over \(digest) (suture test v1) was not made by key \(key)")
    }
}
