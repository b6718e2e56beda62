extension Fault {
    /// The faults that conditions bring with them for as long as they hold.
    static func lasting(_ conditions: LinkConditions) -> [Fault] {
        var faults: [Fault] = []
        if conditions.delay.upperBound > LinkConditions.good.delay.upperBound { faults.append(.delay) }
        if conditions.loss > 0 { faults.append(conditions.burst > 1 ? .burstLoss : .loss) }
        if conditions.reordering > 0 { faults.append(.reordering) }
        if conditions.duplication > 0 { faults.append(.duplication) }
        if conditions.corruption > 0 { faults.append(.corruption) }
        if conditions.truncation > 0 { faults.append(.truncation) }
        if conditions.bandwidth > 0 { faults.append(.slowLink) }
        return faults
    }

    /// The fault that a change of conditions is, by its first part that makes things worse.
    static func of(_ patch: LinkPatch) -> Fault {
        if (patch.burst ?? 1) > 1 { return .burstLoss }
        if patch.loss ?? 0 > 0 { return .loss }
        if patch.corruption ?? 0 > 0 { return .corruption }
        if patch.truncation ?? 0 > 0 { return .truncation }
        if patch.duplication ?? 0 > 0 { return .duplication }
        if patch.reordering ?? 0 > 0 { return .reordering }
        if patch.bandwidth ?? 0 > 0 { return .slowLink }
        return .delay
    }
}

extension ScenarioAction {
    /// The row of the coverage table that the action counts for; nil for what is no fault.
    var fault: Fault? {
        switch self {
        case .partition, .isolate, .cut(_, _, oneWay: false, _): .nodeCutOff
        case .cut: .oneWay
        case .shape(let shape, _):
            switch shape {
            case .halves: .halves
            case .minorityThird: .minorityThird
            case .ringOfMajorities: .ringOfMajorities
            case .bridge: .bridge
            case .nonTransitive: .nonTransitive
            }
        case .conditions(_, let patch, _): .of(patch)
        case .jam: .jam
        case .halfOpen: .halfOpen
        case .flap: .flapping
        case .swizzle: .swizzle
        case .replay: .replay
        case .kill(_, .powerLost, _): .powerLoss
        case .kill(_, _, let point):
            switch point {
            case .write: .killAtWrite
            case .sync: .killAtSync
            default: .killAtDirective
            }
        case .restartLoop: .restartLoop
        case .pause: .pause
        case .clock(_, .jump, _): .clockJump
        case .clock(_, .drift, _): .clockDrift
        case .clock(_, .frozen, _): .clockFrozen
        case .disk(_, let fault, _):
            switch fault {
            case .full: .diskFull
            case .inputOutputError: .inputOutputError
            case .lyingSync: .lyingSync
            case .tornWrite: .tornWrite
            case .bitRot: .bitRot
            }
        case .restore: .restoredBackup
        case .clone: .clonedDisk
        case .join: .lateJoiner
        case .administer(.revoke, _): .stolenLaptop
        case .administer(.retire, _): .retirement
        case .administer(.rotate, _): .rotationWhileAway
        case .administer(.recover, _): .lastAdministratorLost
        case .administer(.promote, _): nil
        case .attack(let fault, _, _), .lie(let fault, _, _, _): fault
        case .heal, .restart, .backup, .deed, .settle: nil
        }
    }

    /// Whether the phase may be another one from here on, so that faults that last are counted anew.
    var isTurningPoint: Bool {
        switch self {
        case .heal, .restart, .settle: true
        default: false
        }
    }

    /// The nodes that the action names, the one it happens to first.
    var nodeNames: [String] {
        switch self {
        case .partition(let parts, _): parts.flatMap { $0 }
        case .cut(let one, let other, _, _), .halfOpen(let one, let other): [one, other]
        case .isolate(let name, _), .kill(let name, _, _), .restart(let name), .restartLoop(let name, _, _), .pause(let name, _),
            .clock(let name, _, _), .disk(let name, _, _), .backup(let name), .restore(let name):
            [name]
        case .clone(let name, let clone): [name, clone]
        case .join(let participant, let sponsor): [sponsor, participant.name]
        case .administer(let deed, let node): [node] + (deed.member.map { $0 == node ? [] : [$0] } ?? [])
        case .attack(_, let attacker, let victim), .lie(_, let attacker, let victim, _): [attacker] + (victim.map { [$0] } ?? [])
        case .deed(let deed): [deed.node]
        case .heal(let scope), .conditions(let scope, _, _), .jam(let scope, _), .flap(let scope, _, _), .replay(let scope, _, _, _):
            scope.nodeNames
        case .shape, .swizzle, .settle: []
        }
    }

    /// How long the action lasts; nil where it does not end by itself, or has no length.
    var length: Int64? {
        switch self {
        case .partition(_, let length), .shape(_, let length), .cut(_, _, _, let length), .isolate(_, let length),
            .conditions(_, _, let length), .clock(_, _, let length), .disk(_, _, let length), .lie(_, _, _, let length):
            length
        case .jam(_, let length), .flap(_, _, let length), .pause(_, let length), .swizzle(let length): length
        case .restartLoop(_, let times, let interval): Int64(times) * interval
        default: nil
        }
    }

    /// The action in a few words, for pictures.
    var words: String {
        if let fault { return fault.rawValue }
        switch self {
        case .heal: return "heal"
        case .restart: return "restart"
        case .backup: return "backup"
        case .administer(let deed, _): return "\(deed.words.verb) \(deed.words.object)"
        case .settle: return "settle"
        case .deed(let deed): return deed.words
        default: return "event"
        }
    }
}

extension LinkScope {
    /// The nodes that the scope names.
    var nodeNames: [String] {
        switch self {
        case .all: []
        case .of(let name): [name]
        case .between(let one, let other): [one, other]
        }
    }
}

extension Deed {
    /// The deed in a few words, for pictures.
    var words: String {
        [verb.rawValue, to.map { "to \($0)" }, value, actor.map { "by \($0)" }].compactMap { $0 }.joined(separator: " ")
    }
}
