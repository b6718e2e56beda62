import Causality
import InboxModel
@testable import OfficeNode
import PartitionSimulator
import Testing
import Vault

@Suite("Counting how long a laptop was away")
struct GroupContactTests {
    private static let hour: Int64 = 3600 * 1000
    private static let noon: Int64 = 1_772_800_000_000

    @Test("forward steps count, steps back stand still and are noticed, and meeting an office ends both")
    func steps() {
        var contact = GroupContact(since: Self.noon)
        contact.advance(to: Self.noon + 5 * Self.hour)
        #expect(contact.away == 5 * Self.hour)
        contact.advance(to: Self.noon + Self.hour)
        #expect(contact.away == 5 * Self.hour)
        #expect(contact.clockLag == 4 * Self.hour)
        contact.advance(to: Self.noon + 3 * Self.hour)
        #expect(contact.away == 7 * Self.hour, "what passes on a clock that was set back counts as well")
        contact.meet()
        #expect(contact.away == 0 && contact.clockLag == 0)
        #expect(contact.met == Self.noon + 3 * Self.hour)
    }

    @Test("setting the clock back by little again and again does not stop the time")
    func littleByLittle() {
        var contact = GroupContact(since: Self.noon)
        var clock = Self.noon
        for _ in 0..<1000 {
            clock += 4 * 60_000
            contact.advance(to: clock)
            clock -= 4 * 60_000
            contact.advance(to: clock)
        }
        #expect(contact.clockLag == 0, "no single step is more than clocks are set")
        #expect(contact.away == 4000 * 60_000)
    }

    @Test("what an office wrote counts from then on, unless its clock is ahead or it is older than what is known")
    func hearing() {
        var contact = GroupContact(since: Self.noon)
        contact.advance(to: Self.noon + 10 * Self.hour)
        contact.hear(of: Self.noon + 20 * Self.hour)
        #expect(contact.away == 10 * Self.hour, "a clock ten hours ahead proves nothing")
        contact.hear(of: Self.noon + 7 * Self.hour)
        #expect(contact.away == 3 * Self.hour)
        contact.hear(of: Self.noon + 6 * Self.hour)
        #expect(contact.away == 3 * Self.hour && contact.met == Self.noon + 7 * Self.hour)
        contact.hear(of: Self.noon + 10 * Self.hour + 60_000)
        #expect(contact.away == 0 && contact.met == Self.noon + 10 * Self.hour, "a clock a minute ahead is one like any")
    }

    @Test("no clock, however wrong, lowers what was counted or overflows, and it is read as it was written", arguments: 0..<50)
    func anyClock(_ number: UInt64) throws {
        let random = SeededRandomSource(seed: number, stream: "contact")
        var contact = GroupContact(since: Int64(bitPattern: random.uint64()))
        for step in 0..<200 {
            let before = contact.away
            let draw = random.uint64()
            let clock: Int64 =
                switch draw % 5 {
                case 0: .max
                case 1: .min
                case 2: Int64(bitPattern: random.uint64())
                default: contact.current.addingReportingOverflow(Int64(draw % 100_000_000) - 50_000_000).partialValue
                }
            contact.advance(to: clock)
            #expect(contact.away >= before, "seed \(number), step \(step)")
            #expect(contact.current == clock && contact.latest >= clock && contact.clockLag >= 0)
            #expect(try GroupContact(canonicalBytes: contact.canonicalBytes) == contact)
        }
    }

    @Test("it is written down once an hour, and when an office was met after long or the clock went wrong")
    func keeping() {
        var contact = GroupContact(since: Self.noon)
        #expect(contact.isNews(after: nil))
        let kept = contact
        contact.advance(to: Self.noon + Self.hour - 1)
        #expect(!contact.isNews(after: kept))
        contact.advance(to: Self.noon + Self.hour)
        #expect(contact.isNews(after: kept))
        var away = kept
        away.advance(to: Self.noon + 30 * Self.hour)
        contact = away
        contact.meet()
        #expect(contact.isNews(after: away), "else a laptop that dies right after would be closed again")
        contact = away
        contact.advance(to: away.current - 600_000)
        #expect(contact.isNews(after: away))
    }

    @Test("a record that is cut off or says a negative time is refused")
    func damaged() {
        let bytes = GroupContact(since: Self.noon).canonicalBytes
        #expect(throws: ByteReader.Failure.self) { _ = try GroupContact(canonicalBytes: Array(bytes.dropLast())) }
        var negative = bytes
        negative.replaceSubrange(8..<16, with: repeatElement(0xFF, count: 8))
        #expect(throws: ByteReader.Failure.self) { _ = try GroupContact(canonicalBytes: negative) }
    }
}
