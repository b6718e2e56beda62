import Testing
import Vault

@Suite struct SecretBytesTests {
    @Test("A secret holds the bytes it was made from", arguments: [1, 15, 16, 17, 32, 64, 4096, 5000])
    func bytesBack(count: Int) throws {
        let source = seeded().bytes(count)
        let copied = try SecretBytes(copying: source)
        #expect(copied.count == count)
        #expect(copied.withUnsafeBytes { Array($0) } == source)
        let drawn = try SecretBytes(count: count, random: seeded())
        #expect(drawn.withUnsafeBytes { Array($0) } == source)
        let fromPointer = try source.withUnsafeBytes { try Owned(SecretBytes(copying: $0)) }.take()
        #expect(fromPointer.withUnsafeBytes { Array($0) } == source)
    }

    @Test("A secret of no bytes or fewer is refused", arguments: [0, -1])
    func empty(count: Int) {
        #expect(code { try SecretBytes(count: count, random: seeded()) } == .wrongLength)
        #expect(code { try SecretBytes(copying: []) } == .wrongLength)
    }

    @Test("A secret larger than memory is an error, not a crash")
    func tooLarge() {
        #expect(code { try SecretBytes(count: .max / 2, random: seeded()) } == .outOfMemory)
    }

    @Test("Writing to a secret after it was made stops the program")
    func readOnly() async {
        await #expect(processExitsWith: .failure) {
            let secret = try SecretBytes(copying: [1, 2, 3])
            secret.withUnsafeBytes { UnsafeMutableRawBufferPointer(mutating: $0)[0] = 9 }
        }
    }

    @Test("Reading past a secret's end stops the program")
    func guardPage() async {
        await #expect(processExitsWith: .failure) {
            let secret = try SecretBytes(copying: [1, 2, 3])
            let beyond = secret.withUnsafeBytes { $0.baseAddress.map { ($0 + 3).load(as: UInt8.self) } }
            print(beyond as Any)
        }
    }

    @Test("Errors of a callback come through with their type")
    func rethrow() throws {
        struct Stop: Error, Equatable {}
        let secret = try SecretBytes(copying: [1])
        var caught: Stop?
        do { try secret.withUnsafeBytes { (_) throws(Stop) in throw Stop() } } catch { caught = error }
        #expect(caught == Stop())
    }

    @Test("Wiping leaves zeros of the same count", arguments: [0, 1, 100])
    func wipe(count: Int) {
        var array = [UInt8](repeating: 0xaa, count: count)
        SecretMemory.wipe(&array)
        #expect(array == [UInt8](repeating: 0, count: count))
    }

    @Test("Comparing in constant time agrees with plain comparison")
    func constantTime() {
        let source = seeded().bytes(33)
        #expect(constantTimeEqual(source, source.map { $0 }))
        #expect(constantTimeEqual([], []))
        #expect(!constantTimeEqual(source, Array(source.dropLast())))
        #expect(!constantTimeEqual([], [0]))
        for position in source.indices {
            var other = source
            other[position] ^= 0x80
            #expect(!constantTimeEqual(source, other))
        }
    }
}
