public import Causality
public import ChangeLog
import InboxModel
import SyncEngine
public import Vault

/// Who is a member, folded from the roster changes of the log.
///
/// A function of the set of roster changes, whatever the order in which they came: see `RosterReplay`.
public struct Roster: Sendable {
    /// The group's name.
    public private(set) var groupName = ""
    /// The members, by id.
    public private(set) var members: [MemberID: Member] = [:]
    /// Those who are members no longer, ascending by name.
    public private(set) var former: [FormerMember] = []
    /// Which member authored which replica.
    public private(set) var authors: [ReplicaID: MemberID] = [:]
    /// What the group demands of its nodes.
    public private(set) var policy = GroupPolicy()
    /// Members known from an invitation only, until the log names them.
    private var provisional: [MemberID: Member] = [:]
    private var byCurveKey: [CurvePublicKey: MemberID] = [:]
    /// Everybody ever admitted: also those removed, whose logs still hold, and those admitted by somebody who was removed.
    private var enrolled: [MemberID: Member] = [:]
    /// The keys that logs are verified with.
    private(set) var signingKeys: [MemberID: SigningPublicKey] = [:]
    private(set) var grants: [EpochGrant] = []
    /// The epochs that are to be written with, the first one first.
    private(set) var writableEpochs: [EpochID] = []
    private(set) var epochTimes: [EpochID: Int64] = [:]
    private var cuts: [ReplicaID: UInt64] = [:]
    private var adopted: [ReplicaID: [ClosedRange<UInt64>]] = [:]
    /// From which change set on each log was ever in dispute: see `RosterReplay.disputed`.
    private(set) var disputed: [ReplicaID: UInt64] = [:]
    /// The change sets whose roster changes are applied here: the newest of each log.
    private(set) var applied = VersionVector()
    /// Everything that was ever adopted lawfully.
    private(set) var adoptions: [LogRange] = []
    private var graph: RosterGraph
    private var genesis: Genesis?
    private let group: GroupID
    private var forks: LogForks
    /// Which log holds the change set that a cut names.
    private var cutPlaces: [LogHead: ReplicaID] = [:]

    /// The roster of a group of which only the name (the hash of its genesis) is known.
    public init(group: GroupID) { self.init(group: group, forks: LogForks()) }

    /// The same where logs are known to be forked.
    init(group: GroupID, forks: LogForks) {
        self.group = group
        self.forks = forks
        graph = RosterGraph(forks: forks)
    }

    /// All members, ascending by name.
    public var sorted: [Member] { members.values.sorted { $0.name < $1.name } }

    /// The member that `key` names on a connection.
    public func member(curveKey key: CurvePublicKey) -> Member? {
        byCurveKey[key].flatMap { members[$0] } ?? provisional.values.first { $0.curveKey == key }
    }

    /// The former member that `key` named on a connection.
    public func formerMember(curveKey key: CurvePublicKey) -> FormerMember? { former.first { $0.member.curveKey == key } }

    /// What is known of a member that was removed.
    public func formerMember(_ id: MemberID) -> FormerMember? { former.first { $0.member.id == id } }

    /// The member of that name.
    public func member(named name: String) -> Member? { members.values.first { $0.name == name } }

    /// Who wrote a log, member or not any more.
    public func author(of replica: ReplicaID) -> Member? {
        authors[replica].flatMap { members[$0] ?? enrolled[$0] }
    }

    /// The name of whoever is or was a member.
    public func name(of id: MemberID) -> String? { members[id]?.name ?? former.first { $0.member.id == id }?.member.name }

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

    /// Whether a change set counts: its author was a member when it was written, as far as the group knows, or an administrator has
    /// adopted it.
    public func counts(_ dot: Dot) -> Bool {
        guard !cuts.isEmpty, let cut = cuts[dot.replica], dot.sequence > cut else { return true }
        return isAdopted(dot)
    }

    /// Whether an administrator took a change set out of quarantine.
    func isAdopted(_ dot: Dot) -> Bool { adopted[dot.replica]?.contains { $0.contains(dot.sequence) } ?? false }

    /// The roster as somebody knew it who had merged what `isSeen` says, and what the authors of those roster changes had seen. A function
    /// of that alone, whatever has come here since.
    func asKnown(_ isSeen: (Dot) -> Bool) -> Roster {
        var known = Roster(group: group, forks: forks)
        known.genesis = genesis
        known.cutPlaces = cutPlaces
        known.apply(graph.operations(seenBy: isSeen))
        return known
    }

    /// The logs that do not count whole, with how far they count; what was adopted counts besides. Ascending.
    var cutLogs: [VersionVector.Entry] { cuts.sorted { $0.key < $1.key }.map { VersionVector.Entry($0.key, $0.value) } }

    /// The epoch of the founding.
    var firstEpoch: EpochID { genesis?.epoch ?? EpochID(Digest.zero) }

    /// How many epochs began so far.
    public var epochCount: Int { epochTimes.count }

    /// Who can appoint an administrator when the last one is lost, and how many of them it takes.
    public var recovery: (signers: [SigningPublicKey], threshold: Int) {
        (genesis?.recoverySigners ?? [], genesis?.recoveryThreshold ?? 0)
    }

    /// The newest roster changes that no other has seen, ascending by replica. With `replica` without those of its log: what an
    /// author that writes to it says it had seen.
    func frontier(without replica: ReplicaID? = nil) -> [TaggedClockEntry] { graph.frontier(without: replica) }

    /// Whether all that `entries` name has been applied here.
    func holds(_ entries: [TaggedClockEntry]) -> Bool { graph.closure(of: entries) != nil }

    /// Whether `administrator` is who should grant a missing key: it admitted the member, or began the epoch.
    func isResponsible(_ administrator: MemberID, for gap: MissingGrant) -> Bool {
        graph.operations.contains { operation in
            authors[forks.origins[operation.dot.replica]] == administrator
                && operation.changes.records.contains { record in
                    switch record {
                    case .admitted(let member): member.id == gap.member
                    case .epochStarted(let start): start.epoch == gap.epoch
                    default: false
                    }
                }
        }
    }

    /// Knows `member` from the answer to an invitation: enough to connect to it, not to believe its change sets.
    mutating func expect(_ member: Member) {
        if signingKeys[member.id] == nil || members[member.id]?.endpoint.isEmpty == true { provisional[member.id] = member }
    }

    /// Applies a genesis record that did not come from the log (founding, or the answer to an invitation).
    ///
    /// Returns false where its hash is not the group.
    mutating func found(_ bytes: [UInt8]) -> Bool {
        guard GroupID(genesis: bytes) == group else { return false }
        do { genesis = try RosterCodec.genesis(bytes) } catch { return false }  // Unreadable: it founds nothing.
        replay()
        return true
    }

    /// Applies the roster changes of change sets. `tag` is the beginning of the change set's hash.
    mutating func apply(_ operations: [RosterOperation]) {
        for operation in operations { graph.add(operation) }
        replay()
    }

    /// More logs are known to be forked: applies all roster changes of the log again, by the names that their change sets have now.
    mutating func fork(_ forks: LogForks, _ operations: [RosterOperation]) {
        self.forks = forks
        graph = RosterGraph(forks: forks)
        apply(operations)
    }

    /// The heads that removals name as cuts of logs that were forked: which branch each lies in decides what counts.
    var forkedCuts: [LogHead] {
        if forks.isEmpty { return [] }
        return graph.operations.flatMap { operation in
            operation.changes.records.flatMap { record -> [LogHead] in
                if case .removed(let removal) = record { removal.cut } else { [] }
            }
        }.filter { forks.logs(of: forks.origins[$0.replica]).count > 1 }
    }

    /// Takes note of where the change sets that cuts name are held. Returns whether that is news.
    mutating func place(cuts places: [LogHead: ReplicaID]) -> Bool {
        if places == cutPlaces { return false }
        cutPlaces = places
        replay()
        return true
    }

    private mutating func replay() {
        guard let genesis else { return }
        let replay = RosterReplay(graph, genesis: genesis, group: group, forks: forks, cutPlaces: cutPlaces)
        groupName = genesis.groupName
        members = replay.members
        former = replay.former
        // Two members with one key were admitted apart, one of them with what it had no right to: the smaller id has it.
        byCurveKey = Dictionary(members.values.map { ($0.curveKey, $0.id) }, uniquingKeysWith: min)
        authors = replay.authors
        for branch in forks.branches.values {
            if let author = authors[branch.origin] { authors[branch.id] = author }
        }
        policy = replay.policy
        enrolled = replay.enrolled
        signingKeys = replay.enrolled.mapValues(\.signingKey)
        grants = replay.grants
        writableEpochs = replay.writableEpochs
        epochTimes = replay.epochTimes
        cuts = replay.cuts
        adopted = replay.adopted
        disputed = replay.disputed
        adoptions = replay.adoptions
        applied = graph.applied
        // From now on the log says it, also that somebody was removed; but where it does not say where a member is, the invitation does.
        provisional = provisional.filter { id, _ in
            signingKeys[id] == nil || members[id]?.endpoint.isEmpty == true
        }
    }
}
