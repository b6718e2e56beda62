import Causality
import ChangeLog
import InboxModel
import SyncEngine
import Vault

/// What the roster changes of a graph come to.
///
/// A total function of the set of changes: whatever they are and in whatever order they came, there is an outcome, and everybody who
/// holds them has the same. A change is lawful where its author, by what it had seen, might write it, and counts where besides nobody
/// had shut the author out meanwhile. Removals win over what is concurrent with them: they count by what their author had seen alone,
/// so two administrators who remove each other are both removed.
struct RosterReplay {
    private let graph: RosterGraph
    private let genesis: Genesis
    private let group: GroupID
    private let ordered: [Int]
    private let forks: LogForks
    private let cutPlaces: [LogHead: ReplicaID]
    /// Who wrote each log, by what it was written as: branches are not named.
    let authors: [ReplicaID: MemberID]
    /// Everybody ever admitted lawfully, with the key that their change sets are verified with.
    private(set) var enrolled: [MemberID: Member] = [:]
    /// The removals, by member.
    private(set) var removals: [MemberID: [Int]] = [:]
    private var recoveries: [MemberID: [Appointment]] = [:]
    /// The records that their authors might write by what they had seen, and those of them that count, in the common order.
    private var lawful: [Entry] = []
    private var counting: [Entry] = []
    private var settled = Standing()

    private struct Entry {
        let position: Int
        let record: RosterRecord
    }

    /// Something that makes a member an administrator.
    private struct Appointment {
        /// Nil for the genesis, which is in everybody's past.
        let position: Int?
        let past: PositionSet
        let role: MemberRole
    }

    /// What was found so far of who is what, in one pass over the operations.
    private struct Standing {
        var admitted: [MemberID: [(position: Int?, member: Member)]] = [:]
        var appointments: [MemberID: [Appointment]] = [:]
        var roleChanges: [MemberID: [(position: Int, isDismissal: Bool)]] = [:]
        var offices: [MemberID: [(position: Int, office: OfficeID?)]] = [:]
    }

    init(
        _ graph: RosterGraph, genesis: Genesis, group: GroupID, forks: LogForks = LogForks(), cutPlaces: [LogHead: ReplicaID] = [:]
    ) {
        self.forks = forks
        self.cutPlaces = cutPlaces
        self.graph = graph
        self.genesis = genesis
        self.group = group
        ordered = graph.ordered
        authors = Self.authors(in: graph, ordered, forks)
        for member in genesis.administrators { enrolled[member.id] = member }
        judge(lawfulness: true)
        judge(lawfulness: false)
    }

    /// The author of each log is who its own first roster change says, admitted or not: a device that joins holds its own first
    /// change set before the group's log that admits it.
    private static func authors(in graph: RosterGraph, _ ordered: [Int], _ forks: LogForks) -> [ReplicaID: MemberID] {
        var authors: [ReplicaID: MemberID] = [:]
        // Also those that wait for their past: who signed a log is known from the log alone.
        let waiting = graph.waiting.sorted { $0.dot < $1.dot }
        for operation in ordered.map({ graph.operations[$0] }) + waiting {
            for case .replicaStarted(let replica, let member) in operation.changes.records
            where replica == forks.origins[operation.dot.replica] && authors[replica] == nil { authors[replica] = member }
        }
        return authors
    }

    // MARK: Judging

    /// One pass over the operations: by what their authors had seen, or with removals by others as well.
    private mutating func judge(lawfulness: Bool) {
        var standing = Standing()
        for member in genesis.administrators {
            standing.admitted[member.id, default: []].append((nil, member))
            let appointment = Appointment(position: nil, past: PositionSet(), role: MemberRole(isAdministrator: true))
            standing.appointments[member.id, default: []].append(appointment)
        }
        for position in ordered {
            let operation = graph.operations[position]
            guard let author = author(of: operation.dot.replica) else { continue }
            for record in operation.changes.records {
                guard may(author, write: record, at: position, standing, lawfulness: lawfulness) else { continue }
                note(record, at: position, in: &standing, lawfulness: lawfulness)
                let entry = Entry(position: position, record: record)
                if lawfulness { lawful.append(entry) } else { counting.append(entry) }
            }
        }
        if !lawfulness { settled = standing }
    }

    private func may(
        _ author: MemberID, write record: RosterRecord, at position: Int, _ standing: Standing, lawfulness: Bool
    ) -> Bool {
        let past = graph.pasts[position]
        switch record {
        case .genesis, .unknown: return false
        case .replicaStarted(let replica, let member):
            return replica == forks.origins[graph.operations[position].dot.replica] && author == member
        case .endpointChanged(let member, _):
            return author == member && (lawfulness || !isShutOut(author, at: position))
        case .recovered(let recovery):
            return recovery.group == group && genesis.recoveryThreshold > 0
                && recovery.signatureCount(of: genesis.recoverySigners) >= genesis.recoveryThreshold
        case .removed(let removal):
            if removal.member == author { return removal.isRetirement && member(author, in: past, standing) != nil }
            guard let role = role(of: author, in: past, standing) else { return false }
            guard let target = member(removal.member, in: past, standing) else { return false }
            return role.covers(target.office) && role.covers(self.role(of: target.id, in: past, standing) ?? target.role)
        default: break
        }
        guard let role = role(of: author, in: past, standing), lawfulness || !isShutOut(author, at: position) else { return false }
        switch record {
        case .admitted(let member): return role.covers(member.office) && role.covers(member.role) && isFree(member, in: past, standing)
        case .roleChanged(let id, let new):
            guard let member = member(id, in: past, standing) else { return false }
            return role.covers(member.office) && role.covers(new)
                && role.covers(self.role(of: id, in: past, standing) ?? MemberRole(isAdministrator: false))
        case .officeChanged(let id, let office):
            guard let member = member(id, in: past, standing) else { return false }
            return role.covers(member.office) && role.covers(office)
        default: return true
        }
    }

    private mutating func note(
        _ record: RosterRecord, at position: Int, in standing: inout Standing, lawfulness: Bool
    ) {
        switch record {
        case .admitted(let member):
            standing.admitted[member.id, default: []].append((position, member))
            if lawfulness, enrolled[member.id] == nil { enrolled[member.id] = member }
            if member.isAdministrator {
                let appointment = Appointment(position: position, past: graph.pasts[position], role: member.role)
                standing.appointments[member.id, default: []].append(appointment)
            }
        case .removed(let removal): if lawfulness { removals[removal.member, default: []].append(position) }
        case .roleChanged(let id, let role):
            standing.roleChanges[id, default: []].append((position, !role.isAdministrator))
            if role.isAdministrator {
                let appointment = Appointment(position: position, past: graph.pasts[position], role: role)
                standing.appointments[id, default: []].append(appointment)
            }
        case .officeChanged(let id, let office): standing.offices[id, default: []].append((position, office))
        case .recovered(let recovery):
            let id = recovery.member.id
            let past = graph.closure(of: recovery.seen) ?? PositionSet()
            if !standing.admitted[id, default: []].contains(where: { isSeen($0.position, in: past) }) {
                standing.admitted[id, default: []].append((position, recovery.member))
            }
            if lawfulness, enrolled[id] == nil { enrolled[id] = recovery.member }
            let appointment = Appointment(position: position, past: past, role: MemberRole(isAdministrator: true))
            standing.appointments[id, default: []].append(appointment)
            if lawfulness { recoveries[id, default: []].append(appointment) }
        default: break
        }
    }

    // MARK: What somebody was, as of a past

    private func isSeen(_ position: Int?, in past: PositionSet?) -> Bool {
        guard let position, let past else { return true }
        return past.contains(position)
    }

    /// Whether `member` was removed, as of `past`; nil for all there is.
    private func isRemoved(_ member: MemberID, in past: PositionSet?) -> Bool {
        (removals[member] ?? []).contains { removal in
            isSeen(removal, in: past) && !isLifted(removal, of: member, in: past)
        }
    }

    private func isLifted(_ removal: Int, of member: MemberID, in past: PositionSet?) -> Bool {
        (recoveries[member] ?? []).contains { isSeen($0.position, in: past) && $0.past.contains(removal) }
    }

    private func member(_ id: MemberID, in past: PositionSet?, _ standing: Standing) -> Member? {
        guard !isRemoved(id, in: past),
            var member = standing.admitted[id]?.first(where: { isSeen($0.position, in: past) })?.member
        else { return nil }
        if let moved = standing.offices[id]?.last(where: { isSeen($0.position, in: past) }) { member.office = moved.office }
        return member
    }

    /// What an administrator may do as of `past`; nil for who is none. A dismissal ends every appointment that had not seen it, a new
    /// appointment those that it had seen.
    private func role(of id: MemberID, in past: PositionSet?, _ standing: Standing) -> MemberRole? {
        guard member(id, in: past, standing) != nil else { return nil }
        let changes = (standing.roleChanges[id] ?? []).filter { isSeen($0.position, in: past) }
        let live = (standing.appointments[id] ?? []).filter { appointment in
            isSeen(appointment.position, in: past) && !changes.contains { ends($0.position, $0.isDismissal, appointment) }
        }
        guard !live.isEmpty else { return nil }
        if live.contains(where: { $0.role.offices.isEmpty }) { return MemberRole(isAdministrator: true) }
        return MemberRole(isAdministrator: true, offices: Array(Set(live.flatMap(\.role.offices))))
    }

    private func ends(_ position: Int, _ isDismissal: Bool, _ appointment: Appointment) -> Bool {
        if isDismissal { return !appointment.past.contains(position) }
        guard position != appointment.position else { return false }
        return isSeen(appointment.position, in: graph.pasts[position])
    }

    /// Whether somebody removed the author without its knowledge, with a cut before this operation.
    private func isShutOut(_ author: MemberID, at position: Int) -> Bool {
        let dot = graph.operations[position].dot
        return (removals[author] ?? []).contains { removal in
            !graph.pasts[position].contains(removal) && dot.sequence > cut(removal, of: dot.replica)
        }
    }

    /// How far the removal at `position` lets the log of `replica` count.
    private func cut(_ position: Int, of replica: ReplicaID) -> UInt64 {
        let operation = graph.operations[position]
        // Who retires itself keeps all up to that very change set.
        if operation.dot.replica == replica { return operation.dot.sequence }
        if forks.path(to: operation.dot.replica).contains(replica) { return .max }
        for case .removed(let removal) in operation.changes.records where removal.member == author(of: replica) {
            let cut = removal.cut.map { self.cut($0, of: replica) }.max() ?? 0
            return max(cut, forks.base(of: replica))
        }
        return forks.base(of: replica)
    }

    /// How far a removal that names `head` lets the log of `replica` count: as far as `head` goes in it, or whole where `head` lies in
    /// one of its branches. Where the change set of `head` has not come, no branch that might be meant counts yet.
    private func cut(_ head: LogHead, of replica: ReplicaID) -> UInt64 {
        let place = cutPlaces[head] ?? head.replica
        if place == replica { return head.sequence }
        return forks.path(to: place).dropLast().contains(replica) ? .max : 0
    }

    /// Who wrote a log or branch.
    private func author(of replica: ReplicaID) -> MemberID? { authors[forks.origins[replica]] }

    private func isFree(_ member: Member, in past: PositionSet, _ standing: Standing) -> Bool {
        standing.admitted.allSatisfy { id, admissions in
            guard id != member.id else { return !admissions.contains { isSeen($0.position, in: past) } }
            guard let other = self.member(id, in: past, standing) else { return true }
            return other.name != member.name && other.curveKey != member.curveKey
        }
    }

    // MARK: The outcome

    /// The members there are, with the roles, offices and endpoints that they have. Names are unique: of several admitted apart under
    /// one name all but the smallest id get the beginning of their id behind it.
    var members: [MemberID: Member] {
        var members: [MemberID: Member] = [:]
        for id in settled.admitted.keys {
            guard var member = member(id, in: nil, settled) else { continue }
            member.role = role(of: id, in: nil, settled) ?? MemberRole(isAdministrator: false)
            members[id] = member
        }
        for record in countingRecords {
            if case .endpointChanged(let id, let endpoint) = record { members[id]?.endpoint = endpoint }
        }
        for group in Dictionary(grouping: members.values, by: \.name).values where group.count > 1 {
            for member in group.sorted(by: { $0.id < $1.id }).dropFirst() {
                members[member.id]?.name = "\(member.name.prefix(31))-\(member.id.short)"
            }
        }
        return members
    }

    /// Those who are members no longer, ascending by name.
    var former: [FormerMember] {
        removals.compactMap { id, positions -> FormerMember? in
            let position = positions.first { !isLifted($0, of: id, in: nil) }
            guard let position, let member = enrolled[id] else { return nil }
            let operation = graph.operations[position]
            for case .removed(let removal) in operation.changes.records where removal.member == id {
                return FormerMember(member: member, removal: removal, by: author(of: operation.dot.replica), changeSet: operation.dot)
            }
            return nil
        }.sorted { $0.member.name == $1.member.name ? $0.member.id < $1.member.id : $0.member.name < $1.member.name }
    }

    /// How far the logs of those who were removed count. Logs that are not named count whole.
    var cuts: [ReplicaID: UInt64] {
        var cuts: [ReplicaID: UInt64] = [:]
        for (origin, author) in authors {
            for replica in forks.logs(of: origin) {
                if enrolled[author] != nil, settled.admitted[author] == nil { cuts[replica] = forks.base(of: replica) }
                for removal in removals[author] ?? [] where !isBegunAnew(replica, by: author, after: removal) {
                    cuts[replica] = min(cuts[replica] ?? .max, cut(removal, of: replica))
                }
            }
        }
        return cuts
    }

    /// Whether a log was begun after the recovery signers had lifted a removal.
    private func isBegunAnew(_ replica: ReplicaID, by author: MemberID, after removal: Int) -> Bool {
        guard let first = graph.position(ofFirst: replica) else { return false }
        return isLifted(removal, of: author, in: graph.pasts[first])
    }

    /// What administrators took out of quarantine, by log.
    var adopted: [ReplicaID: [ClosedRange<UInt64>]] {
        var adopted: [ReplicaID: [ClosedRange<UInt64>]] = [:]
        for case .adopted(let ranges) in countingRecords {
            for range in ranges { adopted[range.replica, default: []].append(range.first...range.last) }
        }
        return adopted
    }

    /// From which change set on each log was ever in dispute: removed, adopted, or written by somebody whose admission is doubtful. A
    /// group that holds less of the roster may count what lies there otherwise; what comes before counts for everybody.
    var disputed: [ReplicaID: UInt64] {
        var disputed = cuts.filter { $0.value < .max }.mapValues { $0 + 1 }
        for (origin, author) in authors {
            for replica in forks.logs(of: origin) {
                // What the recovery signers restore may have counted for nothing before.
                if !recoveries.isEmpty && !removals.isEmpty { disputed[replica] = forks.base(of: replica) + 1 }
                for removal in removals[author] ?? [] {
                    let cut = cut(removal, of: replica)
                    if cut < .max { disputed[replica] = min(disputed[replica] ?? .max, cut + 1) }
                }
            }
        }
        for range in adoptions { disputed[range.replica] = min(disputed[range.replica] ?? .max, range.first) }
        return disputed
    }

    /// Everything that administrators lawfully took out of quarantine, also where that counts no more.
    var adoptions: [LogRange] {
        lawful.flatMap { entry -> [LogRange] in
            if case .adopted(let ranges) = entry.record { ranges } else { [] }
        }
    }

    /// The epoch keys that administrators granted, also those whose administrator was removed since: what was sealed under such an
    /// epoch must be read.
    var grants: [EpochGrant] { lawful.compactMap { if case .epochGranted(let grant) = $0.record { grant } else { nil } } }

    /// The epochs that are to be written with, the first one first; more than one where they began apart.
    var writableEpochs: [EpochID] {
        var begun: Set<EpochID> = [genesis.epoch]
        var ended: Set<EpochID> = []
        for case .epochStarted(let start) in countingRecords {
            begun.insert(start.epoch)
            ended.formUnion(start.supersedes.filter { $0 != start.epoch })
        }
        // Nobody can end all of them: two epochs that end each other both stay.
        let live = begun.subtracting(ended)
        return (live.isEmpty ? begun : live).sorted()
    }

    /// When each epoch began, in milliseconds since 1970.
    var epochTimes: [EpochID: Int64] {
        var times = [genesis.epoch: genesis.founded]
        for case .epochStarted(let start) in countingRecords { times[start.epoch] = start.time }
        return times
    }

    /// What the group demands. Of values that were set apart the stricter counts.
    var policy: GroupPolicy { GroupPolicy(epochDays: strictest(\.epochDays), contactDays: strictest(\.contactDays)) }

    private func strictest(_ field: (GroupPolicy) -> Int?) -> Int? {
        let writes = counting.compactMap { entry -> (position: Int, value: Int)? in
            if case .policyChanged(let policy) = entry.record, let value = field(policy) { (entry.position, value) } else { nil }
        }
        let live = writes.filter { write in !writes.contains { graph.pasts[$0.position].contains(write.position) } }
        return live.map(\.value).min()
    }

    private var countingRecords: [RosterRecord] { counting.map(\.record) }
}
