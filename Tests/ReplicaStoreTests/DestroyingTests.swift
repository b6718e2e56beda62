import Causality
import Foundation
import InboxModel
import Testing

@testable import ReplicaStore

/// What a purge does to a database file.
@Suite("Destroying")
struct DestroyingTests {
    private let directory: TemporaryDirectory
    private let store: ReplicaStore
    private let history: SimpleHistory
    private static let secret = Array("sealed zqxw4417 contents".utf8)
    private static let word = "zqxw4417canary"

    init() throws {
        directory = try TemporaryDirectory()
        store = try ReplicaStore(.file(directory.path()))
        var history = SimpleHistory()
        for _ in 0..<40 { history.addMessage() }
        self.history = history
        try store.write(.normal) { transaction in
            for set in history.sets {
                let row = logRow(for: set)
                let contents = set.dot.sequence == 2 ? Self.secret : [1, 2, 3]
                try transaction.append(
                    [LogRow(sequence: row.sequence, hash: row.hash, body: row.body, contents: contents[...])], of: history.replica,
                    epoch: testEpoch)
                try transaction.merge(set)
            }
        }
        // In several transactions, so that the index has several parts.
        for (number, set) in history.sets.dropFirst().enumerated() {
            try store.write(.normal) {
                let text = number == 0 ? "it hurts: \(Self.word)" : "it hurts again, \(number)"
                try $0.addSearchItem(text, thread: history.thread, stamp: set.stamp, item: 0)
            }
        }
    }

    private func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.url.path) {
            files[name] = try Data(contentsOf: directory.url.appendingPathComponent(name))
        }
        return files
    }

    private func traces() throws -> [String] {
        try files().filter { $0.value.range(of: Data(Self.secret)) != nil || $0.value.range(of: Data(Self.word.utf8)) != nil }
            .keys.sorted()
    }

    private func destroy() throws {
        try store.write(.normal) { transaction in
            try transaction.replaceContents(of: history.sets[1].dot, with: [9, 9][...])
            let items = try transaction.searchItems(of: history.thread)
            #expect(items.count == 40)
            for item in items where item.content == ContentReference(history.sets[1].dot, 0) {
                try transaction.removeSearchItem(item, text: "it hurts: \(Self.word)")
            }
        }
        var isFirst = true
        while try store.write(.normal, { try $0.mergeSearch(isFirst: isFirst, pagesMax: 4) }) { isFirst = false }
    }

    @Test("Contents and words are gone from every file once the index is merged and the log is empty")
    func gone() throws {
        #expect(try store.truncateLog())
        #expect(try traces() == ["replica.sqlite"], "the search finds nothing to begin with")
        try destroy()
        #expect(try store.truncateLog())
        #expect(try traces() == [])
        #expect(try store.reader.search(Self.word).isEmpty)
        #expect(try store.reader.search("hurts").count == 39)
        #expect(try store.reader.logRow(at: history.sets[1].dot)?.contents == [9, 9])
        #expect(try store.reader.checkIntegrity() == [])
    }

    @Test("The write-ahead log holds what was destroyed until it is emptied")
    func log() throws {
        try destroy()
        #expect(try traces().contains("replica.sqlite-wal"))
        #expect(try store.truncateLog())
        #expect(try files()["replica.sqlite-wal"]?.isEmpty == true)
    }

    @Test("Where somebody reads, the log is not emptied and nobody waits")
    func reading() throws {
        let isEmptied = try store.reader.read("Reading") { source -> Bool in
            _ = try source.firstRow("SELECT count(*) FROM log") { $0.integer(0) }
            try store.write(.normal) { try $0.set([1], for: "something") }
            return try store.truncateLog()
        }
        #expect(!isEmptied)
        #expect(try store.truncateLog())
    }

    @Test("A change set that is not held has no contents to replace")
    func unknown() {
        let code = failureCode {
            try store.write(.normal) { try $0.replaceContents(of: Dot(ReplicaID(9), 1), with: []) }
        }
        #expect(code == .inconsistent)
    }

    @Test("An index that was emptied is to be filled from the first change set again")
    func emptied() throws {
        try store.write(.normal) { transaction in
            try transaction.markIndexed(history.replica, to: 5)
            try transaction.emptySearch()
        }
        #expect(try store.reader.search("hurts").isEmpty)
        #expect(store.progress.map(\.indexed) == [0])
    }
}
