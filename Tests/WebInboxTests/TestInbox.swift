import Causality
import ChangeLog
import Foundation
import Hummingbird
import InboxModel
import OfficeNode
import ReplicaStore
import Synchronization
import Testing
import Vault

@testable import WebInbox

/// A node in memory with a small practice, and the pages over it on a free loopback port.
actor TestNode: InboxGateway {
    private let node: OfficeNode
    private let store: ReplicaStore
    private let clock: TestClock
    private var commands: UInt64 = 0
    private let streams = Mutex<[AsyncStream<[ThreadID]>.Continuation]>([])
    private var isLocked = false

    init(clock: TestClock) throws {
        self.clock = clock
        let random = SeededRandomSource(seed: 11, stream: "pages")
        let identity = try MemberIdentity(random: random)
        let store = try ReplicaStore(.memory)
        _ = try Founding.found(
            store, identity: identity, groupName: "Chesapeake <Oral> Surgery", name: "towson", office: nil, endpoint: "",
            now: clock.now, random: random)
        self.store = store
        node = try OfficeNode(store: store, identity: identity, random: random)
        _ = node.start()
    }

    func lock() { isLocked = true }

    /// Makes the node hold a thread as a laptop does that let go of what was said in it.
    func letGo(_ thread: ThreadID) throws {
        let reader = node.makeReader()
        let found = try #require(try store.reader.thread(thread))
        let sets = try found.timeline.compactMap { try reader.body(at: $0.stamp.dot)?.set }
        let said = Dictionary(grouping: found.state.contentsSaid(in: sets), by: \.dot)
        try store.write(.normal) { transaction in
            for (dot, contents) in said {
                let row = try #require(try transaction.row(at: dot))
                let entry = LogEntry(sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
                try transaction.replaceContents(of: dot, with: try entry.lettingGo(Set(contents.map(\.index))).contents)
            }
        }
    }

    func reader() async throws -> InboxReader {
        if isLocked { throw GatewayFault("This node is locked.") }
        return node.makeReader()
    }

    func quietReader() async throws -> InboxReader { try await reader() }

    func status() async throws -> NodeStatus {
        if isLocked { throw GatewayFault("This node is locked.") }
        return node.status
    }

    func changes() async throws -> AsyncStream<[ThreadID]> {
        let (stream, continuation) = AsyncStream<[ThreadID]>.makeStream()
        streams.withLock { $0.append(continuation) }
        return stream
    }

    func signInsElsewhere() async throws -> AsyncStream<[SignInElsewhere]> { AsyncStream { $0.finish() } }

    func perform(_ command: Command, as actor: Actor) async -> Result<CommandOutcome, CommandRefusal> {
        commands += 1
        let id = commands
        let directives = node.handle([.command(CommandRequest(id: id, actor: actor, command: command))], now: clock.now)
        var answer: Result<CommandOutcome, CommandRefusal>?
        for directive in directives {
            switch directive {
            case .answer(id, let result): answer = result
            case .changed(let threads): for stream in streams.withLock({ $0 }) { stream.yield(threads) }
            default: break
            }
        }
        return answer ?? .failure(CommandRefusal(.storage, "no answer"))
    }
}

/// A clock that tests set.
final class TestClock: Sendable {
    private let time = Mutex<Int64>(1_760_000_000_000)
    var now: Int64 { time.withLock { $0 } }
    func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}

/// What the tests know of the practice.
struct TestPractice: Sendable {
    let towson: OfficeID
    let belair: OfficeID
    let desk: QueueID
    let category: CategoryID
    let clinical: CategoryID
    let staff: [String: StaffID]
    let patient: PatientID
}

/// The pages with a practice behind them.
struct TestInbox: Sendable {
    static let password = "a long enough password"

    let node: TestNode
    let clock: TestClock
    let server: StaffServer
    let practice: TestPractice

    init(undoTime: Duration = .milliseconds(1)) async throws {
        clock = TestClock()
        node = try TestNode(clock: clock)
        var settings = StaffServer.Settings(host: "127.0.0.1", port: 0)
        settings.passwordCost = .minimum
        settings.undoTime = undoTime
        server = try StaffServer(gateway: node, settings: settings, now: { [clock] in clock.now })
        practice = try await Self.found(node)
        await server.refreshStatus()
    }

    private static func found(_ node: TestNode) async throws -> TestPractice {
        func put(_ document: DirectoryDocument) async throws { _ = try await node.perform(.putDocument(document), as: .system).get() }
        let towson = OfficeID(high: 1, low: 1)
        let belair = OfficeID(high: 1, low: 2)
        try await put(.office(towson, OfficeProfile(key: "tow", name: "Towson", timeZone: "America/New_York")))
        try await put(.office(belair, OfficeProfile(key: "bel", name: "Bel Air", timeZone: "America/New_York")))
        let people: [(String, String, Role, [OfficeID])] = [
            ("ana", "Ana Whitfield", .frontDesk, [towson]), ("bo", "Bo Lindgren", .frontDesk, [belair]),
            ("carmen", "Carmen Ortiz", .billing, [towson]),
            ("eli", "Eli Novak", .assistant, [towson]), ("marsh", "Dr. Helen Marsh", .surgeon, [towson, belair]),
            ("osei", "Dr. Kwame Osei", .onCall, []), ("dana", "Dana Marchetti", .administrator, []),
            ("cora", "Cora Lind", .complianceOfficer, []), ("pat", "Pat Outside", .partner, [towson]), ("oz", "Oz Operator", .operator, []),
        ]
        var staff: [String: StaffID] = [:]
        let hash = try PasswordHash(of: password, cost: .minimum, random: SeededRandomSource(seed: 1, stream: "password"))
        for (number, person) in people.enumerated() {
            let id = StaffID(high: 2, low: UInt64(number))
            staff[person.0] = id
            try await put(.staff(id, StaffProfile(key: person.0, name: person.1, role: person.2, offices: person.3)))
            try await put(.account(AccountID(of: id), AccountProfile(staff: id, passwordHash: hash.text)))
        }
        let desk = QueueID(high: 3, low: 1)
        try await put(
            .queue(desk, QueueProfile(key: "desk", name: "Front desk Towson", office: towson, members: [try #require(staff["ana"])])))
        let category = CategoryID(high: 4, low: 1)
        let clinical = CategoryID(high: 4, low: 2)
        let destinations = [towson, belair].map { CategoryProfile.Destination(office: $0, queue: desk) }
        try await put(
            .category(
                category,
                CategoryProfile(
                    key: "plan", name: "Scheduling", urgency: .routine, needsReview: false, responseMinutes: 60, destinations: destinations)
            ))
        try await put(
            .category(
                clinical,
                CategoryProfile(
                    key: "postop", name: "After surgery", urgency: .urgent, needsReview: true, responseMinutes: 30,
                    destinations: destinations)))
        let patient = try await node.perform(
            .putPatient(nil, PatientDetails(name: "Maria Delgado", born: "1987-05-04", office: towson), shown: nil), as: .system
        ).get().patient
        return TestPractice(
            towson: towson, belair: belair, desk: desk, category: category, clinical: clinical, staff: staff, patient: try #require(patient)
        )
    }

    func id(_ key: String) -> StaffID { practice.staff[key] ?? StaffID(high: 0, low: 0) }

    /// A thread with a patient's message.
    func openThread(
        office: OfficeID? = nil, isClinical: Bool = false, subject: String = "Moving Friday", text: String = "May I come on Friday?",
        patient: PatientID? = nil
    ) async throws -> ThreadID {
        let patient = patient ?? practice.patient
        let draft = ThreadDraft(
            patient: patient, office: office ?? practice.towson, category: isClinical ? practice.clinical : practice.category,
            subject: subject,
            text: text)
        return try #require(try await node.perform(.openThread(draft), as: .patient(patient)).get().thread)
    }

    func act(_ command: ThreadCommand, on thread: ThreadID, as key: String) async throws {
        _ = try await node.perform(.thread(thread, shown: nil, command), as: .staff(id(key))).get()
    }

    /// What the audit holds, the newest first, after everything that waits was written.
    func auditLines(_ filter: AuditFilter = AuditFilter()) async throws -> [AuditLine] {
        await server.audit.flush()
        return try await node.reader().audit(filter, limit: 500).lines
    }

    /// Runs `body` with the pages on a free loopback port.
    func serving(_ body: @escaping @Sendable (TestBrowser) async throws -> Void) async throws {
        try await serving(waiting: ConnectionPatience()) { port in try await body(TestBrowser(port: port)) }
    }

    /// Runs `body` with the port of the pages, which wait for connections so long.
    func serving(waiting patience: ConnectionPatience, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = Application(
            router: server.router(), server: .http1(waiting: patience), configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                port.yield(channel.localAddress?.port ?? 0)
                port.finish()
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await port in ports { try await body(port) }
            group.cancelAll()
        }
    }
}
