import Causality
import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing
import Vault

@Suite("Founding, inviting and joining")
struct MembershipTests {
    static let start: Int64 = 1_750_000_000_000

    @Test("a joined node learns the roster and shows the same inbox")
    func joining() throws {
        let clinic = try Clinic(laptop: true)
        try clinic.expectEqualInboxes()
        for node in clinic.group.nodes {
            let roster = try node.reader.roster()
            #expect(roster.sorted.map(\.name) == ["belair", "laptop", "towson"])
            #expect(roster.authors.count == 3, "every log has an author at \(node.name)")
            #expect(roster.groupName == "Chesapeake Oral Surgery")
            #expect(roster.sorted.filter(\.isAdministrator).map(\.name) == ["towson"])
        }
    }

    @Test("nodes that only ever met the founder learn each other's endpoints from the roster and connect")
    func endpoints() throws {
        let clinic = try Clinic(laptop: true)
        let laptop = try #require(clinic.laptop)
        #expect(clinic.group.isConnected(clinic.belair, laptop))
        try clinic.group.perform(.setEndpoint("tcp://moved.example:1"), at: clinic.belair)
        try #require(clinic.group.runUntilQuiet())
        for node in clinic.group.nodes {
            #expect(try node.reader.roster().member(named: "belair")?.endpoint == "tcp://moved.example:1")
        }
        let unchanged = try clinic.group.perform(.setEndpoint("tcp://moved.example:1"), at: clinic.belair)
        #expect(unchanged.dot == nil, "an endpoint that is known already makes no change set")
    }

    @Test("what a joined node writes is at the office that invited it, from its first change set on")
    func ownLogIsServed() throws {
        let clinic = try Clinic()
        let thread = try clinic.openThread(at: clinic.belair, office: 1)
        let page = try clinic.page(of: thread, at: clinic.towson)
        #expect(page.entries.last?.office == "Bel Air")
        #expect(try clinic.towson.reader.verifyLogs().isSound)
    }

    @Test("a replica is founded once, and an unfounded one cannot be opened")
    func foundingTwice() throws {
        let store = try ReplicaStore(.memory)
        let random = SeededRandomSource(seed: 1, stream: "founding")
        let identity = try MemberIdentity(random: random)
        func found(_ name: String, _ endpoint: String = "") throws {
            _ = try Founding.found(
                store, identity: identity, groupName: "Group", name: name, office: nil, endpoint: endpoint, now: Self.start,
                random: random)
        }
        #expect(try nodeError { _ = try OfficeNode(store: store, identity: identity, random: random) } == .notFounded)
        for name in ["", "Towson", "-towson", "to wson", String(repeating: "a", count: 41)] {
            #expect(try nodeError { try found(name) } == .invalid, "\(name) is no name for a member")
        }
        #expect(try nodeError { try found("towson", "http://towson") } == .invalid)
        #expect(store.progress.isEmpty, "a founding that was refused writes nothing")
        try found("towson")
        #expect(try nodeError { try found("towson") } == .alreadyFounded)
        let other = try MemberIdentity(random: random)
        #expect(try nodeError { _ = try OfficeNode(store: store, identity: other, random: random) } == .wrongIdentity)
    }

    @Test("an invitation needs an administrator's node with an endpoint, an office that exists and a kind that can be let in")
    func whoInvites() throws {
        let clinic = try Clinic()
        let request = InvitationRequest(kind: .laptop, office: nil)
        #expect(try clinic.refusal(of: .invite(request), as: .system, at: clinic.belair).code == .notAllowed)
        #expect(try clinic.refusal(of: .invite(request), as: clinic.ana, at: clinic.towson).code == .notAllowed)
        let nowhere = InvitationRequest(kind: .office, office: OfficeID(high: 1, low: 1))
        #expect(try clinic.refusal(of: .invite(nowhere), as: .system, at: clinic.towson).code == .notFound)
        try clinic.group.perform(.setEndpoint(""), at: clinic.towson)
        #expect(try clinic.refusal(of: .invite(request), as: .system, at: clinic.towson).code == .conflict)
    }

    @Test("invitations outlive a restart of the inviting node, and end when their time has passed")
    func invitationsLast() throws {
        let clinic = try Clinic()
        let outcome = try clinic.group.perform(
            .invite(InvitationRequest(kind: .laptop, office: nil, isPreApproved: true)), at: clinic.towson)
        let invitation = try Invitation(text: try #require(outcome.invitation))
        try clinic.group.restart(clinic.towson)
        #expect(clinic.towson.brain?.status.openInvitations == 1)
        let laptop = try clinic.group.join("laptop", invitation: invitation, at: clinic.towson)
        #expect(laptop.isRunning)
        #expect(clinic.towson.brain?.status.openInvitations == 0, "it was used")

        try clinic.group.perform(.invite(InvitationRequest(kind: .laptop, office: nil)), at: clinic.towson)
        #expect(clinic.towson.brain?.status.openInvitations == 1)
        clinic.group.run(for: Invitation.lifetime + 2_000)
        #expect(clinic.towson.brain?.status.openInvitations == 0)
    }

    @Test("a device whose answer was lost asks again and is let in once")
    func lostAnswer() throws {
        let clinic = try Clinic()
        var lost = 0
        clinic.group.drops = { frame in
            guard frame.from == clinic.towson.index, frame.to == 2, lost < 3 else { return false }
            lost += 1
            return true
        }
        let laptop = try clinic.group.join("laptop", kind: .laptop, invitedBy: clinic.towson)
        try #require(clinic.group.runUntilQuiet())
        #expect(lost == 3)
        try clinic.expectEqualInboxes()
        let own = try #require(laptop.brain?.replica)
        #expect(try clinic.towson.reader.roster().authors[own] == laptop.identity.member)
    }

    private func nodeError(_ body: () throws -> Void) throws -> NodeError.Code {
        try #require(throws: NodeError.self, performing: body).code
    }
}
