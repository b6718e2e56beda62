import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing

// What nodes hold of what was said, looked at from outside: in their logs and in the bytes of their files.

extension Clinic {
    /// The change sets about a thread, as a node's log has them.
    private func entries(of thread: ThreadID, at node: SimulatedNode) throws -> [(set: ChangeSet, entry: LogEntry)] {
        let reader = try node.reader
        return try #require(try node.store.reader.thread(thread)).timeline.map { line in
            let row = try #require(try node.store.reader.logRow(at: line.stamp.dot))
            let body = try #require(try reader.body(at: line.stamp.dot))
            let entry = LogEntry(sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
            return (body.set, entry)
        }
    }

    /// What was said in a thread and is held at a node, sealed. Keys are not said.
    func held(of thread: ThreadID, at node: SimulatedNode) throws -> [ContentReference: [UInt8]] {
        let found = try entries(of: thread, at: node)
        let state = try #require(try node.store.reader.state(of: thread))
        var held: [ContentReference: [UInt8]] = [:]
        for reference in state.contentsSaid(in: found.map(\.set)) {
            let entry = try #require(found.first { $0.set.dot == reference.dot }).entry
            if let bytes = try entry.heldContent(reference.index) { held[reference] = bytes }
        }
        return held
    }

    /// How many contents of a thread's change sets a node let go.
    func letGoCount(of thread: ThreadID, at node: SimulatedNode) throws -> Int {
        try entries(of: thread, at: node).reduce(0) { try $0 + $1.entry.contentsLetGo().count }
    }

    /// What lies on a node's disk of `word` in the clear, and of sealed contents.
    func traces(of word: String, _ sealed: some Sequence<[UInt8]>, on node: SimulatedNode) throws -> [String] {
        let disk = try #require(node.disk)
        // From inside, so that no tag or length is among them.
        let pieces = sealed.filter { $0.count > 24 }.map { Array($0.suffix(24)) }
        var found: [String] = []
        for file in disk.files {
            let bytes = disk.contents(of: file)
            if Self.contains(bytes, Array(word.utf8)) { found.append("the word in \(file)") }
            for piece in pieces where Self.contains(bytes, piece) { found.append("\(piece.count) sealed bytes in \(file)") }
        }
        return found
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard let first = part.first, bytes.count >= part.count else { return false }
        var start = 0
        while let place = bytes[start...].firstIndex(of: first), place + part.count <= bytes.count {
            if bytes[place..<place + part.count].elementsEqual(part) { return true }
            start = place + 1
        }
        return false
    }
}
