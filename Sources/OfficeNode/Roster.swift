public import Causality
public import ChangeLog
import InboxModel
public import Vault

/// Who is a member, folded from the roster changes of the log in the order they were merged.
///
/// A total function: a record that its author had no right to write, or that makes no sense, changes nothing.
public struct Roster: Sendable {
    /// The group's name.
    public private(set) var groupName = ""
    /// The members, by id.
    public private(set) var members: [MemberID: Member] = [:]
    /// Which member authored which replica.
    public private(set) var authors: [ReplicaID: MemberID] = [:]
    /// Members known from an invitation only, until the log names them.
    private var provisional: [MemberID: Member] = [:]
    /// Authors of replicas that started before their member was admitted here: a device that joins holds its own first change
    /// set before the group's log that admits it.
    private var unadmittedAuthors: [ReplicaID: MemberID] = [:]
    /// Endpoints that such members gave before their admission was known here.
    private var unadmittedEndpoints: [MemberID: String] = [:]
    private(set) var grants: [EpochGrant] = []
    private let group: GroupID

    /// The roster of a group of which only the name (the hash of its genesis) is known.
    public init(group: GroupID) { self.group = group }

    /// All members, ascending by name.
    public var sorted: [Member] { members.values.sorted { $0.name < $1.name } }

    /// The member that `key` names on a connection.
    public func member(curveKey key: CurvePublicKey) -> Member? {
        members.values.first { $0.curveKey == key } ?? provisional.values.first { $0.curveKey == key }
    }

    /// The member of that name.
    public func member(named name: String) -> Member? { members.values.first { $0.name == name } }

    /// All members a connection may be made with, ascending by id.
    public var reachable: [Member] {
        Set(members.keys).union(provisional.keys).sorted().compactMap(reachable)
    }

    /// The member of that id, if a connection may be made with it.
    public func reachable(_ id: MemberID) -> Member? {
        guard var member = members[id] else { return provisional[id] }
        // What the invitation said counts until the log says where the member is: the genesis may have been without.
        if member.endpoint.isEmpty, let expected = provisional[id] { member.endpoint = expected.endpoint }
        return member
    }

    /// The signing keys that verification needs.
    var signingKeys: [MemberID: SigningPublicKey] { members.mapValues(\.signingKey) }

    /// Knows `member` from the answer to an invitation: enough to connect to it, not to believe its change sets.
    mutating func expect(_ member: Member) { provisional[member.id] = member }

    /// Applies a genesis record that did not come from the log (founding, or the answer to an invitation).
    ///
    /// Returns false where its hash is not the group.
    mutating func found(_ bytes: [UInt8]) -> Bool {
        guard GroupID(genesis: bytes) == group, let genesis = try? RosterCodec.genesis(bytes) else { return false }
        groupName = genesis.groupName
        for member in genesis.administrators where members[member.id] == nil { members[member.id] = member }
        return true
    }

    /// Applies the records of one change set by `author`; nil where the replica has no author yet.
    mutating func apply(_ records: [RosterRecord], of dot: Dot) {
        for record in records { apply(record, of: dot) }
    }

    private mutating func apply(_ record: RosterRecord, of dot: Dot) {
        let author = authors[dot.replica]
        let byAdministrator = author.flatMap { members[$0] }?.isAdministrator ?? false
        switch record {
        case .genesis(let bytes): _ = found(bytes)
        case .replicaStarted(let replica, let member):
            guard replica == dot.replica && author == nil else { return }
            if members[member] == nil { unadmittedAuthors[replica] = member } else { authors[replica] = member }
        case .admitted(let member):
            // Names and connection keys each name one member.
            let isTaken = members.values.contains { $0.name == member.name || $0.curveKey == member.curveKey }
            if byAdministrator && !isTaken && members[member.id] == nil {
                members[member.id] = member
                if let endpoint = unadmittedEndpoints.removeValue(forKey: member.id) { members[member.id]?.endpoint = endpoint }
                provisional[member.id] = nil
                for (replica, owner) in unadmittedAuthors where owner == member.id { authors[replica] = owner }
                unadmittedAuthors = unadmittedAuthors.filter { $0.value != member.id }
            }
        case .endpointChanged(let member, let endpoint):
            if author == member {
                members[member]?.endpoint = endpoint
            } else if unadmittedAuthors[dot.replica] == member {
                unadmittedEndpoints[member] = endpoint
            }
        case .epochGranted(let grant): if byAdministrator { grants.append(grant) }
        case .unknown: break
        }
    }
}
