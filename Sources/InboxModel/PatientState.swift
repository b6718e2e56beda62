public import Causality

/// Everything that merging needs to know of one patient's record.
public struct PatientState: Hashable, Sendable {
    /// What is live of one consent.
    public struct ConsentEntry: Hashable, Sendable {
        /// What it is about.
        public let scope: ConsentScope
        /// Yes or no, by people who had not seen each other.
        public var values: LiveValues<Bool>
    }

    /// A claim that another record is the same person.
    public struct LinkEntry: Hashable, Sendable {
        /// The other record.
        public let patient: PatientID
        /// The change sets that said so. Ascending, never empty.
        public var added: [Dot]
    }

    /// The patient.
    public let id: PatientID
    /// The join of the dots of all changes applied.
    public private(set) var clock = VersionVector()
    /// Versions of the details; more than one is a conflict for people to settle, with all of them readable.
    public private(set) var details = LiveValues<PatientDetails>()
    /// Consents, ascending by scope.
    public private(set) var consents: [ConsentEntry] = []
    /// Records that are the same person, ascending.
    public private(set) var links: [LinkEntry] = []

    /// A patient of whom nothing is known yet.
    public init(id: PatientID) { self.id = id }

    /// Merges one change. Callers apply change sets in causal order, each once, and a set's changes in their order.
    public mutating func apply(_ change: PatientChange, context: VersionVector, of set: ChangeSet) {
        let seen = SeenContext(context, own: set.dot)
        clock.advance(to: set.dot)
        switch change {
        case .details(let value): details.write(value, at: set.stamp, seen: seen)
        case .consent(let consent):
            let index = indexOfConsent(consent.scope)
            consents[index].values.write(consent.isGranted, at: set.stamp, seen: seen)
        case .linked(let other): link(other, dot: set.dot)
        case .unlinked(let other):
            guard let index = links.firstIndex(where: { $0.patient == other }) else { return }
            links[index].added.removeAll { seen.covers($0) }
            if links[index].added.isEmpty { links.remove(at: index) }
        }
    }

    /// The details shown: the newest version.
    public var shown: PatientDetails? { details.latest?.value }

    /// Whether people wrote the details while apart and nobody has settled it.
    public var isConflicted: Bool { details.isConcurrent && Set(details.entries.map(\.value)).count > 1 }

    /// Whether contact in `scope` is agreed to. Any live withdrawal wins; nil where nobody ever asked.
    public func consent(in scope: ConsentScope) -> Bool? {
        guard let entry = consents.first(where: { $0.scope == scope }), !entry.values.isEmpty else { return nil }
        return entry.values.entries.allSatisfy { $0.value }
    }

    private mutating func indexOfConsent(_ scope: ConsentScope) -> Int {
        if let index = consents.firstIndex(where: { $0.scope == scope }) { return index }
        let index = consents.firstIndex { scope < $0.scope } ?? consents.endIndex
        consents.insert(ConsentEntry(scope: scope, values: LiveValues()), at: index)
        return index
    }

    private mutating func link(_ other: PatientID, dot: Dot) {
        if let index = links.firstIndex(where: { $0.patient == other }) {
            if !links[index].added.contains(dot) {
                links[index].added.append(dot)
                links[index].added.sort()
            }
        } else {
            let index = links.firstIndex { other < $0.patient } ?? links.endIndex
            links.insert(LinkEntry(patient: other, added: [dot]), at: index)
        }
    }
}

extension PatientState: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        id.encode(into: &writer)
        clock.encode(into: &writer)
        details.encode(into: &writer)
        writer.list(consents)
        writer.list(links)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self.init(id: try PatientID(from: &reader))
        clock = try VersionVector(from: &reader)
        details = try LiveValues(from: &reader)
        consents = try reader.list(ConsentEntry.self)
        links = try reader.list(LinkEntry.self)
    }
}

extension PatientState.ConsentEntry: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        scope.channel.encode(into: &writer)
        scope.purpose.encode(into: &writer)
        values.encode(into: &writer)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let channel = try Channel(from: &reader)
        scope = ConsentScope(channel, try ConsentPurpose(from: &reader))
        values = try LiveValues(from: &reader)
    }
}

extension PatientState.LinkEntry: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        patient.encode(into: &writer)
        writer.list(added)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        patient = try PatientID(from: &reader)
        added = try reader.list(Dot.self)
    }
}

extension PatientDetails: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        for text in [name, born, phone, email, language] { writer.string(text) }
        channel.encode(into: &writer)
        writer.optional(office)
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let name = try reader.text()
        let born = try reader.text()
        let phone = try reader.text()
        let email = try reader.text()
        let language = try reader.text()
        let channel = try Channel(from: &reader)
        self.init(
            name: name, born: born, phone: phone, email: email, language: language, channel: channel,
            office: try reader.optional(OfficeID.self))
    }
}
