import Causality
import InboxModel
import OfficeNode
import ReplicaStore
import SyncEngine
import Testing
import Vault

@testable import PartitionSimulator

@Suite("The access policy, asked again of what peers send")
struct PeerAccessTests {
    let clinic: Clinic
    let laptop: SimulatedNode
    /// Bel Air's office node, with a program that asks nothing.
    let rogue: RogueDevice

    init() throws {
        clinic = try Clinic(laptop: true)
        laptop = try #require(clinic.laptop)
        rogue = RogueDevice(node: clinic.belair, group: clinic.group)
    }

    private var honest: [SimulatedNode] { [clinic.towson, laptop] }

    private func settle() throws { try #require(clinic.group.runUntilQuiet(), "the nodes do not come to rest") }

    private func reasons(at node: SimulatedNode) throws -> [Dot: String] {
        Dictionary(uniqueKeysWithValues: try node.reader.store.quarantine().map { ($0.dot, $0.reason) })
    }

    private func expectSetAside(_ dots: [Dot], _ location: SourceLocation = #_sourceLocation) throws {
        for node in honest {
            let expected = Dictionary(uniqueKeysWithValues: dots.map { ($0, QuarantineReason.access.rawValue) })
            #expect(try reasons(at: node) == expected, "at \(node.name)", sourceLocation: location)
        }
        let digests = try honest.map { try $0.digest }
        #expect(digests[0] == digests[1], "the inboxes differ", sourceLocation: location)
    }

    // MARK: What is refused

    /// What a device writes that asks nobody.
    enum Attack: CaseIterable {
        case clinicalReply, takesFlagOff, resolvesFlagged, correctsFlagged, promotesItself, nodeWritesDirectory, nodeReplies, nodeResolves
        case othersOffice, placesHold, purges, othersAccount, ownAccountUnderAnothersName, claimsForAnother, patientReplies, patientInOthersMatter
        case personWritesAudit, nobody, opensForOtherOffice, notTheOwner, threadOutOfNowhere
    }

    private func carryOut(_ attack: Attack, flagged: ThreadID, plain: ThreadID) throws -> Dot {
        let bo = clinic.bo
        let desk = clinic.practice.offices[1].frontDesk
        switch attack {
        case .clinicalReply: return try rogue.write(rogue.message(.outbound), to: flagged, by: bo)
        case .takesFlagOff: return try rogue.write(.review(false), to: flagged, by: bo)
        case .resolvesFlagged: return try rogue.write(.resolved(Resolution(outcome: "answered", told: .told)), to: flagged, by: bo)
        case .correctsFlagged:
            return try rogue.write(.correction(of: MessageID(milliseconds: 1, entropy: (1, 2)), content: 0), to: flagged, by: bo)
        case .promotesItself: return try rogue.write([.directory(.staff(desk, promoted), context: VersionVector())], by: bo)
        case .nodeWritesDirectory: return try rogue.write([.directory(.staff(desk, promoted), context: VersionVector())], by: .system)
        case .nodeReplies: return try rogue.write(rogue.message(.outbound), to: plain, by: .system)
        case .nodeResolves: return try rogue.write(.resolved(Resolution(outcome: "answered", told: .told)), to: plain, by: .automation("rule"))
        case .othersOffice: return try rogue.write(.note(MessageID(milliseconds: 1, entropy: (1, 3)), content: 0), to: plain, by: clinic.ana)
        case .placesHold: return try rogue.write(.holdPlaced(LegalHold(token: "t", reason: "r")), to: plain, by: bo)
        case .purges: return try rogue.write(.purged(PurgeOrder(reason: "r", retentionClass: "c")), to: plain, by: bo)
        case .othersAccount: return try rogue.write([account(of: clinic.practice.administrator)], by: bo)
        case .ownAccountUnderAnothersName:
            let id = AccountID(of: clinic.practice.administrator)
            return try rogue.write([.directory(.account(id, AccountProfile(staff: desk)), context: VersionVector())], by: bo)
        case .claimsForAnother:
            let step = OwnershipChange(act: .claimed, from: nil, to: .staff(clinic.practice.offices[1].surgeon))
            return try rogue.write(.ownership(step), to: plain, by: bo)
        case .patientReplies: return try rogue.write(rogue.message(.outbound), to: plain, by: .patient(clinic.patient))
        case .patientInOthersMatter: return try rogue.write(rogue.message(.inbound), to: plain, by: .patient(clinic.practice.patients[1]))
        case .personWritesAudit: return try rogue.write([.audit(AuditEntry(at: 1, action: .readThread, outcome: .done))], by: bo)
        case .nobody: return try rogue.write(.tagged("x"), to: plain, by: .staff(StaffID(milliseconds: 1, entropy: (7, 7))))
        case .opensForOtherOffice:
            let opening = ThreadOpening(
                patient: clinic.patient, office: clinic.practice.offices[0].id, category: clinic.practice.scheduling, urgency: .routine,
                queue: clinic.practice.offices[0].queue, language: "en")
            return try rogue.write(.opened(opening), to: ThreadID(milliseconds: 1, entropy: (7, 8)), by: bo)
        case .notTheOwner:
            let step = OwnershipChange(act: .released, from: nil, to: .queue(clinic.practice.offices[1].queue))
            return try rogue.write(.ownership(step), to: plain, by: bo)
        case .threadOutOfNowhere: return try rogue.write(.tagged("x"), to: ThreadID(milliseconds: 1, entropy: (7, 9)), by: bo)
        }
    }

    private var promoted: StaffProfile { StaffProfile(key: "desk-bel", name: "Front desk Bel Air", role: .surgeon, offices: []) }

    private func account(of staff: StaffID) -> Change {
        .directory(.account(AccountID(of: staff), AccountProfile(staff: staff)), context: VersionVector())
    }

    @Test("What whoever a peer names might not do is kept and not merged, on every other node alike", arguments: Attack.allCases)
    func refused(attack: Attack) throws {
        let flagged = try clinic.openThread(office: 1, category: clinic.practice.medication, text: "It swells.")
        let plain = try clinic.openThread(office: 1)
        try clinic.act(.claim, on: plain, as: clinic.surgeon, at: clinic.towson)
        try settle()
        let before = try clinic.towson.digest
        let shown = try honest.map { try [flagged, plain].map($0.store.reader.thread).map { $0?.0 } }
        let dot = try carryOut(attack, flagged: flagged, plain: plain)
        try settle()
        try expectSetAside([dot])
        // A device that ordered a purge goes on to note how far it is with it, which says nothing where the order does not count.
        if attack != .purges {
            #expect(try honest.map { try [flagged, plain].map($0.store.reader.thread).map { $0?.0 } } == shown, "nothing is shown otherwise")
        }
        #expect(try clinic.towson.digest != before, "what is set aside belongs to the digest")
        for node in honest {
            #expect(node.warnings.contains { $0.code == "quarantine" })
            let item = try #require(try node.reader.quarantine().first)
            #expect(item.reason == "access" && item.author?.name == "belair")
        }
        // The log goes on behind it.
        try rogue.write(.tagged("later"), to: plain, by: clinic.bo)
        try settle()
        for node in honest { #expect(try clinic.page(of: plain, at: node).state.tags.map(\.tag) == ["later"]) }
        try expectSetAside([dot])
    }

    @Test("What they might do is merged, though the device asks nothing")
    func lawful() throws {
        let flagged = try clinic.openThread(office: 1, category: clinic.practice.medication)
        let plain = try clinic.openThread(office: 1)
        try rogue.write(.note(MessageID(milliseconds: 1, entropy: (1, 3)), content: 0), .tagged("seen"), to: flagged, by: clinic.bo)
        try rogue.write(rogue.message(.outbound), to: flagged, by: clinic.surgeon)
        try rogue.write(rogue.message(.outbound), to: plain, by: clinic.bo)
        try rogue.write(rogue.message(.inbound), to: plain, by: .patient(clinic.patient))
        try rogue.write(.ownership(OwnershipChange(act: .claimed, from: nil, to: .staff(clinic.practice.offices[1].frontDesk))), to: plain, by: clinic.bo)
        try rogue.write([account(of: clinic.practice.offices[1].frontDesk)], by: clinic.bo)
        try rogue.write(.tagged("import"), to: plain, by: .system)
        try settle()
        try expectSetAside([])
        try clinic.expectEqualInboxes()
    }

    @Test("An administrator's accounts work takes an office's node, whatever the laptop's program says")
    func device() throws {
        let stolen = RogueDevice(node: laptop, group: clinic.group)
        let dot = try stolen.write([account(of: clinic.practice.onCall)], by: clinic.admin)
        try settle()
        for node in [clinic.towson, clinic.belair] { #expect(try reasons(at: node) == [dot: QuarantineReason.access.rawValue]) }
        try rogue.write([account(of: clinic.practice.onCall)], by: clinic.admin)
        try settle()
        for node in [clinic.towson, clinic.belair] { #expect(try reasons(at: node).count == 1) }
    }

    // MARK: By what its author knew

    @Test("What was lawful where it was written stays, whatever others did meanwhile", arguments: [true, false])
    func apart(newsFirst: Bool) throws {
        let thread = try clinic.openThread(office: 1)
        clinic.cutOffices()
        clinic.group.cut(clinic.belair, laptop)
        if !newsFirst { clinic.group.cut(clinic.towson, laptop) }
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        // At Towson the thread comes under review and its office changes; the clerk leaves.
        try clinic.act(.setReview(true), on: thread, as: clinic.surgeon, at: clinic.towson)
        try clinic.act(.move(clinic.practice.offices[0].id), on: thread, as: clinic.surgeon, at: clinic.towson)
        let gone = StaffProfile(key: "desk-bel", name: "Front desk", role: .frontDesk, offices: [], isActive: false)
        try clinic.group.perform(.putDocument(.staff(clinic.practice.offices[1].frontDesk, gone)), at: clinic.towson, by: clinic.admin)
        // At Bel Air nobody knows.
        let reply = try clinic.act(.reply(.portal, text: "Yes, at nine.", override: false), on: thread, as: clinic.bo, at: clinic.belair)
        #expect(reply.dot != nil)
        if !newsFirst {
            clinic.group.heal(clinic.belair, laptop)
            try settle()
        }
        try clinic.heal()
        try clinic.expectEqualInboxes()
        try expectSetAside([])
        for node in clinic.group.nodes { #expect(try clinic.page(of: thread, at: node).state.unanswered.isEmpty) }
        // Now it knows.
        let refusal = try clinic.refusal(.reply(.portal, text: "More.", override: true), on: thread, as: clinic.bo, at: clinic.belair)
        #expect(refusal.code == .notAllowed)
        let dot = try rogue.write(rogue.message(.outbound), to: thread, by: clinic.bo)
        try settle()
        try expectSetAside([dot])
    }

    @Test("A device that comes later judges the whole history as the others did")
    func latecomer() throws {
        let thread = try clinic.openThread(office: 1)
        try clinic.act(.reply(.portal, text: "Yes.", override: false), on: thread, as: clinic.bo, at: clinic.belair)
        let first = try rogue.write([.directory(.staff(clinic.practice.offices[1].frontDesk, promoted), context: VersionVector())], by: clinic.bo)
        try clinic.act(.setReview(true), on: thread, as: clinic.surgeon, at: clinic.towson)
        try settle()
        let second = try rogue.write(rogue.message(.outbound), to: thread, by: clinic.bo)
        try clinic.act(.note(text: "look at this"), on: thread, as: clinic.surgeon, at: clinic.towson)
        try settle()
        let late = try clinic.group.join("annapolis", invitedBy: clinic.towson)
        try settle()
        try expectSetAside([first, second])
        #expect(try late.digest == clinic.towson.digest)
        #expect(try reasons(at: late).count == 2)
        let rebuilt = try #require(clinic.towson.brain).rebuild()
        #expect(rebuilt.before == rebuilt.after)
    }

    // MARK: Adopting and removing

    @Test("An administrator adopts what should count; whoever removes that administrator sets it aside again")
    func adoption() throws {
        let essex = try clinic.group.join("essex", invitedBy: clinic.towson)
        try clinic.group.perform(
            .administer(.setRole(essex.identity.member, MemberRole(isAdministrator: true))), at: clinic.towson, by: clinic.admin)
        try settle()
        let thread = try clinic.openThread(office: 1, category: clinic.practice.medication)
        let dot = try rogue.write(rogue.message(.outbound), to: thread, by: clinic.bo)
        try settle()
        try expectSetAside([dot])
        // Towson does not hear of it before it has shut Essex out.
        clinic.group.isolate(clinic.towson)
        clinic.group.run(for: clinic.group.noticeDelay + 100)
        try clinic.group.perform(.administer(.adopt([LogRange(dot.replica, dot.sequence, dot.sequence)])), at: essex, by: clinic.admin)
        try settle()
        #expect(try reasons(at: essex).isEmpty && reasons(at: laptop).isEmpty)
        #expect(try clinic.page(of: thread, at: laptop).state.unanswered.isEmpty)
        #expect(try laptop.digest == essex.digest)
        let late = try clinic.group.join("annapolis", invitedBy: essex)
        try settle()
        #expect(try late.digest == essex.digest)
        try clinic.group.perform(.administer(.revoke(essex.identity.member, reason: "stolen")), at: clinic.towson, by: clinic.admin)
        try clinic.heal()
        for node in honest {
            #expect(try reasons(at: node)[dot] == QuarantineReason.access.rawValue)
            #expect(try clinic.page(of: thread, at: node).state.unanswered.count == 1)
        }
        #expect(try laptop.digest == clinic.towson.digest)
    }

    @Test("What a removed device had changed counts for what was written by people who had not heard of the removal", arguments: [true, false])
    func removal(removalFirst: Bool) throws {
        // The rogue's clerk is promoted by an administrator's laptop, which is then found to be stolen.
        try clinic.group.perform(
            .administer(.setRole(laptop.identity.member, MemberRole(isAdministrator: true))), at: clinic.towson, by: clinic.admin)
        try settle()
        let flagged = try clinic.openThread(office: 1, category: clinic.practice.medication)
        clinic.group.cut(clinic.towson, laptop)
        clinic.cutOffices()
        try clinic.group.perform(.putDocument(.staff(clinic.practice.offices[1].frontDesk, promoted)), at: laptop, by: clinic.admin)
        try settle()
        let reply = try clinic.act(.reply(.portal, text: "Ice it.", override: true), on: flagged, as: clinic.bo, at: clinic.belair)
        #expect(reply.dot != nil)
        try settle()
        if removalFirst {
            try clinic.group.perform(.administer(.revoke(laptop.identity.member, reason: "stolen")), at: clinic.towson, by: clinic.admin)
            try clinic.heal()
        } else {
            clinic.group.heal(clinic.towson, clinic.belair)
            try settle()
            // The laptop's own log reached Towson through Bel Air: the cut names how far Towson had it, so nothing of it is cut.
            try clinic.group.perform(.administer(.revoke(laptop.identity.member, reason: "stolen")), at: clinic.towson, by: clinic.admin)
            try settle()
        }
        let office = [clinic.towson, clinic.belair]
        #expect(try office[0].digest == office[1].digest)
        for node in office {
            #expect(try clinic.page(of: flagged, at: node).state.unanswered.isEmpty)
            #expect(try reasons(at: node).values.allSatisfy { $0 == QuarantineReason.removed.rawValue })
            #expect(try reasons(at: node).isEmpty != removalFirst)
        }
        let late = try clinic.group.join("annapolis", invitedBy: clinic.towson)
        try settle()
        #expect(try late.digest == clinic.towson.digest)
        let rebuilt = try #require(clinic.towson.brain).rebuild()
        #expect(rebuilt.before == rebuilt.after)
    }
}
