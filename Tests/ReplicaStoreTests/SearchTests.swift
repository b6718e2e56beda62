import Causality
import InboxModel
import Testing

@testable import ReplicaStore

@Suite("Search")
struct SearchTests {
    private let store: ReplicaStore
    private let history: SimpleHistory
    private static let texts = [
        "The swelling has reached the neck", "¿Puedo comer mañana? La hinchazón bajó", "pre-op: no food after midnight",
        "Crème brûlée for Chloë, don't worry", "AND OR NOT NEAR", "100% sure_thing",
    ]

    init() throws {
        store = try ReplicaStore(.memory)
        var history = SimpleHistory()
        for _ in Self.texts { history.addMessage() }
        self.history = history
        try store.receive(history.sets)
        try store.write(.normal) { transaction in
            for (index, text) in Self.texts.enumerated() {
                try transaction.addSearchItem(text, thread: history.thread, stamp: history.sets[index + 1].stamp, item: index)
            }
        }
    }

    private func items(_ query: String, limit: Int = 50) throws -> [Int] { try store.reader.search(query, limit: limit).map(\.item) }

    @Test(
        "Words are found whatever their case and accents, the last one by its beginning",
        arguments: [
            ("swelling", [0]), ("SWELL", [0]), ("swel neck", []), ("neck swel", [0]), ("hinchazon", [1]), ("HINCHAZÓN bajo", [1]),
            ("manana", [1]), ("mañana", [1]), ("creme brulee", [3]), ("chloe", [3]), ("don't", [3]), ("pre-op", [2]), ("op-pre", []),
            ("the", [0]), ("no", [4, 2]), ("missing", []), ("the missing", []), ("sure", [5]), ("100%", [5]),
        ] as [(String, [Int])])
    func finds(query: String, expected: [Int]) throws {
        #expect(try items(query) == expected)
    }

    @Test("A hit names thread, change set, time and content")
    func hit() throws {
        let found = try store.reader.search("neck")
        let expected = SearchHit(thread: history.thread, stamp: history.sets[1].stamp, item: 0, number: found.first?.number ?? 0)
        #expect(found == [expected])
    }

    @Test("A search goes on after what it found, until there is nothing more", arguments: ["s", "th", "a", "missing"], [1, 2, 50])
    func inParts(query: String, limit: Int) throws {
        var parts: [SearchHit] = []
        while true {
            let hits = try store.reader.search(query, limit: limit, before: parts.last?.number ?? .max)
            parts += hits
            if hits.count < limit { break }
        }
        #expect(try parts == store.reader.search(query, limit: .max))
    }

    @Test(
        "Nothing that a person types is an operator or an error",
        arguments: [
            "", " ", "\"", "\"\"\"", "'", "*", "neck*", "*neck", "(", ")", "((neck", "neck)", "text:neck", "{text}:neck", "^neck", "a AND",
            "AND", "NOT neck", "NEAR(neck, 2)", "neck OR", "-neck", "+", ":", "\\", "\0", "neck\0swelling", "'; DROP TABLE thread; --",
            "\u{301}", "\u{FFFD}", "😀", "\n\t",
            "\"neck\" \"swelling\"", "rank:1", "?1", "$a", "@b", "%", "_",
        ])
    func hostile(query: String) throws {
        _ = try items(query)
        #expect(try items("swelling neck") == [0])
    }

    @Test("A very long query is cut, not refused")
    func long() throws {
        #expect(try items(String(repeating: "neck ", count: 5000)) == [0])
        #expect(try items(String(repeating: "x", count: 100_000)) == [])
    }

    @Test("Operators' names are words like others")
    func operatorsAreWords() throws {
        #expect(try items("and or not") == [4])
        #expect(try items("NEAR") == [4])
        #expect(try items("swelling OR missing") == [])
        #expect(try items("%") == [])
        #expect(try items("\"neck\"") == [0])
    }

    @Test("The latest indexed come first, and no more than asked for")
    func limit() throws {
        #expect(try items("no", limit: 1) == [4])
        #expect(try items("no", limit: 0) == [])
    }

    @Test("What is merged and not indexed is named in ranges, and marked step by step")
    func ranges() throws {
        let last = UInt64(history.sets.count)
        try store.receive(SimpleHistory(replica: 2, thread: ThreadID(high: 7, low: 7)).sets)
        try store.write(.normal) { transaction in
            func ranges(_ limit: Int) -> [[UInt64]] {
                transaction.unindexed(limit: limit).map { [$0.replica.rawValue, $0.from, $0.to] }
            }
            #expect(ranges(100) == [[1, 1, last], [2, 1, 1]])
            #expect(ranges(3) == [[1, 1, 3]])
            #expect(ranges(0) == [])
            try transaction.markIndexed(history.replica, to: 3)
            #expect(ranges(100) == [[1, 4, last], [2, 1, 1]])
            #expect(failureCode { try transaction.markIndexed(history.replica, to: 2) } == .inconsistent)
            #expect(failureCode { try transaction.markIndexed(history.replica, to: last + 1) } == .inconsistent)
            #expect(failureCode { try transaction.markIndexed(ReplicaID(9), to: 1) } == .inconsistent)
            try transaction.markIndexed(history.replica, to: last)
            #expect(ranges(100) == [[2, 1, 1]])
        }
        #expect(try store.reader.progress().map(\.indexed) == [last, 0])
    }

    @Test("Text of an unknown thread or change set is refused")
    func unknown() throws {
        try store.write(.normal) { transaction in
            let stamp = history.sets[0].stamp
            #expect(failureCode { try transaction.addSearchItem("a", thread: ThreadID(high: 8, low: 8), stamp: stamp, item: 0) } == .inconsistent)
            let later = Stamp(Dot(history.replica, 99), .zero)
            #expect(failureCode { try transaction.addSearchItem("a", thread: history.thread, stamp: later, item: 0) } == .inconsistent)
        }
    }
}
