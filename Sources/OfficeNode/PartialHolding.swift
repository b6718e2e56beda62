import Causality
import InboxModel

/// What is known of a thread of which something was let go at this laptop, or was fetched again. A setting of the node.
struct ThreadHolding: Hashable, Sendable {
    static let settingPrefix = "let-go:"

    /// Whether something of it is not held here.
    var hasGaps = false
    /// Whether there is nothing more to let go, since nothing has come to it.
    var isSettled = false
    /// When somebody fetched it last, in milliseconds since 1970; 0 for never.
    var fetchedAt: Int64 = 0

    static func settingKey(of thread: ThreadID) -> String { settingPrefix + thread.description }
}

extension ThreadHolding: CanonicalCodable {
    func encode(into writer: inout ByteWriter) {
        writer.flag(hasGaps)
        writer.flag(isSettled)
        fetchedAt.encode(into: &writer)
    }

    init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self.init(hasGaps: try reader.flag(), isSettled: try reader.flag(), fetchedAt: try Int64(from: &reader))
    }
}

/// What a laptop that holds less than everything knows about that, and how far looking through its threads has come.
struct PartialHolding: Sendable {
    /// How far looking at all threads has come.
    enum Pass: Sendable {
        /// None is under way.
        case over
        /// It goes on after this thread; nil for its beginning.
        case after(ThreadID?)
    }

    /// How often all threads are looked at, in milliseconds: an hour. Time alone takes threads out of the scope.
    static let passInterval: Int64 = 3600 * 1000
    /// How many threads one turn passes by, and of how many it reads what was said.
    static let scanMax = 64
    static let sliceMax = 16

    /// The threads of which something was let go or fetched.
    private(set) var threads: [ThreadID: ThreadHolding] = [:]
    private(set) var pass = Pass.over
    /// When the last pass began, in milliseconds since 1970; nil for never.
    private var passedAt: Int64?
    /// Whether what was let go may still be in the database's files: a restart does not forget it.
    var isDirty = false
    /// What was told about names in the scope that nobody has.
    var toldUnknown: [String] = []

    /// There while what was let go may still be in the database's files.
    static let dirtyKey = "host:let-go-dirty"

    init() {}

    /// Takes the settings that begin with `ThreadHolding.settingPrefix`.
    init(_ settings: [(key: String, value: [UInt8])]) {
        for (key, value) in settings {
            // One that another version kept in another form: the pass looks at the thread again.
            guard let id = ThreadID(hexadecimal: String(key.dropFirst(ThreadHolding.settingPrefix.count))),
                let holding = try? ThreadHolding(canonicalBytes: value)
            else { continue }
            threads[id] = holding
        }
    }

    /// How many threads have something that is not held here.
    var gapCount: Int { threads.values.count(where: \.hasGaps) }

    subscript(_ thread: ThreadID) -> ThreadHolding? {
        get { threads[thread] }
        set { threads[thread] = newValue }
    }

    /// Whether a pass is under way.
    var isPassing: Bool {
        if case .after = pass { true } else { false }
    }

    /// Whether a pass is due at `now`. A clock that was set back does not put it off.
    func isDue(at now: Int64) -> Bool {
        guard let passedAt else { return true }
        let (passed, overflow) = now.subtractingReportingOverflow(passedAt)
        return overflow || passed.magnitude >= Self.passInterval.magnitude
    }

    mutating func beginPass(at now: Int64) {
        passedAt = now
        pass = .after(nil)
    }

    /// The pass has come as far as `thread`; nil for its end.
    mutating func advancePass(to thread: ThreadID?) { pass = thread.map { .after($0) } ?? .over }
}
