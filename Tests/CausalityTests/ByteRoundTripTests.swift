import Causality
import Testing

/// Runs `body` with a reader over `bytes`, which must all be read.
func reading<Value>(_ bytes: [UInt8], _ body: (inout ByteReader) throws -> Value) throws -> Value {
    try bytes.withUnsafeBytes { buffer in
        var reader = ByteReader(buffer)
        let value = try body(&reader)
        try reader.finish()
        return value
    }
}

/// One value of the byte forms, so that each can be written, read and cut short.
enum Piece: Equatable, Sendable, CustomTestStringConvertible {
    case byte(UInt8), flag(Bool), fixed16(UInt16), fixed32(UInt32), fixed64(UInt64), varint(UInt64)
    case bytes([UInt8]), text(String)

    static let samples: [Piece] =
        [.byte(0), .byte(.max), .flag(false), .flag(true)]
        + [0, 1, 0x1234, .max].map(Piece.fixed16) + [0, 1, 0x1234_5678, .max].map(Piece.fixed32)
        + [0, 1, 0x1234_5678_9ABC_DEF0, .max].map(Piece.fixed64)
        + [0, 1, 127, 128, 300, 16_383, 16_384, 1 << 32, 1 << 56, 1 << 63, .max].map(Piece.varint)
        + [[], [0], Array(repeating: 7, count: 200)].map(Piece.bytes)
        + ["", "a", "¿Duele mucho?", "👩🏽‍⚕️ ok", String(repeating: "x", count: 200)].map(Piece.text)

    var testDescription: String { "\(self)" }

    func write(into writer: inout ByteWriter) {
        switch self {
        case .byte(let value): writer.byte(value)
        case .flag(let value): writer.flag(value)
        case .fixed16(let value): writer.fixed16(value)
        case .fixed32(let value): writer.fixed32(value)
        case .fixed64(let value): writer.fixed64(value)
        case .varint(let value): writer.varint(value)
        case .bytes(let value): writer.string(value)
        case .text(let value): writer.string(value)
        }
    }

    /// Reads a value of the kind that this one is.
    func readSameKind(from reader: inout ByteReader) throws -> Piece {
        switch self {
        case .byte: .byte(try reader.byte())
        case .flag: .flag(try reader.flag())
        case .fixed16: .fixed16(try reader.fixed16())
        case .fixed32: .fixed32(try reader.fixed32())
        case .fixed64: .fixed64(try reader.fixed64())
        case .varint: .varint(try reader.shortestVarint())
        case .bytes: .bytes(try reader.bytes())
        case .text: .text(try reader.text())
        }
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        write(into: &writer)
        return writer.bytes
    }
}

@Suite("Byte writer and reader together")
struct ByteRoundTripTests {
    @Test("Every kind of value comes back", arguments: Piece.samples)
    func roundTrip(piece: Piece) throws {
        #expect(try reading(piece.bytes) { try piece.readSameKind(from: &$0) } == piece)
    }

    @Test("Every truncation of every kind of value throws where it was cut or before", arguments: Piece.samples)
    func truncation(piece: Piece) {
        let bytes = piece.bytes
        for count in 0..<bytes.count {
            let error = #expect(throws: ByteReader.Failure.self) {
                try reading(Array(bytes.prefix(count))) { try piece.readSameKind(from: &$0) }
            }
            #expect(error?.reason == .truncated)
            #expect((error?.offset ?? .max) <= count)
        }
    }

    @Test("Bytes after the end of a value throw", arguments: Piece.samples)
    func trailing(piece: Piece) {
        let bytes = piece.bytes
        #expect(throws: ByteReader.Failure(reason: .trailingBytes, offset: bytes.count)) {
            try reading(bytes + [0]) { try piece.readSameKind(from: &$0) }
        }
    }

    @Test("Values written one after another come back in order", arguments: UInt64(0)..<50)
    func sequences(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces = (0..<20).map { _ in Piece.samples[Int.random(in: 0..<Piece.samples.count, using: &random)] }
        var writer = ByteWriter(capacity: 16)
        for piece in pieces { piece.write(into: &writer) }
        let read = try reading(writer.bytes) { reader in
            var result: [Piece] = []
            for piece in pieces { result.append(try piece.readSameKind(from: &reader)) }
            return result
        }
        #expect(read == pieces, "seed \(seed)")
    }
}
