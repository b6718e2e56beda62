import Causality
import ChangeLog
import InboxModel
import SwiftProtobuf
import Testing
import WireProtocol

/// Bytes on the wire beyond what was said and done: goals of the design, exact because sizes are.
@Suite("Overhead of runs")
struct OverheadTests {
    @Test("a change set in a run costs at most 80 bytes beyond its own")
    func changeSets() throws {
        let author = try Author()
        let text = String(repeating: "x", count: 200)
        var own = 0
        for _ in 0..<500 {
            let message = Change.thread(
                Samples.thread, context: Samples.context,
                .message(
                    MessagePosting(id: MessageID(high: 1, low: 2), direction: .inbound, channel: .portal, content: 0)))
            let body = author.body([message], by: .patient(Samples.patient))
            try author.seal(body, contents: [ContentDraft(text, under: .thread(author.thread))])
            own += try ownBytes(of: body, fields: true) + text.utf8.count
        }
        let overhead = Double(try author.frame(1...500).count - own) / 500
        print("overhead: \(overhead) bytes a change set with one content, in a run of 500")
        #expect(overhead <= 80)
        // 57 for the envelope (entry 3, sealed 3, nonce 24, tag 16, schema 2, time 9) and 22 for a content, of which 16 are its tag;
        // the rest is the run's header, shared by 500, and the first change set's flag.
        #expect((79..<79.5).contains(overhead))
    }

    @Test("a clock entry that changed costs 17 bytes at most up to two million change sets, whatever the group's size")
    func clockEntries() throws {
        let plain = bytes(of: Samples.body([], isFullClock: false)).count
        for sequence in [UInt64(1), 127, 128, 16_383, 16_384, 2_097_151] {
            let clock = [TaggedClockEntry(ReplicaID(.max), sequence, tag: .max)]
            let cost = bytes(of: Samples.body([], clock: clock, isFullClock: false)).count - plain
            #expect(cost <= 17)
        }
    }

    @Test("a change in change sets of ten costs at most 10 bytes beyond its own")
    func changes() throws {
        let author = try Author()
        let kinds: [ThreadChange] = (0..<10).map { .tagged("tag-\($0)") }
        var own = 0
        for _ in 0..<100 {
            let changes = kinds.map { Change.thread(Samples.thread, context: Samples.context, $0) }
            let body = author.body(changes, by: .staff(StaffID(high: 1, low: 1)))
            try author.seal(body)
            own += try ownBytes(of: body, fields: false)
        }
        let overhead = Double(try author.frame(1...100).count - own) / 1000
        print("overhead: \(overhead) bytes a change, in change sets of ten")
        #expect(overhead <= 10)
    }

    /// What was done, by whom and where: the serialized changes, actor and office; with `fields` as the fields of the body that
    /// they are, with tag and length.
    private func ownBytes(of body: ChangeSetBody, fields: Bool) throws -> Int {
        let message = try Suture_V1_ChangeSetBody(serializedBytes: bytes(of: body))
        let whole = Suture_V1_ChangeSetBody.with {
            $0.changes = message.changes
            if message.hasActor { $0.actor = message.actor }
            $0.office = message.office
        }
        let all: [UInt8] = try whole.serializedBytes()
        if fields { return all.count }
        let framing = message.changes.count * 2 + (message.hasActor ? 2 : 0) + (message.office.isEmpty ? 0 : 2)
        return all.count - framing
    }
}
