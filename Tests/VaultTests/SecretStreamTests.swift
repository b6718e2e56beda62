import Testing
import Vault

@Suite("Sealed streams")
struct SecretStreamTests {
    static let random = SeededRandomSource(seed: 3, stream: "streams")
    static let associated = Array("suture test".utf8)

    /// Some chunks, sealed; the last one marked.
    static func sealed(_ chunks: [[UInt8]], key: borrowing SymmetricKey) throws -> (header: [UInt8], chunks: [[UInt8]]) {
        var stream = try SealingStream(key: key, random: random)
        var result: [[UInt8]] = []
        for (index, chunk) in chunks.enumerated() {
            result.append(stream.seal(chunk, associated: associated, isLast: index == chunks.count - 1))
        }
        return (stream.header, result)
    }

    static let chunks: [[UInt8]] = [Array("one".utf8), [], [UInt8](repeating: 7, count: 70_000), Array("end".utf8)]

    @Test("What was sealed opens in its order, and the last chunk is known as such")
    func roundTrip() throws {
        let key = try SymmetricKey(random: Self.random)
        let (header, sealed) = try Self.sealed(Self.chunks, key: key)
        var stream = try OpeningStream(key: key, header: header)
        for (index, chunk) in sealed.enumerated() {
            #expect(chunk.count == Self.chunks[index].count + SealingStream.overhead)
            let opened = try stream.open(chunk, associated: Self.associated)
            #expect(opened.chunk == Self.chunks[index])
            #expect(opened.isLast == (index == 3))
        }
    }

    @Test("Nothing that was changed, left out, repeated or moved opens, nor under another key, header or context")
    func damage() throws {
        let key = try SymmetricKey(random: Self.random)
        let (header, sealed) = try Self.sealed(Self.chunks, key: key)
        func refuses(_ header: [UInt8], _ chunks: [[UInt8]], _ key: borrowing SymmetricKey, _ associated: [UInt8]) throws -> Bool {
            var stream = try OpeningStream(key: key, header: header)
            for chunk in chunks {
                do throws(VaultError) { _ = try stream.open(chunk, associated: associated) } catch { return true }
            }
            return false
        }
        #expect(try !refuses(header, sealed, key, Self.associated))
        for index in sealed.indices {
            for position in [0, sealed[index].count / 2, sealed[index].count - 1] {
                var changed = sealed
                changed[index][position] ^= 1
                #expect(try refuses(header, changed, key, Self.associated))
            }
        }
        #expect(try refuses(header, [sealed[1], sealed[0]], key, Self.associated))
        #expect(try refuses(header, [sealed[0], sealed[2]], key, Self.associated))
        #expect(try refuses(header, [sealed[0], sealed[0]], key, Self.associated))
        #expect(try refuses(header, [[1, 2, 3]], key, Self.associated))
        #expect(try refuses(header, sealed, key, []))
        #expect(try refuses([UInt8](repeating: 1, count: 24), sealed, key, Self.associated))
        let other = try SymmetricKey(random: Self.random)
        #expect(try refuses(header, sealed, other, Self.associated))
        #expect(throws: VaultError.self) { _ = try OpeningStream(key: other, header: [1]) }
    }
}
