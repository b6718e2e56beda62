import Testing
import Vault

@Suite struct HashingTests {
    // Expected values: BLAKE2b of another implementation over length byte ‖ label ‖ input.
    static let vectors: [(input: [UInt8], digest: String)] = [
        ([], "03a3d913e1523043301afff07dc6fd78b84e67ab536fea4edda2b9fd133ab670"),
        (Array("abc".utf8), "c4b231b276d24bdef0de2d6a0b95f3e24b86b81868715bab248e44821829987c"),
        ((0..<1000).map { UInt8($0 % 251) }, "6406eb3d1cb05704de9cdba64a8185223ba9b896592573fff25f20d4dff4aa1b"),
    ]

    @Test("Hashes in one go are BLAKE2b-256 of domain and input", arguments: vectors)
    func oneShot(input: [UInt8], expected: String) {
        #expect(Digest.hash(testDomain, input).description == expected)
        #expect(input.withUnsafeBytes { Digest.hash(testDomain, $0) }.description == expected)
    }

    @Test("Hashes in pieces are the same", arguments: vectors, [1, 7, 64, 127, 128, 129, 1000])
    func streaming(vector: (input: [UInt8], digest: String), piece: Int) {
        var hashing = Hashing(testDomain)
        for start in stride(from: 0, to: vector.input.count, by: piece) {
            hashing.update(Array(vector.input[start..<min(start + piece, vector.input.count)]))
        }
        #expect(hashing.finalize().description == vector.digest)
    }

    @Test("Empty updates change nothing")
    func emptyUpdates() {
        var hashing = Hashing(testDomain)
        hashing.update([])
        hashing.update(UnsafeRawBufferPointer(start: nil, count: 0))
        hashing.update(Array("abc".utf8))
        hashing.update([])
        #expect(hashing.finalize() == Digest.hash(testDomain, Array("abc".utf8)))
    }

    @Test("Feeding a digest is feeding its bytes")
    func digestUpdate() {
        let inner = Digest.hash(testDomain, [1])
        var hashing = Hashing(testDomain)
        hashing.update(inner)
        #expect(hashing.finalize() == Digest.hash(testDomain, inner.bytes))
    }

    /// Moves the hash through stack frames of different sizes, feeding a byte in each.
    @inline(never)
    private func moved(_ hashing: consuming Hashing, times: Int) -> Digest {
        guard times > 0 else { return hashing.finalize() }
        hashing.update([UInt8(times)])
        let owned = Owned(hashing)
        return withUnsafeTemporaryAllocation(byteCount: 16 * (times % 5 + 1), alignment: 16) { _ in
            guard let next = try? owned.take() else { return .zero }
            return moved(next, times: times - 1)
        }
    }

    @Test("A hash that is moved about in memory goes on where it was")
    func moving() {
        var hashing = Hashing(testDomain)
        hashing.update([UInt8](repeating: 5, count: 200))
        let expected = Digest.hash(testDomain, [UInt8](repeating: 5, count: 200) + (1...60).reversed().map(UInt8.init))
        #expect(moved(hashing, times: 60) == expected)
    }

    @Test("The same bytes under two domains give unrelated digests")
    func domainSeparation() {
        #expect(Digest.hash(Domain("suture a v1"), [1, 2]) != Digest.hash(Domain("suture b v1"), [1, 2]))
    }

    @Test("A label cannot borrow its end from the input, nor lend it")
    func prefixFree() {
        #expect(Digest.hash(Domain("ab"), Array("c".utf8)) != Digest.hash(Domain("abc"), []))
        #expect(Digest.hash(Domain("abc"), []) != Digest.hash(Domain("ab"), [3] + Array("c".utf8)))
    }

    @Test("A domain is its length and its label")
    func domainBytes() {
        #expect(Domain("abc").bytes == [3, 0x61, 0x62, 0x63])
        #expect(Domain("abc").description == "abc")
    }

    @Test("A domain without a label, or with one that is not ASCII, stops the program")
    func badLabel() async {
        await #expect(processExitsWith: .failure) { _ = Domain("") }
        await #expect(processExitsWith: .failure) { _ = Domain("Ü") }
    }

    @Test("A derived nonce is BLAKE2b-192 of domain, base and index")
    func derivedNonce() throws {
        let base = [UInt8](0..<24)
        let expected = "5c78f11c9b5c93e39aece556b12567ab1ba8f13b015865de"
        #expect(base.withUnsafeBytes { Nonce.derived(testDomain, base: $0, index: 0x0102) }.description == expected)
        #expect(Nonce.derived(testDomain, base: try Nonce(copying: base), index: 0x0102).description == expected)
    }

    @Test("Nonces of different parts differ")
    func derivedNoncesDiffer() {
        let base = Nonce(random: seeded())
        let nonces = Set((0...UInt16.max).map { Nonce.derived(testDomain, base: base, index: $0) })
        #expect(nonces.count == 65536)
    }

    @Test("Many tasks may hash at once")
    func concurrent() async {
        await withTaskGroup(of: Bool.self) { group in
            for task in UInt8(0)..<8 {
                group.addTask {
                    let input = [UInt8](repeating: task, count: 300)
                    let expected = Digest.hash(testDomain, input)
                    return (0..<500).allSatisfy { _ in
                        var hashing = Hashing(testDomain)
                        hashing.update(input)
                        return hashing.finalize() == expected && Digest.hash(testDomain, input) == expected
                    }
                }
            }
            for await allEqual in group { #expect(allEqual) }
        }
    }
}
