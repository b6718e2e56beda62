import Causality
import InboxModel
import OfficeNode
import ReplicaStore
import SyncEngine
import Testing
import Vault

@testable import PartitionSimulator

/// Random work of people and of one device that asks no policy, under partitions, with roles, flags, members and adoptions that change
/// meanwhile; all from one seed.
private final class RandomRogue {
    let clinic: Clinic
    let essex: SimulatedNode
    let laptop: SimulatedNode
    let rogue: RogueDevice
    private(set) var history: [String] = []
    private var random: SplitMix64
    private var threads: [ThreadID] = []
    private var isRogueMember = true

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        clinic = try Clinic(seed: seed, laptop: true)
        essex = try clinic.group.join("essex", invitedBy: clinic.towson)
        laptop = try #require(clinic.laptop)
        rogue = RogueDevice(node: clinic.belair, group: clinic.group)
        let role = MemberRole(isAdministrator: true)
        for node in [essex, laptop] {
            try clinic.group.perform(.administer(.setRole(node.identity.member, role)), at: clinic.towson, by: clinic.admin)
        }
        for office in 0...1 {
            threads.append(try clinic.openThread(office: office))
            threads.append(try clinic.openThread(office: office, category: clinic.practice.medication))
        }
    }

    var honest: [SimulatedNode] { [clinic.towson, essex, laptop] }

    /// Writes what the policy allows nobody, whatever was drawn before: people do not write the audit.
    func attackPlainly() throws -> Dot { try rogue.write([.audit(AuditEntry(at: 1, action: .readThread))], by: clinic.bo) }

    func work(_ steps: Int) throws {
        for step in 0..<steps {
            let thread = threads[random.number(in: 0...threads.count - 1)]
            switch random.number(in: 0...99) {
            case 0..<12: divide()
            case 12..<22: clinic.group.healAll()
            case 22..<45: try attack(thread, step)
            case 45..<60: try govern(thread)
            case 60..<66: try adopt()
            case 66..<69: try remove()
            default: try act(on: thread, step)
            }
            clinic.group.run(for: random.happens(50) ? 0 : Int64(random.number(in: 100...30_000)))
        }
    }

    private func divide() {
        for one in clinic.group.nodes {
            for other in clinic.group.nodes where one.index < other.index && random.happens(40) { clinic.group.cut(one, other) }
        }
    }

    private var people: [Actor] { [clinic.ana, clinic.bo, clinic.surgeon, clinic.onCall, clinic.admin, .system, .patient(clinic.patient), partner] }
    private var partner: Actor { .staff(clinic.practice.partner) }

    /// Soon over, so that much is written about the time when it ends.
    private func until() -> Int64 { clinic.group.now + Int64(random.number(in: 1...90_000)) }

    /// What the device writes; some of it would be lawful.
    private func attack(_ thread: ThreadID, _ step: Int) throws {
        let actor = people[random.number(in: 0...people.count - 1)]
        let desk = clinic.practice.offices[1].frontDesk
        history.append("\(step): the device writes as \(actor)")
        switch random.number(in: 0...10) {
        case 8, 9:
            let note = ThreadChange.note(MessageID(milliseconds: clinic.group.now, entropy: (1, UInt64(step))), content: 0)
            try rogue.write(note, to: thread, by: partner)
        case 10: try rogue.write(.shared(clinic.practice.partner, until: until()), to: thread, by: actor)
        case 0: try rogue.write(rogue.message(.outbound), to: thread, by: actor)
        case 1: try rogue.write(rogue.message(.inbound), to: thread, by: actor)
        case 2: try rogue.write(.review(random.happens(50)), to: thread, by: actor)
        case 3: try rogue.write(.tagged("tag \(step)"), to: thread, by: actor)
        case 4: try rogue.write(.ownership(OwnershipChange(act: .claimed, from: nil, to: .staff(desk))), to: thread, by: actor)
        case 5: try rogue.write(.moved(clinic.practice.offices[random.number(in: 0...1)].id), to: thread, by: actor)
        case 6: try rogue.write([.directory(.staff(desk, profile()), context: try context(of: desk))], by: actor)
        default: try rogue.write(.resolved(Resolution(outcome: "answered", told: .told)), to: thread, by: actor)
        }
    }

    private func context(of staff: StaffID) throws -> VersionVector {
        random.happens(70) ? try rogue.node.store.reader.staff(staff)?.clock ?? VersionVector() : VersionVector()
    }

    private func profile() -> StaffProfile {
        let roles: [Role] = [.frontDesk, .surgeon, .billing]
        return StaffProfile(
            key: "desk-bel", name: "Front desk", role: roles[random.number(in: 0...2)],
            offices: random.happens(60) ? [clinic.practice.offices[1].id] : [], isActive: random.happens(80))
    }

    /// Administrators and clinicians change what the policy looks at.
    private func govern(_ thread: ThreadID) throws {
        let node = honest[random.number(in: 0...2)]
        switch random.number(in: 0...6) {
        case 4, 5:
            _ = try? clinic.act(.share(with: clinic.practice.partner, until: until()), on: thread, as: clinic.surgeon, at: node)
        case 6: _ = try? clinic.act(.unshare(with: clinic.practice.partner), on: thread, as: clinic.admin, at: node)
        case 0: _ = try? clinic.group.perform(.putDocument(.staff(clinic.practice.offices[1].frontDesk, profile())), at: node, by: clinic.admin)
        case 1: _ = try? clinic.act(.setReview(random.happens(60)), on: thread, as: clinic.surgeon, at: node)
        case 2: _ = try? clinic.act(.move(clinic.practice.offices[random.number(in: 0...1)].id), on: thread, as: clinic.surgeon, at: node)
        default: _ = try? clinic.act(.claim, on: thread, as: clinic.surgeon, at: node)
        }
        history.append("\(node.name) governs")
    }

    private func act(on thread: ThreadID, _ step: Int) throws {
        let node = clinic.group.nodes[random.number(in: 0...3)]
        let commands: [ThreadCommand] = [
            .reply(.portal, text: "Answer \(step).", override: true), .note(text: "Note \(step)."), .claim, .tag("t\(step)"),
            .patientMessage(.portal, text: "Message \(step)."), .resolve(outcome: "answered", told: .told, note: ""), .reopen(note: ""),
        ]
        let people = [clinic.ana, clinic.bo, clinic.onCall, .system, partner]
        let command = commands[random.number(in: 0...commands.count - 1)]
        // What the policy refuses here is not written.
        _ = try? clinic.act(command, on: thread, as: people[random.number(in: 0...4)], at: node)
    }

    private func adopt() throws {
        let node = honest[random.number(in: 0...2)]
        let held = try node.store.reader.quarantine().map(\.dot)
        guard !held.isEmpty else { return }
        let dot = held[random.number(in: 0...held.count - 1)]
        history.append("\(node.name) adopts \(dot)")
        _ = try? clinic.group.perform(.administer(.adopt([LogRange(dot.replica, dot.sequence, dot.sequence)])), at: node, by: clinic.admin)
    }

    private func remove() throws {
        let target = random.happens(60) ? rogue.node : random.happens(50) ? essex : laptop
        history.append("towson removes \(target.name)")
        _ = try? clinic.group.perform(.administer(.revoke(target.identity.member, reason: "stolen")), at: clinic.towson, by: clinic.admin)
    }
}

@Suite("The access policy under random work, attacks, removals and partitions")
struct RandomPeerAccessTests {
    @Test("Every office judges alike, whatever came first; so does who comes later, and who merges the log again", arguments: 1...24)
    func agrees(_ seed: Int) throws {
        let story = try RandomRogue(seed: UInt64(seed))
        try story.work(70)
        let group = story.clinic.group
        group.healAll()
        try #require(group.runUntilQuiet(limit: 1_800_000), "seed \(seed): the nodes do not come to rest")
        // Those who are members still; who was removed learns no more.
        let roster = try story.clinic.towson.reader.roster()
        let nodes = story.honest.filter { roster.members[$0.identity.member] != nil }
        // Without anybody who judges all nodes would be equal too.
        let plain = try story.attackPlainly()
        try #require(group.runUntilQuiet(limit: 1_800_000))
        for node in nodes where roster.members[story.rogue.node.identity.member] != nil {
            let reason = try node.store.reader.quarantine().first { $0.dot == plain }?.reason
            #expect(reason == QuarantineReason.access.rawValue, "seed \(seed) at \(node.name)")
        }
        let digests = try nodes.map { try $0.digest }
        try #require(Set(digests).count == 1, "seed \(seed): \(story.history)")
        let late = try group.join("annapolis", invitedBy: story.clinic.towson)
        try #require(group.runUntilQuiet(limit: 1_800_000))
        #expect(try late.digest == story.clinic.towson.digest, "seed \(seed), who comes later: \(story.history)")
        for node in nodes {
            let rebuilt = try #require(node.brain).rebuild()
            #expect(rebuilt.before == rebuilt.after, "seed \(seed), merged again at \(node.name): \(story.history)")
        }
    }
}
