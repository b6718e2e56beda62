import Causality
import ChangeLog
import InboxModel
import OfficeNode
import ReplicaStore

extension SimulationRun {
    /// Checks that laptops hold nothing of what was said in the threads that they are to have let go: neither in their tables nor in any
    /// byte of their files, whether what is there could be opened or not.
    func checkLetGo() throws {
        for (name, expected) in plan.expectations.letGo.sorted(by: { $0.key < $1.key }) {
            let node = try group.node(named: name)
            for thread in expected {
                guard let id = threads[thread] else {
                    miss("thread \(thread) was never opened", at: nil)
                    continue
                }
                try node.undisturbed { try checkLetGo(id, called: thread, at: node) }
            }
        }
    }

    private func checkLetGo(_ id: ThreadID, called name: String, at node: SimulatedNode) throws {
        let (letGo, held) = try contents(of: id, at: node)
        if letGo.isEmpty { miss("thread \(name): nothing of it was let go", at: node.name) }
        let said = try node.reader.page(of: id)?.entries.map(\.text).filter { !$0.isEmpty && $0 != InboxReader.notHeld } ?? []
        if !said.isEmpty { miss("thread \(name): \(said.count) of its texts are shown", at: node.name) }
        guard let office = group.nodes.first(where: { $0.kind == .office && $0.isRunning }), let disk = node.disk else { return }
        for reference in letGo.subtracting(held).sorted() {
            guard let row = try office.store.reader.logRow(at: reference.dot) else { continue }
            let entry = LogEntry(sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
            guard let sealed = try entry.heldContent(reference.index), sealed.count > 24 else {
                miss("thread \(name): content \(reference.index) of \(reference.dot) is lost", at: office.name)
                continue
            }
            let piece = ByteSearch(Array(sealed.suffix(24)))
            for file in disk.files where piece.isFound(in: disk.contents(of: file)) {
                miss("thread \(name): what it let go is in \(file)", at: node.name)
            }
        }
    }

    /// What a node let go of a thread, and what it holds.
    private func contents(of id: ThreadID, at node: SimulatedNode) throws -> (letGo: Set<ContentReference>, held: Set<ContentReference>) {
        var letGo: Set<ContentReference> = []
        var held: Set<ContentReference> = []
        for line in try node.store.reader.thread(id)?.timeline ?? [] {
            guard let row = try node.store.reader.logRow(at: line.stamp.dot) else { continue }
            let entry = LogEntry(sequence: row.sequence, hash: row.hash, body: row.body[...], contents: row.contents[...])
            for number in try entry.contentsLetGo().keys { letGo.insert(ContentReference(line.stamp.dot, number)) }
            for number in try entry.heldContents() { held.insert(ContentReference(line.stamp.dot, number)) }
        }
        return (letGo, held)
    }
}
