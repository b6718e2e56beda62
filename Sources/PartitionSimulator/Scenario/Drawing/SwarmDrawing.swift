import OfficeNode

/// Draws what goes wrong, and when.
///
/// Each kind of fault has a stream of its own that says whether the seed has it at all and in which minutes it comes, and each fault
/// one for what it does. The minutes are drawn as if a kind were the only one and then thinned by how many there are.
///
/// A fault comes while all is well, while a link is cut by another fault, or right after such a cut ends: faults that come while
/// nodes are catching up find other bugs than those in calm times.
struct SwarmDrawing {
    /// A time in which a link is cut.
    private struct Cut {
        var id: String
        var begin: Int64
        var end: Int64
    }

    private static let minute: Int64 = 60_000
    /// What leaves a group in a state that nothing mends yet: it comes once, in the last part of a run.
    static let lastPartOnly: Set<Fault> = [
        .restoredBackup, .clonedDisk, .bitRot, .lyingSync, .equivocation, .selectiveFork, .causalGap, .clockInflation,
    ]
    /// What makes the group grow, or shrink: it comes once.
    static let once: Set<Fault> = [.joinWhileApart, .staleSponsor, .lateJoiner, .ownerLeaves]
    private static let cutting: [Fault] = [
        .nodeCutOff, .halves, .minorityThird, .ringOfMajorities, .bridge, .nonTransitive, .oneWay, .flapping, .swizzle,
    ]

    let scenario: Scenario
    let swarm: Swarm
    let time: StoryTime
    let seed: UInt64
    let names: [String]
    let disks: [String]
    let offices: [String]
    let relays: [String]
    let taken: Set<String>

    init(_ scenario: Scenario, _ swarm: Swarm, _ time: StoryTime, seed: UInt64) {
        self.scenario = scenario
        self.swarm = swarm
        self.time = time
        self.seed = seed
        names = scenario.nodes.map(\.name)
        disks = scenario.nodes.filter { $0.storage == .disk }.map(\.name)
        offices = scenario.nodes.filter { $0.kind == .office }.map(\.name)
        relays = scenario.nodes.filter { $0.kind == .relay }.map(\.name)
        taken = Set(scenario.threadPatients.keys)
    }

    func events() -> [ScenarioEvent] {
        let calm = swarm.faults.filter(Self.cutting.contains).flatMap { fault in
            moments(fault).flatMap { slot, at in Self.isCalm(seed, fault, slot) ? episode(fault, slot, at) : [] }
        }
        let cuts = calm.compactMap { event -> Cut? in
            event.action.length.map { Cut(id: "\(event.action.words) \(event.at)", begin: event.at, end: event.at + $0) }
        }
        let others = swarm.faults.flatMap { fault in
            moments(fault).flatMap { slot, at -> [ScenarioEvent] in
                let isDrawn = Self.cutting.contains(fault) && Self.isCalm(seed, fault, slot)
                return isDrawn ? [] : episode(fault, slot, anchor(at, fault, slot, cuts))
            }
        }
        return calm + others
    }

    // MARK: When

    /// The moments of a kind of fault; none where the seed does not have it.
    private func moments(_ fault: Fault) -> [(slot: Int64, at: Int64)] {
        var random = DrawnStream(seed, "swarm \(fault.rawValue)")
        guard random.happens(percent: swarm.share) else { return [] }
        if Self.lastPartOnly.contains(fault) || Self.once.contains(fault) {
            // In the middle of its part, so that there is something before and after it.
            let part = Self.once.contains(fault) ? 0...max(0, time.duration - 2) : time.lastPart
            let fraction = random.number(in: 100...Int64(800))
            return [(0, part.lowerBound + (part.upperBound - part.lowerBound) / 1_000 * fraction)]
        }
        // A group without relays is not left with fewer faults for what only relays do.
        let possible = swarm.faults.count { !relays.isEmpty || !$0.isOfRelay && $0 != .relayDown }
        let kinds = max(1, swarm.share * possible / 100)
        let chance = min(1_000_000, swarm.perHour * 1_000_000 / 60 / kinds)
        var moments: [(slot: Int64, at: Int64)] = []
        for slot in 0..<max(1, time.duration / Self.minute) {
            let isOne = random.happens(perMillion: chance)
            let at = slot * Self.minute + random.number(in: 0...Self.minute - 1)
            if isOne { moments.append((slot, at)) }
        }
        return moments
    }

    private static func isCalm(_ seed: UInt64, _ fault: Fault, _ slot: Int64) -> Bool {
        var random = DrawnStream(seed, "calm \(fault.rawValue) \(slot)")
        return random.happens(percent: 40)
    }

    /// The moment of a fault: its own, or one in or right after a time in which a link is cut.
    private func anchor(_ at: Int64, _ fault: Fault, _ slot: Int64, _ cuts: [Cut]) -> Int64 {
        var random = DrawnStream(seed, "anchor \(fault.rawValue) \(slot)")
        let place = random.number(in: 0...99)
        let fraction = random.number(in: 50...Int64(950))
        let afterwards = random.length(in: 200...8_000)
        let part = Self.lastPartOnly.contains(fault) ? time.lastPart : 0...time.duration
        let eligible = cuts.filter { part.contains($0.begin) && part.contains($0.end) }
        let stream = "cut \(fault.rawValue) \(slot)"
        guard place < 70, let id = DrawnStream.choose(seed, stream, among: eligible.map(\.id)),
            let cut = eligible.first(where: { $0.id == id })
        else { return at }
        return place < 40 ? cut.begin + (cut.end - cut.begin) * fraction / 1_000 : cut.end + afterwards
    }

    // MARK: What

    /// The events of one fault; none where the group has not what it takes, or too little time is left for it.
    private func episode(_ fault: Fault, _ slot: Int64, _ at: Int64) -> [ScenarioEvent] {
        guard let at = time.moved(at) else { return [] }
        let left = time.end(after: at) - at - 1_000
        guard left >= 500 else { return [] }
        var episode = FaultEpisode(fault, "\(fault.rawValue)-\(slot)", at: at, left: left, of: self)
        return episode.events()
    }
}
