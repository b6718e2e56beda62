import Causality
import ChangeLog
import InboxModel
import Testing
import Vault

@Suite("Preparing runs ahead of the brain")
struct RunPreparerTests {
    private let author: Author

    init() throws {
        author = try Author()
        try author.write(9)
    }

    private func preparer(at sequence: UInt64 = 0, keys: VerificationKeys? = nil) -> RunPreparer {
        RunPreparer(
            group: author.group, heads: sequence == 0 ? [] : [author.head(at: sequence)], keys: keys ?? author.keys)
    }

    /// What came of preparing a frame, in a form to compare.
    private enum Outcome: Equatable {
        case run(ClosedRange<UInt64>)
        case gap(expected: UInt64)
        case alreadyHeld
        case unknownAuthor
        case invalid(LogError.Code)
        case control
    }

    private func outcome(_ prepared: PreparedFrame) -> Outcome {
        switch prepared {
        case .run(let run, _): .run(run.header.first...run.head.sequence)
        case .control: .control
        case .refusedRun(let refusal, _):
            switch refusal.reason {
            case .gap(let expected): .gap(expected: expected)
            case .alreadyHeld: .alreadyHeld
            case .unknownAuthor: .unknownAuthor
            case .invalid(let error): .invalid(error.code)
            }
        }
    }

    @Test("runs are verified one after the other before anything is committed")
    func ahead() throws {
        var preparer = preparer()
        #expect(outcome(preparer.prepare(try author.frame(1...3))) == .run(1...3))
        #expect(outcome(preparer.prepare(try author.frame(4...6))) == .run(4...6))
        preparer.advanced(to: [author.head(at: 3)])
        #expect(outcome(preparer.prepare(try author.frame(7...9))) == .run(7...9))
        preparer.advanced(to: [author.head(at: 9)])
        #expect(outcome(preparer.prepare(try author.frame(9...9))) == .alreadyHeld)
    }

    @Test("a run that leaves a gap is refused and names what comes next")
    func gap() throws {
        var preparer = preparer(at: 2)
        #expect(outcome(preparer.prepare(try author.frame(4...5))) == .gap(expected: 3))
        #expect(outcome(preparer.prepare(try author.frame(3...5))) == .run(3...5))
        #expect(outcome(preparer.prepare(try author.frame(8...9))) == .gap(expected: 6))
        // Inside what was verified but not committed: to be asked for from what is committed.
        #expect(outcome(preparer.prepare(try author.frame(5...7))) == .gap(expected: 3))
    }

    @Test("a run that is held, or begins with what is held, is refused as held")
    func held() throws {
        var preparer = preparer(at: 4)
        #expect(outcome(preparer.prepare(try author.frame(1...3))) == .alreadyHeld)
        #expect(outcome(preparer.prepare(try author.frame(4...6))) == .alreadyHeld)
        #expect(outcome(preparer.prepare(try author.frame(5...6))) == .run(5...6))
    }

    @Test("what was verified may come again from what is committed, until it is committed")
    func again() throws {
        var preparer = preparer(at: 1)
        #expect(outcome(preparer.prepare(try author.frame(2...5))) == .run(2...5))
        #expect(outcome(preparer.prepare(try author.frame(2...3))) == .run(2...3))
        #expect(outcome(preparer.prepare(try author.frame(4...9))) == .run(4...9))
    }

    @Test("after rewinding, only what is committed counts")
    func rewind() throws {
        var preparer = preparer()
        #expect(outcome(preparer.prepare(try author.frame(1...3))) == .run(1...3))
        preparer.rewind()
        #expect(outcome(preparer.prepare(try author.frame(4...6))) == .gap(expected: 1))
        #expect(outcome(preparer.prepare(try author.frame(1...6))) == .run(1...6))
    }

    @Test("an invalid run moves nothing: the right one is taken after it")
    func invalid() throws {
        var preparer = preparer()
        let forged = try author.frame(first: 1, hash: author.head.hash, entries: [author.log[0].parts])
        #expect(outcome(preparer.prepare(forged)) == .invalid(.badSignature))
        #expect(outcome(preparer.prepare(try author.frame(2...3))) == .gap(expected: 1))
        #expect(outcome(preparer.prepare(try author.frame(1...3))) == .run(1...3))
    }

    @Test("a log whose author is not in the roster is refused until the keys are replaced")
    func unknownAuthor() throws {
        var preparer = preparer(keys: VerificationKeys())
        #expect(outcome(preparer.prepare(try author.frame(1...3))) == .unknownAuthor)
        preparer.replaceKeys(VerificationKeys(signingKeys: [author.member: author.key]))
        guard case .run(let run, _) = preparer.prepare(try author.frame(1...3)) else {
            Issue.record("the first run of a new replica, signed by the member it names, was refused")
            return
        }
        #expect(run.entries.allSatisfy { $0.needsKey })
        preparer.replaceKeys(author.keys)
        guard case .run(let next, _) = preparer.prepare(try author.frame(4...5)) else {
            Issue.record("a run was refused after the keys came")
            return
        }
        #expect(next.entries.allSatisfy { $0.body != nil })
    }

    @Test("a run that names another author than the roster does is refused, whoever signed it")
    func claimedAuthor() throws {
        let stranger = try Author(seed: 2)
        try stranger.write(1)
        var keys = author.keys
        keys.signingKeys[stranger.member] = stranger.key
        var preparer = preparer(keys: keys)
        #expect(outcome(preparer.prepare(try stranger.frame(1...1))) == .unknownAuthor)
        keys.authors = [:]
        preparer.replaceKeys(keys)
        guard case .run(let run, _) = preparer.prepare(try stranger.frame(1...1)) else {
            Issue.record("the claimed author of a new replica's first run was not taken at its word")
            return
        }
        #expect(run.header.author == stranger.member)
        var liar = try stranger.header(first: 1, hash: stranger.head.hash)
        liar.author = author.member
        var writer = RunWriter()
        writer.add(sequence: 1, body: stranger.log[0].body, contents: stranger.log[0].contents)
        preparer.rewind()
        #expect(outcome(preparer.prepare(writer.frame(liar))) == .invalid(.badSignature))
    }

    @Test(
        "frames that are no run are passed through as they are",
        arguments: [[], [0x0A, 0], [0x32, 2, 8, 1], [0xFF], [0x2A, 5, 1]])
    func control(frame: [UInt8]) {
        var preparer = preparer()
        guard case .control(let bytes) = preparer.prepare(frame) else {
            Issue.record("\(frame) was taken for a run")
            return
        }
        #expect(bytes == frame)
    }

    @Test(
        "an empty or unreadable run is refused with its size and without a replica",
        arguments: [[0x2A, 0], [0x2A, 2, 0xFF, 0xFF]])
    func unreadable(frame: [UInt8]) {
        var preparer = preparer()
        guard case .refusedRun(let refusal, let byteCount) = preparer.prepare(frame) else {
            Issue.record("an unreadable run was not refused")
            return
        }
        #expect(refusal.replica == nil)
        #expect(byteCount == frame.count)
        #expect(outcome(.refusedRun(refusal, byteCount: byteCount)) == .invalid(.malformed))
    }

    @Test("heads of other logs do not matter to a log")
    func manyLogs() throws {
        let other = try Author(seed: 1, replica: ReplicaID(0xB2))
        try other.write(4)
        var keys = author.keys
        keys.authors[other.replica] = other.member
        var preparer = preparer(at: 2, keys: keys)
        #expect(outcome(preparer.prepare(try other.frame(1...2))) == .run(1...2))
        #expect(outcome(preparer.prepare(try author.frame(3...4))) == .run(3...4))
        #expect(outcome(preparer.prepare(try other.frame(3...4))) == .run(3...4))
    }
}
