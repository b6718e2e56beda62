import Causality
import InboxModel
import Testing
import Vault

@testable import ChangeLog

@Suite("The layout of run entries")
struct EntryLayoutTests {
    private static let sealed = [UInt8](repeating: 5, count: 60)
    private static let content: [UInt8] = [0x0A, 16] + [UInt8](repeating: 6, count: 16)

    @Test("an entry in its one layout is read")
    func layout() throws {
        let bytes = field(1, [1]) + field(2, Self.sealed) + field(3, Self.content) + field(3, Self.content)
        try bytes.withUnsafeBytes { buffer in
            let parts = try EntryParts(buffer)
            #expect(parts.contentCount == 2)
            #expect(parts.roster.map { Array($0) } == [1])
            #expect(parts.changes.map { Array($0) } == Self.sealed)
            #expect(parts.bodyCount == bytes.count - 2 * field(3, Self.content).count)
        }
    }

    @Test("bytes that nobody signed cannot be attached to an entry", arguments: Attachment.allCases)
    func attachments(attachment: Attachment) {
        let bytes: [UInt8] =
            switch attachment {
            case .rosterTwice: field(1, [1]) + field(1, [2]) + field(2, Self.sealed)
            case .changesTwice: field(2, Self.sealed) + field(2, Self.sealed)
            case .rosterAfterChanges: field(2, Self.sealed) + field(1, [1])
            case .bodyAfterContents: field(3, Self.content) + field(2, Self.sealed)
            case .emptyRoster: field(1, []) + field(2, Self.sealed)
            case .unknownField: field(2, Self.sealed) + field(4, [1])
            case .unknownNumber: field(2, Self.sealed) + [5 << 3, 1]
            case .longTag: [0x92, 0x00] + field(2, Self.sealed).dropFirst()
            case .longLength: [0x12, 0xBC, 0x00] + Self.sealed
            case .longContentLength: field(2, Self.sealed) + [0x1A, 0x92, 0x00] + Self.content
            case .longInnerLength: field(2, Self.sealed) + field(3, [0x0A, 0x90, 0x00] + Self.content.dropFirst(2))
            case .contentTwice: field(2, Self.sealed) + field(3, Self.content + Self.content)
            case .contentEmpty: field(2, Self.sealed) + field(3, [])
            case .contentUnknown: field(2, Self.sealed) + field(3, [0x1A] + Self.content.dropFirst())
            case .contentTooShort: field(2, Self.sealed) + field(3, [0x0A, 15] + [UInt8](repeating: 6, count: 15))
            case .digestTooShort: field(2, Self.sealed) + field(3, [0x12, 31] + [UInt8](repeating: 6, count: 31))
            case .contentsAlone: field(3, Self.content)
            case .changesTooShort: field(2, [UInt8](repeating: 5, count: 39))
            }
        #expect(throws: ByteReader.Failure.self) {
            try bytes.withUnsafeBytes { buffer in
                var contents = try EntryParts(buffer).contents
                while try contents.next() != nil {}
            }
        }
    }

    enum Attachment: CaseIterable {
        case rosterTwice, changesTwice, rosterAfterChanges, bodyAfterContents, emptyRoster, unknownField, unknownNumber
        case longTag, longLength, longContentLength, longInnerLength, contentTwice, contentEmpty, contentUnknown
        case contentTooShort, digestTooShort, contentsAlone, changesTooShort
    }

    private func field(_ number: UInt32, _ value: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.data(number, value)
        return writer.bytes
    }
}
