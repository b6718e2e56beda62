import OfficeNode

/// One fault that is drawn: what it does, to whom, for how long.
struct FaultEpisode {
    let fault: Fault
    /// Names it: also the threads that it opens and the nodes that it brings.
    let name: String
    let at: Int64
    /// How long it may last.
    let left: Int64
    let drawing: SwarmDrawing
    var random: DrawnStream

    init(_ fault: Fault, _ name: String, at: Int64, left: Int64, of drawing: SwarmDrawing) {
        self.fault = fault
        self.name = name
        self.at = at
        self.left = left
        self.drawing = drawing
        random = DrawnStream(drawing.seed, "fault \(name)")
    }

    mutating func events() -> [ScenarioEvent] {
        switch fault.group {
        case "network": networkEvents()
        case "node": nodeEvents()
        case "membership": membershipEvents()
        case "adversary": attackEvents()
        default: peopleEvents()
        }
    }

    // MARK: Choosing

    /// A node; the choice does not depend on which others there are.
    func node(_ role: String = "node", among names: [String]? = nil, except: [String] = []) -> String? {
        DrawnStream.choose(drawing.seed, "\(role) \(name)", among: (names ?? drawing.names).filter { !except.contains($0) })
    }

    /// How long, within what is left.
    mutating func length(_ range: ClosedRange<Int64>? = nil) -> Int64 {
        min(left, random.length(in: range ?? drawing.swarm.length))
    }

    /// All links, those of a node, or one.
    mutating func scope() -> LinkScope {
        let place = random.number(in: 0...99)
        guard place >= 40, let one = node() else { return .all }
        guard place >= 70, let other = node("other", except: [one]) else { return .of(one) }
        return .between(one, other)
    }

    func event(_ action: ScenarioAction, after: Int64 = 0, shows: Fault? = nil) -> ScenarioEvent {
        ScenarioEvent(at: at + after, action, shows: shows)
    }

    // MARK: The network

    private mutating func networkEvents() -> [ScenarioEvent] {
        let length = length()
        switch fault {
        case .nodeCutOff: return node().map { [event(.isolate($0, for: length))] } ?? []
        case .halves: return shape(.halves, from: 2, length)
        case .minorityThird: return shape(.minorityThird, from: 3, length)
        case .ringOfMajorities: return shape(.ringOfMajorities, from: 4, length)
        case .bridge: return shape(.bridge, from: 3, length)
        case .nonTransitive: return shape(.nonTransitive, from: 3, length)
        case .swizzle: return drawing.names.count > 1 && left >= 10_000 ? [event(.swizzle(for: max(10_000, length)))] : []
        case .jam: return [event(.jam(scope(), for: self.length(1_000...300_000)))]
        case .flapping:
            let interval = random.length(in: 1_000...60_000)
            return [event(.flap(scope(), every: interval, for: length))]
        case .replay:
            let age = random.length(in: 1_000...3_600_000)
            let count = random.number(in: 1...100)
            return [event(.replay(scope(), age: age, count: count, otherSession: random.happens(percent: 50)))]
        case .relayDown: return node("relay", among: drawing.relays).map { [event(.isolate($0, for: length), shows: fault)] } ?? []
        case .oneWay, .halfOpen:
            guard let one = node(), let other = node("other", except: [one]) else { return [] }
            return [event(fault == .oneWay ? .cut(one, other, oneWay: true, for: length) : .halfOpen(one, other))]
        default:
            let patch = patch()
            return [event(.conditions(scope(), patch, for: length))]
        }
    }

    private func shape(_ shape: PartitionShape, from count: Int, _ length: Int64) -> [ScenarioEvent] {
        drawing.names.count >= count ? [event(.shape(shape, for: length))] : []
    }

    private mutating func patch() -> LinkPatch {
        var patch = LinkPatch()
        let few = random.number(in: 1...50) * 1_000
        let many = random.number(in: 1...40) * 10_000
        switch fault {
        case .loss: patch.loss = many
        case .burstLoss: (patch.loss, patch.burst) = (many / 2, random.number(in: 3...20))
        case .delay:
            let low = random.length(in: 100...2_000)
            patch.delay = low...(low * Int64(random.number(in: 1...5)))
        case .reordering: patch.reordering = many
        case .duplication: patch.duplication = many
        case .corruption: patch.corruption = few
        case .truncation: patch.truncation = few
        default: patch.bandwidth = Int(random.length(in: 500...32_000))
        }
        return patch
    }

    // MARK: Nodes

    private mutating func nodeEvents() -> [ScenarioEvent] {
        switch fault {
        case .killAtWrite, .killAtSync, .killAtDirective, .powerLoss: return killEvents()
        case .diskFull, .inputOutputError, .tornWrite, .lyingSync, .bitRot, .restoredBackup, .clonedDisk: return diskEvents()
        case .mixedVersions: return attackEvents()
        default: break
        }
        guard let node = node() else { return [] }
        let length = length()
        switch fault {
        case .restartLoop:
            let interval = random.length(in: 2_000...30_000)
            let times = min(random.number(in: 2...6), Int(left / interval))
            return times > 0 ? [event(.restartLoop(node, times: times, every: interval))] : []
        case .pause: return [event(.pause(node, for: self.length(1_000...7_200_000)))]
        case .clockFrozen: return [event(.clock(node, .frozen, for: length))]
        case .clockDrift:
            let drift = random.length(in: 50...50_000)
            return [event(.clock(node, .drift(random.happens(percent: 50) ? drift : -drift), for: length))]
        default:
            let jumps: [Int64] = [1_000, 3_600_000, 86_400_000, 3_650 * 86_400_000]
            let jump = random.one(of: jumps) ?? 1_000
            return [event(.clock(node, .jump(random.happens(percent: 50) ? jump : -jump), for: length))]
        }
    }

    /// A node dies, and starts again some time later.
    private mutating func killEvents() -> [ScenarioEvent] {
        let down = length(1_000...1_800_000)
        let points: [KillPoint] =
            switch fault {
            case .killAtWrite: [.write]
            case .killAtSync: [.sync]
            case .killAtDirective: [.directive, .commit, .now]
            default: KillPoint.allCases
            }
        let point = random.one(of: points) ?? .now
        let isPower = fault == .powerLoss
        guard let node = node(among: isPower ? drawing.disks : nil) else { return [] }
        return [event(.kill(node, isPower ? .powerLost : .killed, point)), event(.restart(node), after: down)]
    }

    private mutating func diskEvents() -> [ScenarioEvent] {
        guard let node = node(among: drawing.disks) else { return [] }
        let length = length()
        switch fault {
        case .diskFull: return [event(.disk(node, .full, for: length))]
        case .inputOutputError: return [event(.disk(node, .inputOutputError, for: nil))]
        case .tornWrite: return [event(.disk(node, .tornWrite, for: nil)), event(.restart(node), after: length)]
        case .bitRot: return [event(.disk(node, .bitRot, for: nil))]
        case .clonedDisk: return drawing.isFree(name) ? [event(.clone(node, as: name))] : []
        case .restoredBackup: return [event(.backup(node)), event(.restore(node), after: min(left, max(60_000, length)))]
        default:
            // What a lying disk lost shows only when power goes.
            let end = max(2, length)
            return [
                event(.disk(node, .lyingSync, for: end)),
                event(.kill(node, .powerLost, .now), after: end - 1), event(.restart(node), after: end),
            ]
        }
    }

    // MARK: Members and adversaries

    private mutating func membershipEvents() -> [ScenarioEvent] {
        // Only an administrator invites, and the first node is the one.
        guard let sponsor = drawing.names.first, drawing.isFree(name), left >= 60_000 else { return [] }
        if let events = administrativeEvents(through: sponsor) { return events }
        let joiner = Scenario.Participant(name: name, kind: random.happens(percent: 50) ? .laptop : .office)
        let length = max(40_000, length())
        let join = ScenarioAction.join(joiner, through: sponsor)
        switch fault {
        case .lateJoiner: return [event(join)]
        case .joinWhileApart:
            guard let other = node(except: [sponsor]) else { return [] }
            return [event(.isolate(other, for: length)), event(join, after: length / 2, shows: fault)]
        default:
            // The sponsor has heard of nothing for a while.
            return [event(.isolate(sponsor, for: length)), event(join, after: length * 3 / 4, shows: fault)]
        }
    }

    /// Removals, new epochs and second administrators; nil for faults of another kind.
    private mutating func administrativeEvents(through sponsor: String) -> [ScenarioEvent]? {
        let length = max(40_000, length())
        func administer(_ deed: MembershipDeed, at node: String, after: Int64 = 0) -> ScenarioEvent {
            event(.administer(deed, through: node), after: after, shows: fault)
        }
        let one = node("one", except: drawing.relays + [sponsor])
        let other = node("other", except: drawing.relays + [sponsor, one ?? ""])
        switch fault {
        case .stolenLaptop: return one.map { [administer(.revoke($0), at: sponsor)] } ?? []
        case .retirement: return one.map { [administer(.retire($0), at: sponsor)] } ?? []
        case .lastAdministratorLost: return one.map { [administer(.recover, at: $0)] } ?? []
        case .rotationWhileAway:
            guard let one else { return [] }
            return [
                event(.isolate(one, for: length)), administer(.rotate, at: sponsor, after: length / 4),
                administer(.rotate, at: sponsor, after: length / 2),
            ]
        case .concurrentAdmission:
            guard let one, drawing.isFree("\(name)b") else { return [] }
            let joiners = [name, "\(name)b"].map { Scenario.Participant(name: $0, kind: .laptop) }
            return [
                event(.administer(.promote(one), through: sponsor)),
                event(.cut(sponsor, one, oneWay: false, for: length - 5_000), after: 5_000),
                event(.join(joiners[0], through: sponsor), after: length / 2, shows: fault),
                event(.join(joiners[1], through: one), after: length / 2, shows: fault),
            ]
        case .mutualRevocation:
            // Not the first node: it invites.
            guard let one, let other else { return [] }
            return [
                event(.administer(.promote(one), through: sponsor)), event(.administer(.promote(other), through: sponsor)),
                event(.cut(one, other, oneWay: false, for: length - 5_000), after: 5_000),
                administer(.revoke(other), at: one, after: length / 2), administer(.revoke(one), at: other, after: length / 2),
            ]
        default: return nil
        }
    }

    /// A relay does not do its duty.
    private mutating func lies() -> [ScenarioEvent] {
        let among = fault.showsEarlierState ? drawing.relays.filter(drawing.disks.contains) : drawing.relays
        let isAgainstOne = random.happens(percent: 60) || fault == .relayWithholds
        let length = length()
        guard let relay = node("relay", among: among) else { return [] }
        let victim = isAgainstOne ? node("victim", except: drawing.relays) : nil
        return [event(.lie(fault, by: relay, against: victim, for: fault == .relayRollsBack ? nil : length))]
    }

    private mutating func attackEvents() -> [ScenarioEvent] {
        if fault.isOfRelay { return lies() }
        let isAgainstOne = random.happens(percent: 60)
        guard let attacker = node(except: Array(drawing.names.prefix(1))) else { return [] }
        // A fork that is shown to one node only needs one.
        let victim = isAgainstOne || fault == .selectiveFork ? node("victim", except: [attacker]) : nil
        return [event(.attack(fault, by: attacker, against: victim))]
    }
}

extension SwarmDrawing {
    /// Whether a node or thread can have that name.
    func isFree(_ name: String) -> Bool { !names.contains(name) && !taken.contains(name) && Member.isValidName(name) }
}
