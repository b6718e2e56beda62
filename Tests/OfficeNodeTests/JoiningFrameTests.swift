import ChangeLog
import InboxModel
import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing
import Vault

/// Joining, frame by frame and without a network.
@Suite("Joining with a pre-approved invitation")
struct JoiningFrameTests {
    private static let random = SeededRandomSource(seed: 4, stream: "joining")
    private let clinic: Clinic
    private let office: OfficeNode
    private let invitation: Invitation
    private let device: MemberIdentity

    init() throws {
        clinic = try Clinic()
        office = try #require(clinic.towson.brain)
        let outcome = try clinic.group.perform(
            .invite(InvitationRequest(kind: .laptop, office: nil, isPreApproved: true)), at: clinic.towson)
        invitation = try Invitation(text: try #require(outcome.invitation))
        device = try MemberIdentity(random: Self.random)
    }

    @Test("the invitation's text says what it is for and survives being wrapped by a mail program")
    func text() throws {
        #expect(invitation.group == office.group)
        #expect(invitation.groupName == "Chesapeake Oral Surgery")
        #expect(invitation.endpoint == "tcp://towson.example:7400")
        #expect(invitation.kind == .laptop)
        let text = try invitation.text
        let wrapped = text.enumerated().map { $0.offset % 40 == 39 ? "\($0.element)\n  " : "\($0.element)" }.joined()
        #expect(try Invitation(text: wrapped).secret == invitation.secret)
    }

    @Test(
        "a text that is no whole invitation is refused",
        arguments: ["", "hello", "suture-join-", "suture-join-####", "suture-join-AAAA"])
    func notAnInvitation(_ text: String) {
        #expect(throws: InvitationError.self) { try Invitation(text: text) }
    }

    @Test("an invitation that was cut short is refused, wherever it was cut")
    func truncatedText() throws {
        let text = try invitation.text
        for length in stride(from: 0, to: text.count, by: 7) {
            // A cut behind the last field that matters leaves a shorter invitation; none of the tests' does.
            #expect(throws: InvitationError.self, "cut at \(length)") { try Invitation(text: String(text.prefix(length))) }
        }
    }

    @Test("the invited device is let in and becomes a member of the same group")
    func admitted() throws {
        let (store, answer) = try ask(device, name: "laptop")
        try join(store, device, try #require(answer))
        let node = try OfficeNode(store: store, identity: device, random: Self.random)
        #expect(node.group == office.group)
        #expect(node.status.isWaitingForKey == false)
        #expect(try clinic.towson.reader.roster().members[device.member]?.name == "laptop")
    }

    @Test("an invitation lets in one device; the same one may ask again, another is told that it was used")
    func reused() throws {
        let (_, first) = try ask(device, name: "laptop")
        let (again, second) = try ask(device, name: "laptop")
        #expect(first != nil)
        try join(again, device, try #require(second))
        let other = try MemberIdentity(random: Self.random)
        let (store, refusal) = try ask(other, name: "other")
        #expect(try invitationError { try join(store, other, try #require(refusal)) }.contains("used already"))
        #expect(try clinic.towson.reader.roster().members.count == 3)
        let (_, late) = try ask(device, name: "laptop", after: Invitation.lifetime)
        #expect(late != nil, "an answer that was lost can be had as long as the invitation is remembered")
        let (_, gone) = try ask(device, name: "laptop", after: 2 * Invitation.lifetime + 1)
        #expect(gone == nil, "then its key is nobody's")
    }

    @Test("an invitation that has expired lets nobody in")
    func expired() throws {
        let (store, answer) = try ask(device, name: "laptop", after: Invitation.lifetime + 1, ticking: false)
        #expect(try invitationError { try join(store, device, try #require(answer)) }.contains("expired"))
        let (later, refusal) = try ask(device, name: "laptop", after: Invitation.lifetime + 1)
        #expect(try invitationError { try join(later, device, try #require(refusal)) }.contains("expired"))
        let (_, silence) = try ask(device, name: "laptop", after: 2 * Invitation.lifetime + 1)
        #expect(silence == nil, "a day later its key is nobody's")
        #expect(office.status.strangerFrames == 1)
    }

    @Test("a name that is taken, or somebody else's connection key, is refused with the reason")
    func taken() throws {
        let (store, answer) = try ask(device, name: "belair")
        #expect(try invitationError { try join(store, device, try #require(answer)) }.contains("taken"))
        let thief = try MemberIdentity(
            signingSeed: Self.random.bytes(32), boxSecret: Self.random.bytes(32),
            curveSecret: clinic.belair.identity.curve.withSecret { Array($0) })
        let (other, refusal) = try ask(thief, name: "thief")
        #expect(try invitationError { try join(other, thief, try #require(refusal)) }.contains("keys"))
        #expect(try clinic.towson.reader.roster().members.count == 2)
    }

    @Test("a request from a key that nobody was invited with is dropped and counted")
    func stranger() throws {
        let frame = try Founding.joinFrame(invitation, identity: device, name: "laptop", endpoint: "")
        let directives = office.handle([.frame(from: device.curve.publicKey, .control(frame))], now: clinic.group.now)
        #expect(sent(directives, to: device.curve.publicKey) == nil)
        #expect(office.status.strangerFrames == 1)
    }

    @Test("a request that was altered on the way admits nobody and changes nothing")
    func damagedRequest() throws {
        let frame = try Founding.joinFrame(invitation, identity: device, name: "laptop", endpoint: "")
        let before = try clinic.towson.digest
        let sequence = clinic.towson.store.progress.map(\.received)
        let key = try invitation.key
        for index in stride(from: 0, to: frame.count, by: 3) {
            var damaged = frame
            damaged[index] ^= 0x55
            _ = office.handle([.frame(from: key, .control(damaged))], now: clinic.group.now)
        }
        _ = office.handle([.frame(from: key, .control(Array(frame.dropLast(5))))], now: clinic.group.now)
        #expect(try clinic.towson.digest == before)
        #expect(clinic.towson.store.progress.map(\.received) == sequence)
        let (_, answer) = try ask(device, name: "laptop")
        #expect(answer != nil, "the real request is still answered")
    }

    @Test("an answer that is damaged, from another group, for another device or another inviter is not believed")
    func wrongAnswers() throws {
        let (_, answer) = try ask(device, name: "laptop")
        let bytes = try #require(answer)
        for length in [0, 1, bytes.count / 2, bytes.count - 1] {
            try expectNotJoined(Array(bytes.prefix(length)), invitation, device)
        }
        let foreign = try Clinic(seed: 99)
        let outcome = try foreign.group.perform(
            .invite(InvitationRequest(kind: .laptop, office: nil, isPreApproved: true)), at: foreign.towson)
        try expectNotJoined(bytes, try Invitation(text: try #require(outcome.invitation)), device)
        try expectNotJoined(bytes, invitation, try MemberIdentity(random: Self.random))
        let (store, _) = try ask(device, name: "laptop")
        try join(store, device, bytes)
        #expect(try OfficeNode(store: store, identity: device, random: Self.random).member == device.member)
    }

    // MARK: What the tests do

    /// Asks the office for membership; gives an empty replica and what the office answered.
    private func ask(
        _ identity: MemberIdentity, name: String, after delay: Int64 = 0, ticking: Bool = true
    ) throws -> (ReplicaStore, [UInt8]?) {
        let frame = try Founding.joinFrame(invitation, identity: identity, name: name, endpoint: "")
        let now = clinic.group.now + delay
        if ticking && delay > 0 { _ = office.handle([.tick], now: now) }
        let directives = office.handle([.frame(from: try invitation.key, .control(frame))], now: now)
        return (try ReplicaStore(.memory), sent(directives, to: try invitation.key))
    }

    private func join(_ store: ReplicaStore, _ identity: MemberIdentity, _ answer: [UInt8]) throws {
        try Founding.join(
            store, identity: identity, invitation: invitation, answer: answer, now: clinic.group.now, random: Self.random)
    }

    private func expectNotJoined(_ answer: [UInt8], _ invitation: Invitation, _ identity: MemberIdentity) throws {
        let store = try ReplicaStore(.memory)
        let error = try #require(throws: NodeError.self) {
            try Founding.join(
                store, identity: identity, invitation: invitation, answer: answer, now: clinic.group.now, random: Self.random)
        }
        #expect(error.code == .invitation)
        #expect(store.progress.isEmpty)
        #expect(try store.reader.setting("group") == nil, "nothing is half joined")
    }

    private func sent(_ directives: [Directive], to key: CurvePublicKey) -> [UInt8]? {
        for case .send(key, let frame) in directives { return frame }
        return nil
    }

    private func invitationError(_ body: () throws -> Void) throws -> String {
        let error = try #require(throws: NodeError.self, performing: body)
        #expect(error.code == .invitation)
        return error.message
    }
}
