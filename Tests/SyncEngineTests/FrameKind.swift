import ChangeLog
import SwiftProtobuf
import WireProtocol

/// What a frame is, for tests that count frames.
enum FrameKind: String, Hashable, Sendable {
    case hello, same, clock, want, run, credit, done, busy, refused, heads, trace, fork, other, unreadable

    init(_ bytes: [UInt8]) {
        if RunReader.runRange(in: bytes) != nil {
            self = .run
            return
        }
        guard let kind = Self.content(bytes) else {
            self = .unreadable
            return
        }
        self =
            switch kind {
            case .hello: .hello
            case .same: .same
            case .clock: .clock
            case .want: .want
            case .run: .run
            case .credit: .credit
            case .done: .done
            case .busy: .busy
            case .refused: .refused
            case .heads: .heads
            case .trace: .trace
            case .fork: .fork
            case .join, .welcome, .joinChallenge, .joinReveal, .joinWaiting, .witness, .partial, .fetch, .contents: .other
            }
    }

    /// The frame, parsed; nil where it cannot be.
    static func content(_ bytes: [UInt8]) -> Suture_V1_Frame.OneOf_Kind? {
        (try? Suture_V1_Frame(serializedBytes: bytes))?.kind
    }
}
