import Causality
import InboxModel
import InboxWorkflow
import OfficeNode
import ReplicaStore
import Testing
import Vault

@testable import PartitionSimulator

@Suite("Sharing threads with outside partners")
struct SharingTests {
    let clinic: Clinic
    let thread: ThreadID
    private static let day: Int64 = 86_400_000

    init() throws {
        clinic = try Clinic(laptop: true)
        thread = try clinic.openThread()
    }

    private var partner: StaffID { clinic.practice.partner }
    private var lee: Actor { .staff(partner) }

    private func share(days: Int64 = 14, at node: SimulatedNode? = nil) throws {
        let until = clinic.group.now + days * Self.day
        try clinic.act(.share(with: partner, until: until), on: thread, as: clinic.ana, at: node ?? clinic.towson)
    }

    private func access(at node: SimulatedNode) throws -> StaffAccess {
        try #require(StaffAccess(of: partner, in: try node.reader.directory(), at: .office, now: clinic.group.now))
    }

    private func listed(at node: SimulatedNode) throws -> [ThreadID] {
        try node.reader.list(ThreadFilter(.all, reach: try access(at: node).reach)).map(\.id)
    }

    @Test("the partner lists and reads what is shared, may write a note, and nothing else")
    func shared() throws {
        let other = try clinic.openThread(subject: "Other")
        try share()
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, clinic.belair] {
            #expect(try listed(at: node) == [thread])
            let access = try access(at: node)
            let state = try clinic.page(of: thread, at: node).state
            #expect(access.mayReadTexts(of: state))
            for action in StaffAction.allCases where ![.read, .readTexts, .note, .ownAccount].contains(action) {
                #expect(!access.decision(action, on: state).isAllowed, "\(action)")
            }
            #expect(try !access.decision(.read, on: clinic.page(of: other, at: node).state).isAllowed)
        }
        try clinic.act(.note(text: "The graft is mine."), on: thread, as: lee, at: clinic.belair)
        #expect(try clinic.refusal(.note(text: "x"), on: other, as: lee, at: clinic.belair).code == .notAllowed)
        let reply = ThreadCommand.reply(.sms, text: "Hello", override: false)
        #expect(try clinic.refusal(reply, on: thread, as: lee, at: clinic.belair).code == .notAllowed)
        try #require(clinic.group.runUntilQuiet())
        #expect(try clinic.page(of: thread, at: clinic.towson).entries.contains { $0.text == "The graft is mine." })
    }

    @Test("what the partner sees of a thread is what was said: no drafts, no labels, no holds, no other threads")
    func seen() throws {
        try clinic.act(.tag("difficult"), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.saveDraft(text: "Unfinished"), on: thread, as: clinic.ana, at: clinic.towson)
        try clinic.act(.placeHold(LegalHold(token: "17", reason: "letter")), on: thread, as: clinic.admin, at: clinic.towson)
        try clinic.act(.claim, on: thread, as: clinic.ana, at: clinic.towson)
        try share()
        let page = try #require(try clinic.towson.reader.asSeen(by: try access(at: clinic.towson)).page(of: thread))
        #expect(page.entries.map(\.text) == ["May I come on Friday?"])
        #expect(page.drafts.isEmpty && page.holds.isEmpty && page.purges.isEmpty)
    }

    @Test("it ends by itself, and when somebody takes it back")
    func ends() throws {
        try share(days: 1)
        clinic.group.run(for: Self.day + 1000)
        #expect(try listed(at: clinic.towson).isEmpty)
        #expect(try clinic.refusal(.note(text: "x"), on: thread, as: lee, at: clinic.towson).code == .notAllowed)
        try share()
        #expect(try listed(at: clinic.towson) == [thread])
        try clinic.act(.unshare(with: partner), on: thread, as: clinic.admin, at: clinic.towson)
        #expect(try listed(at: clinic.towson).isEmpty)
        #expect(try clinic.refusal(.unshare(with: partner), on: thread, as: clinic.admin, at: clinic.towson).code == .conflict)
    }

    @Test("a withdrawal made apart wins at every office; what the partner wrote before it was known stays")
    func apart() throws {
        try share()
        try #require(clinic.group.runUntilQuiet())
        clinic.cutOffices()
        try clinic.act(.unshare(with: partner), on: thread, as: clinic.surgeon, at: clinic.belair)
        try share(days: 30)
        try clinic.act(.note(text: "Sent in good faith."), on: thread, as: lee, at: clinic.towson)
        try clinic.heal()
        for node in [clinic.towson, clinic.belair] {
            #expect(try listed(at: node).isEmpty)
            #expect(try clinic.page(of: thread, at: node).entries.contains { $0.text == "Sent in good faith." })
            #expect(try node.reader.store.quarantine().isEmpty)
        }
        try clinic.expectEqualInboxes()
    }

    @Test("only an outside partner's account, at most ninety days, by whoever may answer and read")
    func refusals() throws {
        let now = clinic.group.now
        func code(_ command: ThreadCommand, _ actor: Actor) throws -> CommandRefusal.Code {
            try clinic.refusal(command, on: thread, as: actor, at: clinic.towson).code
        }
        #expect(try code(.share(with: clinic.practice.onCall, until: now + Self.day), clinic.ana) == .invalid)
        #expect(try code(.share(with: StaffID(high: 1, low: 1), until: now + Self.day), clinic.ana) == .notFound)
        #expect(try code(.share(with: partner, until: now), clinic.ana) == .invalid)
        #expect(try code(.share(with: partner, until: now + 91 * Self.day), clinic.ana) == .invalid)
        for actor in [clinic.admin, lee, .patient(clinic.patient), clinic.bo] {
            #expect(try code(.share(with: partner, until: now + Self.day), actor) == .notAllowed)
        }
        try clinic.act(.setReview(true), on: thread, as: clinic.ana, at: clinic.towson)
        #expect(try code(.share(with: partner, until: now + Self.day), clinic.ana) == .notAllowed)
        try clinic.act(.share(with: partner, until: now + 90 * Self.day), on: thread, as: clinic.surgeon, at: clinic.towson)
    }

    @Test("nobody from outside is made accountable for a thread, shared or not")
    func accountable() throws {
        try share()
        for command in [ThreadCommand.offer(to: .staff(partner), note: ""), .assign(to: .staff(partner), note: "")] {
            #expect(try clinic.refusal(command, on: thread, as: clinic.admin, at: clinic.towson).code == .conflict)
        }
    }

    // MARK: Peers

    /// Writes what a partner may not, from a device that asks nobody.
    enum Attack: CaseIterable { case neverShared, over, takenBack, replies, sharesOn, claims }

    @Test("what a partner's device writes beyond the share is set aside on every other node alike", arguments: Attack.allCases)
    func judged(attack: Attack) throws {
        let rogue = RogueDevice(node: clinic.belair, group: clinic.group)
        if attack != .neverShared { try share(days: 1) }
        if attack == .takenBack { try clinic.act(.unshare(with: partner), on: thread, as: clinic.ana, at: clinic.towson) }
        if attack == .over { clinic.group.run(for: Self.day + 1000) }
        try #require(clinic.group.runUntilQuiet())
        let note = ThreadChange.note(MessageID(milliseconds: 1, entropy: (1, 3)), content: 0)
        let change: ThreadChange =
            switch attack {
            case .neverShared, .over, .takenBack: note
            case .replies: rogue.message(.outbound)
            case .sharesOn: .shared(partner, until: clinic.group.now + 90 * Self.day)
            case .claims: .ownership(OwnershipChange(act: .claimed, from: nil, to: .staff(partner)))
            }
        let dot = try rogue.write(change, to: thread, by: lee)
        try #require(clinic.group.runUntilQuiet())
        for node in [clinic.towson, try #require(clinic.laptop)] {
            #expect(try node.reader.store.quarantine().map(\.dot) == [dot])
            #expect(try node.reader.store.quarantine().map(\.reason) == [QuarantineReason.access.rawValue])
        }
    }

    @Test("a note within the share is merged although its device asks nobody, also where it was taken back meanwhile")
    func lawful() throws {
        let rogue = RogueDevice(node: clinic.belair, group: clinic.group)
        try share()
        try #require(clinic.group.runUntilQuiet())
        clinic.cutOffices()
        try clinic.act(.unshare(with: partner), on: thread, as: clinic.ana, at: clinic.towson)
        try rogue.write(.note(MessageID(milliseconds: 1, entropy: (1, 3)), content: 0), to: thread, by: lee)
        try clinic.heal()
        #expect(try clinic.towson.reader.store.quarantine().isEmpty)
        try clinic.expectEqualInboxes()
    }
}
