import Causality
import InboxModel
import OfficeNode
import ReplicaStore

/// Finds the entities that people name in commands: by key or id, threads by code. Says what is near where there is none.
struct NameLookup {
    let reader: InboxReader
    let directory: Directory

    init(_ reader: InboxReader) throws {
        self.reader = reader
        directory = try reader.directory()
    }

    // MARK: The directory

    func staff(_ name: String) throws(ControlFailure) -> StaffID {
        try find(name, "member of staff", staffNames)
    }

    func queue(_ name: String) throws(ControlFailure) -> QueueID {
        try find(name, "queue", queueNames)
    }

    func office(_ name: String) throws(ControlFailure) -> OfficeID {
        try find(name, "office", directory.offices.map { Named($0.id, $0.profile?.key, $0.profile?.name) })
    }

    func category(_ name: String) throws(ControlFailure) -> CategoryID {
        try find(name, "category", directory.categories.map { Named($0.id, $0.profile?.key, $0.profile?.name) })
    }

    /// A person or a queue. `staff:KEY` and `queue:KEY` say which where a key is both.
    func owner(_ name: String) throws(ControlFailure) -> Owner {
        if name.hasPrefix("staff:") { return .staff(try staff(String(name.dropFirst(6)))) }
        if name.hasPrefix("queue:") { return .queue(try queue(String(name.dropFirst(6)))) }
        if let staff = Self.match(name, staffNames) { return .staff(staff) }
        if let queue = Self.match(name, queueNames) { return .queue(queue) }
        let keys = staffNames.map(\.key) + queueNames.map(\.key)
        throw .notFound("there is neither a member of staff nor a queue '\(name)': \(Self.advice(name, keys))")
    }

    private var staffNames: [Named<StaffEntity>] {
        directory.staff.map { Named($0.id, $0.profile?.key, $0.profile?.name) }
    }

    private var queueNames: [Named<QueueEntity>] {
        directory.queues.map { Named($0.id, $0.profile?.key, $0.profile?.name) }
    }

    /// One entry of the directory, as people may call it.
    private struct Named<Entity> {
        let id: EntityID<Entity>
        let key: String
        let name: String

        init(_ id: EntityID<Entity>, _ key: String?, _ name: String?) {
            self.id = id
            self.key = key ?? ""
            self.name = name ?? ""
        }
    }

    private func find<Entity>(
        _ name: String, _ kind: String, _ entries: [Named<Entity>]
    ) throws(ControlFailure) -> EntityID<Entity> {
        if let id = Self.match(name, entries) { return id }
        throw .notFound("there is no \(kind) '\(name)': \(Self.advice(name, entries.map(\.key)))")
    }

    private static func match<Entity>(_ name: String, _ entries: [Named<Entity>]) -> EntityID<Entity>? {
        let wanted = name.lowercased()
        if let entry = entries.first(where: { $0.key.lowercased() == wanted }) { return entry.id }
        if let id = EntityID<Entity>(hexadecimal: wanted), entries.contains(where: { $0.id == id }) { return id }
        // A name that people use is as good as a key where only one has it.
        let named = entries.filter { $0.name.lowercased() == wanted }
        return named.count == 1 ? named[0].id : nil
    }

    private static func advice(_ name: String, _ keys: [String]) -> String {
        let keys = keys.filter { !$0.isEmpty }.sorted()
        if let near = SpellingSuggestion.nearest(to: name, among: keys) { return "did you mean '\(near)'?" }
        if keys.isEmpty { return "none has been added or has arrived here yet" }
        let shown = keys.prefix(12).joined(separator: ", ")
        return "there are \(shown)\(keys.count > 12 ? " and \(keys.count - 12) more" : "")"
    }

    // MARK: Threads

    /// A thread by its id, its code, or the last characters of either.
    func thread(_ name: String) throws -> ThreadID {
        if let id = ThreadID(hexadecimal: name.lowercased()) {
            guard try reader.store.state(of: id) != nil else { throw ControlFailure.notFound("there is no thread \(id) here") }
            return id
        }
        let (prefix, suffix) = Self.parts(of: name)
        var found = try reader.store.threads(matching: suffix)
        if let prefix {
            let fitting = found.filter { code(of: $0.state).lowercased().hasPrefix(prefix.lowercased() + "-") }
            // A thread that was moved has the code of its new office; its old one still leads to it.
            if !fitting.isEmpty { found = fitting }
        }
        if found.isEmpty, let digits = Self.hexadecimalSuffix(name) {
            found = try reader.store.threads(matching: ShortCode.suffix(of: ThreadID(high: 0, low: digits)))
                .filter { $0.id.description.hasSuffix(name.lowercased()) }
        }
        if found.count == 1 { return found[0].id }
        if found.isEmpty {
            throw ControlFailure.notFound(
                "there is no thread '\(name)' here: give its code, such as TOW-4F7K, as `suture inbox` shows it")
        }
        let choices = found.map { "\(code(of: $0.state)) is \($0.id)" }.joined(separator: ", ")
        throw ControlFailure(code: "conflict", message: "'\(name)' fits \(found.count) threads, give the id: \(choices)")
    }

    /// What people call a thread.
    func code(of state: ThreadState) -> String {
        ShortCode.text(of: state.id, officeKey: directory.key(of: state.office))
    }

    private static func parts(of name: String) -> (prefix: String?, suffix: String) {
        guard let dash = name.lastIndex(of: "-"), dash != name.startIndex else { return (nil, name) }
        return (String(name[..<dash]), String(name[name.index(after: dash)...]))
    }

    /// The last digits of an id, if they are enough to look it up by.
    private static func hexadecimalSuffix(_ name: String) -> UInt64? {
        guard (5...31).contains(name.utf8.count), Hexadecimal.bytes(of: name.utf8.count % 2 == 0 ? name : "0" + name) != nil
        else { return nil }
        return Hexadecimal.value(of: String(name.suffix(16)))
    }

    // MARK: Patients

    /// A patient by id, or by a name that only one has.
    func patient(_ name: String) throws -> PatientID {
        if let id = PatientID(hexadecimal: name.lowercased()) {
            guard try reader.store.patient(id) != nil else { throw ControlFailure.notFound("there is no patient \(id) here") }
            return id
        }
        let found = try reader.store.patients(matching: name, limit: 50)
        if found.count == 1 { return found[0].id }
        let exact = found.filter { $0.shown?.name.lowercased() == name.lowercased() }
        if exact.count == 1 { return exact[0].id }
        throw found.isEmpty
            ? ControlFailure.notFound("no patient of that name is here: look with `suture patient list`")
            : ControlFailure(
                code: "conflict", message: "\(found.count) patients have such a name: give the id, see `suture patient list`")
    }
}
