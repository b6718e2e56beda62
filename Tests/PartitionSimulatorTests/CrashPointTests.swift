import InboxModel
import OfficeNode
@testable import PartitionSimulator
import ReplicaStore
import Testing

@Suite("Crash points", .serialized)
struct CrashPointTests {
    /// The large kinds get few points and rows here; the command line tries all of them with more.
    @Test("a transaction that dies at any storage operation is there whole or not at all, and the node goes on",
          arguments: CrashKind.allCases)
    func sound(_ kind: CrashKind) throws {
        let isLarge = [.catchUp, .mergeBacklog, .indexSlices, .checkpoint, .rebuild, .restart].contains(kind)
        let report = try CrashPoints.run(
            kinds: [kind], seed: 11, limitPerKind: isLarge ? 8 : 24, goesOnLimit: isLarge ? 3 : 8,
            rows: kind == .indexSlices ? 900 : isLarge ? 400 : 10)
        #expect(report.isSound, "\(report.violations.prefix(3).map(\.description))")
        let row = try #require(report.kinds.first)
        #expect(row.operations > (kind == .invite ? 2 : 10), "the transaction writes")
        #expect(row.modes.map(\.mode) == CrashMode.allCases)
        for mode in row.modes {
            #expect(mode.committed + mode.rolledBack + mode.partly == row.pointsTried)
            #expect(mode.wentOn > 0)
        }
        let process = try #require(row.modes.first { $0.mode == .process })
        #expect(process.committed > 0, "after the last operation all of it is there")
        let changesNothing = [.firstOpen, .checkpoint, .restart].contains(kind)
        #expect(changesNothing || process.rolledBack > 0, "before the first operation nothing of it is there")
    }

    @Test("the same holds for databases that are sealed at rest, whose disks show nothing in the clear",
          arguments: [CrashKind.firstOpen, .found, .join, .reply, .receiveRun, .checkpoint, .restart])
    func sealed(_ kind: CrashKind) throws {
        let report = try CrashPoints.run(
            kinds: [kind], seed: 12, limitPerKind: 12, goesOnLimit: 4, rows: 300, isSealed: true)
        #expect(report.isSound, "\(report.violations.prefix(3).map(\.description))")
        #expect(report.kinds.first?.modes.allSatisfy { $0.wentOn > 0 } == true)
    }

    @Test("the same seed gives the same report")
    func deterministic() throws {
        func run(_ seed: UInt64) throws -> CrashPointReport {
            try CrashPoints.run(kinds: [.claim, .receiveRun], seed: seed, limitPerKind: 10)
        }
        #expect(try run(3) == run(3))
    }

    @Test("all points are tried where the limit allows it, else the first, the last and others between them",
          arguments: [1, 5, 40, 400])
    func sample(_ limit: Int) {
        let points = CrashPoints.sample(of: 100, limit: limit, seed: 1, kind: "any")
        #expect(points.count == min(limit, 101))
        #expect(points == Array(Set(points)).sorted())
        #expect(points.allSatisfy { (0...100).contains($0) })
        if limit > 4 { #expect(points.first == 0 && points.last == 100) }
    }

    // MARK: What is broken is found

    /// Two writes that the scene calls one transaction.
    @Test("a transaction that is not one is found")
    func tornTransaction() throws {
        let row = try run("torn") { stage in
            try stage.step(isDurable: true) {
                for number in 0..<2 {
                    try stage.subject.requireStore().write(.full) { try $0.set([UInt8(number)], for: "invitation:one") }
                }
            }
        }
        #expect(findings(of: row, .process).contains { $0.contains("no transaction ended") })
    }

    @Test("a transaction that authors without making it durable is found when the power fails, and not when the process dies")
    func notDurable() throws {
        let row = try run("careless") { stage in
            try stage.step(isDurable: true) {
                try stage.subject.requireStore().write(.normal) { try $0.set([1], for: "invitation:one") }
            }
        }
        #expect(findings(of: row, .powerLosingAll).contains { $0.contains("acknowledged and is gone") })
        #expect(findings(of: row, .process).isEmpty)
    }

    @Test("a disk that lies on sync is found out")
    func lies() throws {
        let row = try run(
            "lying", prologue: {
                try CrashScene.opensAndConnects($0)
                $0.subject.disk.liesOnSync = true
            }
        ) { stage in
            let command = Command.putPatient(nil, PatientDetails(name: "New", born: "1980-01-01", office: nil), shown: nil)
            try stage.turn([stage.subject.event(command)], isDurable: true)
            // What was authored reaches the peer before the crash.
            try stage.pump()
        }
        let found = findings(of: row, .powerLosingAll)
        #expect(found.contains { $0.contains("acknowledged and is gone") })
    }

    @Test("a frame that leaves before its transaction is durable is found as a fork")
    func sentTooEarly() throws {
        let row = try run("early") { stage in
            let command = Command.putPatient(nil, PatientDetails(name: "New", born: "1980-01-01", office: nil), shown: nil)
            let lies = stage.subject.disk.liesOnSync
            stage.subject.disk.liesOnSync = true
            defer { stage.subject.disk.liesOnSync = lies }
            // Not called durable, so that the acknowledgement alone is no finding.
            try stage.turn([stage.subject.event(command)], isDurable: false)
        }
        #expect(findings(of: row, .powerLosingAll).contains { $0.contains("a fork") })
    }

    @Test("a violation names what plays it again")
    func replay() throws {
        #expect(try CrashPoints.replay(kind: .claim, operation: 3, mode: .power, seed: 5).isEmpty)
        let violation = CrashPointViolation(kind: "claim", operation: 3, mode: .tornWrite, seed: 5, finding: "wrong")
        #expect(violation.description == "kind claim, operation 3, mode torn-write, seed 5: wrong")
    }

    @Test("a turn that a simulation took is a scene of its own")
    func turn() throws {
        let practice = try CrashPractice(seed: 2, rows: 10)
        let images = try practice.reset()
        let note = practice.towson.event(.thread(practice.threads[0], shown: nil, .note(text: "Called back.")))
        let scene = CrashScene.turn(
            kind: "note", subject: images.towson, peers: [images.belair], now: practice.now, events: [note], authors: true)
        let row = try CrashPoints.run(scene, seed: 2, limit: 20)
        #expect(row.kind == "note" && row.operations > 10)
        #expect(row.modes.flatMap { $0.violations.map(\.finding) } == [])
    }

    private func run(
        _ kind: String, prologue: @escaping (CrashStage) throws -> Void = CrashScene.opensAndConnects,
        _ act: @escaping (CrashStage) throws -> Void
    ) throws -> CrashKindReport {
        let practice = try CrashPractice(seed: 1, rows: 10)
        let images = try practice.reset()
        let scene = CrashScene(
            kind: kind, subject: images.towson, peers: [images.belair], now: practice.now, prologue: prologue, act: act)
        return try CrashPoints.run(scene, seed: 1, limit: 30, goesOnLimit: 1)
    }

    private func findings(of row: CrashKindReport, _ mode: CrashMode) -> [String] {
        row.modes.filter { $0.mode == mode }.flatMap { $0.violations.map(\.finding) }
    }
}
