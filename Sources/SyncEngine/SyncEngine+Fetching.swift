import Causality
public import ChangeLog
import SwiftProtobuf
import WireProtocol

// Contents that a node let go: what it then does not send, and how it gets them back. The engine carries names and bytes; whom to ask, and
// whether what comes is what the author sealed, is for the brain to say.

extension SyncEngine {
    /// The most contents that are asked for at once.
    public static let fetchMax = 64
    /// How many sealed bytes an answer has at most, where it has more than one content: fits into a frame with the longest one.
    public static let fetchedBytesMax = 224 * 1024

    /// Asks `peer` for contents: ascending, each once, at most `fetchMax`.
    public func fetch(_ names: [ContentName], from peer: MemberID) -> [SyncAction] {
        guard isOpen(peer), !names.isEmpty else { return [] }
        return [send(SyncFrames.fetch(names), to: peer)]
    }

    /// Answers `.contentsWanted` of `peer`: some of what it asked for, in its order.
    public func give(_ contents: [FetchedContent], to peer: MemberID) -> [SyncAction] {
        guard isOpen(peer), !contents.isEmpty else { return [] }
        return [send(SyncFrames.contents(contents), to: peer)]
    }

    func receivedFetch(_ fetch: Suture_V1_Fetch, from peer: MemberID) throws(FrameFault) -> [SyncAction] {
        [.contentsWanted(try SyncReading.names(fetch.places), from: peer)]
    }

    func receivedContents(_ answer: Suture_V1_Contents, from peer: MemberID) throws(FrameFault) -> [SyncAction] {
        let names = try SyncReading.names(answer.contents.map(\.place))
        for content in answer.contents where content.sealed.count > LogLimits.contentBytesMax {
            throw FrameFault("a content of \(content.sealed.count) bytes; the limit is \(LogLimits.contentBytesMax)")
        }
        let contents = zip(names, answer.contents).map { FetchedContent(name: $0, sealed: Array($1.sealed)) }
        return [.contents(contents, from: peer)]
    }

    /// A peer holds what was asked of it without all contents. The DONE that follows says when it is asked again: it may have got them
    /// back.
    mutating func receivedPartial(_ partial: Suture_V1_Partial, from peer: MemberID) throws(FrameFault) {
        for range in try SyncReading.ranges(partial.ranges, configuration, of: "PARTIAL") { sessions[peer]?.notePartial(range) }
    }
}

extension Session {
    /// The peer cannot send these change sets whole.
    mutating func notePartial(_ range: LogRange) {
        guard partial.count < Self.logsMax || partial[range.replica] != nil else { return }
        partial[range.replica] = range
    }

    /// How many change sets after `head` the peer holds without all contents.
    func partialCount(of replica: ReplicaID, after head: UInt64) -> UInt64 {
        guard let range = partial[replica], range.first == head + 1 else { return 0 }
        return range.last - range.first + 1
    }
}
