import Causality
import InboxModel
import OfficeNode
import Vault

/// The beginning of a backup file, in the open: what is needed to open the rest, and whose it is. Every sealed chunk is bound to it.
struct BackupPreamble {
    static let magic = Array("SUTURE-BACKUP\n".utf8)
    static let version: UInt8 = 1
    private static let domain = Domain("suture backup v1")
    /// No preamble is longer.
    static let bytesMax = 1024

    let kind: BackupKey.Kind
    let parameters: PassphraseKey
    let check: [UInt8]
    let header: BackupHeader
    let streamHeader: [UInt8]

    /// Everything, with its length before it.
    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: 256)
        writer.byte(kind.rawValue)
        writer.raw(parameters.salt)
        writer.varint(UInt64(parameters.cost.memoryBytes))
        writer.varint(UInt64(parameters.cost.operations))
        writer.raw(check)
        header.encode(into: &writer)
        writer.raw(streamHeader)
        var whole = ByteWriter(capacity: 300)
        whole.raw(Self.magic)
        whole.byte(Self.version)
        whole.fixed16(UInt16(writer.count))
        whole.raw(writer.bytes)
        return whole.bytes
    }

    /// What chunks are bound to.
    var associated: [UInt8] { Digest.hash(Self.domain, bytes).bytes }

    init(_ key: borrowing BackupKey, header: BackupHeader, streamHeader: [UInt8]) throws {
        kind = key.kind
        parameters = key.parameters
        check = try key.check()
        self.header = header
        self.streamHeader = streamHeader
    }

    /// Reads what follows magic, version and length.
    init(body: [UInt8]) throws(NodeServiceError) {
        do {
            self = try body.withUnsafeBytes { buffer in
                var reader = ByteReader(buffer)
                let preamble = try BackupPreamble(from: &reader)
                try reader.finish()
                return preamble
            }
        } catch {
            throw NodeServiceError(.backup, "the beginning of the backup is damaged: \(error)")
        }
    }

    private init(from reader: inout ByteReader) throws {
        guard let kind = BackupKey.Kind(rawValue: try reader.byte()) else {
            throw reader.failure(.malformed("an unknown kind of key"))
        }
        self.kind = kind
        let salt = Array(try reader.slice(PassphraseKey.saltBytes))
        let memory = Int(clamping: try reader.varint())
        let operations = Int(clamping: try reader.varint())
        parameters = try PassphraseKey(salt: salt, cost: PasswordCost(memoryBytes: memory, operations: operations))
        check = Array(try reader.slice(BackupKey.checkBytes))
        header = try BackupHeader(from: &reader)
        streamHeader = Array(try reader.slice(SealingStream.headerBytes))
    }
}
