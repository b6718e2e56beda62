import ChangeLog
import InboxModel
@testable import OfficeNode
import PartitionSimulator
import ReplicaStore
import Testing
import Vault

/// Joining with codes that are compared, frame by frame and without a network.
@Suite("Joining with compared codes")
struct JoiningCodeTests {
    private static let random = SeededRandomSource(seed: 8, stream: "codes")
    private let clinic: Clinic
    private let invitation: Invitation
    private let device: MemberIdentity
    private let store: ReplicaStore

    init() throws {
        clinic = try Clinic()
        invitation = try Self.invite(clinic)
        device = try MemberIdentity(random: Self.random)
        store = try ReplicaStore(.memory)
    }

    @Test("both sides show one code, and with it an administrator lets the device in")
    func admitted() throws {
        var attempt = try begin()
        let code = try compare(&attempt)
        #expect(code.digits.count == 8)
        #expect(try waiting()?.code == code)
        #expect(clinic.towson.notices.contains(.deviceWaits(member: "laptop")) || noticed(attempt))
        #expect(try step(&attempt) == .wait)
        #expect(try clinic.towson.reader.roster().members.count == 2, "nobody is let in before")
        let spoken = "\(code.digits.prefix(4))-\(code.digits.suffix(4)) "
        try clinic.group.perform(.admitDevice("laptop", code: spoken), at: clinic.towson)
        try expectWelcome(&attempt)
        #expect(try clinic.towson.reader.roster().members[device.member]?.name == "laptop")
        #expect(try waiting() == nil)
    }

    @Test("a code that differs lets nobody in, however often it is tried, and the right one still does")
    func wrongCode() throws {
        var attempt = try begin()
        let code = try compare(&attempt)
        for wrong in ["00000000", String(code.digits.reversed()) + "1", "", code.digits + "0"] {
            let refusal = try clinic.refusal(of: .admitDevice("laptop", code: wrong), as: .system, at: clinic.towson)
            #expect(refusal.code == .conflict && refusal.message.contains("differ"))
        }
        #expect(try clinic.towson.reader.roster().members.count == 2)
        try clinic.group.perform(.admitDevice("laptop", code: code.digits), at: clinic.towson)
        #expect(try clinic.towson.reader.roster().members.count == 3)
    }

    @Test("who may not administer lets nobody in, and a name that nobody waits under is not found")
    func whoAdmits() throws {
        var attempt = try begin()
        let code = try compare(&attempt)
        let byDesk = try clinic.refusal(of: .admitDevice("laptop", code: code.digits), as: clinic.ana, at: clinic.towson)
        #expect(byDesk.code == .notAllowed)
        let elsewhere = try clinic.refusal(of: .admitDevice("laptop", code: code.digits), as: .system, at: clinic.belair)
        #expect(elsewhere.code == .notFound)
        let nobody = try clinic.refusal(of: .declineDevice("tablet"), as: .system, at: clinic.towson)
        #expect(nobody.code == .notFound)
    }

    @Test("somebody in between, with keys of their own and an altered invitation, gets two different codes")
    func inBetween() throws {
        // The attacker has read the invitation on its way, and given the device one that names the attacker's node instead.
        let attacker = try MemberIdentity(random: Self.random)
        let altered = try alteredInvitation(inviter: attacker.curve.publicKey)
        var victim = try JoinAttempt(
            store, invitation: altered, identity: device, name: "laptop", endpoint: "", random: Self.random)
        _ = try victim.frame
        var outwards = try JoinAttempt(
            try ReplicaStore(.memory), invitation: invitation, identity: attacker, name: "laptop", endpoint: "",
            random: Self.random)
        let code = try compare(&outwards)
        // Whatever it passes on: the device shows something else.
        let challenge = try #require(lastChallenge)
        guard case .compare(let shown) = try victim.receive(challenge) else { return #expect(Bool(false), "no code is shown") }
        #expect(shown != code)
        let refusal = try clinic.refusal(of: .admitDevice("laptop", code: shown.digits), as: .system, at: clinic.towson)
        #expect(refusal.code == .conflict)
        #expect(try clinic.towson.reader.roster().members.count == 2)
    }

    @Test("somebody in between who passes the device's own request on is refused: it was committed to another node")
    func passedOn() throws {
        let attacker = try MemberIdentity(random: Self.random)
        let altered = try alteredInvitation(inviter: attacker.curve.publicKey)
        var victim = try JoinAttempt(
            store, invitation: altered, identity: device, name: "laptop", endpoint: "", random: Self.random)
        let challenge = try #require(try send(try victim.frame))
        _ = try victim.receive(challenge)
        let answer = try #require(try send(try victim.frame))
        #expect(try refusal(of: answer).contains("committed"))
        #expect(try waiting() == nil)
    }

    @Test("a node that lets a device in without a code to compare is not believed")
    func noCode() throws {
        let text = try #require(
            try clinic.group.perform(
                .invite(InvitationRequest(kind: .laptop, office: nil, isPreApproved: true)), at: clinic.towson
            ).invitation)
        let approved = try Invitation(text: text)
        let frame = try Founding.joinFrame(approved, identity: device, name: "laptop", endpoint: "")
        let welcome = try #require(try send(frame, with: approved))
        var attempt = try begin()
        let error = try #require(throws: NodeError.self) { _ = try attempt.receive(welcome) }
        #expect(error.code == .invitation && error.message.contains("without a code"))
    }

    @Test("joining goes on after a restart of the inviting node, with the same code")
    func inviterRestarts() throws {
        var attempt = try begin()
        let code = try compare(&attempt)
        try clinic.group.restart(clinic.towson)
        #expect(try waiting()?.code == code)
        try clinic.group.perform(.admitDevice("laptop", code: code.digits), at: clinic.towson)
        try clinic.group.restart(clinic.towson)
        try expectWelcome(&attempt)
    }

    @Test("joining that was cut short on the device goes on where it was, with the same code")
    func deviceRestarts() throws {
        var first = try begin()
        let code = try compare(&first)
        var second = try begin()
        #expect(second.code == code)
        #expect(try step(&second) == .wait)
        try clinic.group.perform(.admitDevice("laptop", code: code.digits), at: clinic.towson)
        try expectWelcome(&second)
    }

    @Test("a node that changes its number once it may know the device's is not believed")
    func changedNumber() throws {
        var attempt = try begin()
        _ = try compare(&attempt)
        let other: [UInt8] = [13 << 3 | 2, 34, 1 << 3 | 2, 32] + Self.random.bytes(32)
        #expect(throws: NodeError.self) { _ = try attempt.receive(other) }
        var anew = try begin()
        #expect(anew.code == nil, "the next try begins with another number")
        #expect(try compare(&anew) == (try waiting()?.code))
    }

    @Test("a device that was declined, or whose invitation was cancelled or has expired, is told so in words of their own")
    func ended() throws {
        var attempt = try begin()
        _ = try compare(&attempt)
        try clinic.group.perform(.declineDevice("laptop"), at: clinic.towson)
        #expect(try refusal(of: try #require(try send(try attempt.frame))).contains("declined"))

        let cancelled = try Self.invite(clinic)
        let status = try #require(clinic.towson.brain?.status.invitations.first { $0.stage == .open })
        try clinic.group.perform(.cancelInvitation(status.id), at: clinic.towson)
        let frame = try Founding.joinFrame(cancelled, identity: device, name: "laptop", endpoint: "")
        #expect(try refusal(of: try #require(try send(frame, with: cancelled))).contains("cancelled"))
        let again = try clinic.refusal(of: .cancelInvitation(status.id), as: .system, at: clinic.towson)
        #expect(again.code == .conflict)

        let late = try Self.invite(clinic)
        let answer = try #require(try send(frame, with: late, after: Invitation.lifetime + 1))
        #expect(try refusal(of: answer).contains("expired"))
    }

    @Test("a device cannot begin again and again to look for a code")
    func tooOften() throws {
        for _ in 0..<5 {
            var attempt = try JoinAttempt(
                try ReplicaStore(.memory), invitation: invitation, identity: device, name: "laptop", endpoint: "",
                random: Self.random)
            _ = try compare(&attempt)
        }
        let attempt = try begin()
        #expect(try refusal(of: try #require(try send(try attempt.frame))).contains("too often"))
    }

    @Test("only a few devices may wait at once")
    func tooMany() throws {
        for number in 0..<8 {
            let identity = try MemberIdentity(random: Self.random)
            let own = try Self.invite(clinic)
            let attempt = try JoinAttempt(
                try ReplicaStore(.memory), invitation: own, identity: identity, name: "device-\(number)", endpoint: "",
                random: Self.random)
            #expect(try send(try attempt.frame, with: own) != nil)
        }
        let attempt = try begin()
        #expect(try refusal(of: try #require(try send(try attempt.frame))).contains("devices wait"))
    }

    @Test("invitations without end are not kept: those that ended make room, and beyond that none is made")
    func bounded() throws {
        for _ in 0..<63 { _ = try Self.invite(clinic) }
        let request = InvitationRequest(kind: .laptop, office: nil)
        #expect(try clinic.refusal(of: .invite(request), as: .system, at: clinic.towson).code == .conflict)
        let first = try #require(clinic.towson.brain?.status.invitations.first)
        try clinic.group.perform(.cancelInvitation(first.id), at: clinic.towson)
        try clinic.group.perform(.invite(request), at: clinic.towson)
        #expect(clinic.towson.brain?.status.invitations.count == 64)
    }

    @Test("a text in which one character was changed is refused as altered")
    func alteredText() throws {
        let text = try invitation.text
        for offset in stride(from: 14, to: text.count - 1, by: 5) {
            var characters = Array(text)
            characters[offset] = characters[offset] == "A" ? "B" : "A"
            let error = try #require(throws: InvitationError.self) { try Invitation(text: String(characters)) }
            #expect(error.description.contains("altered") || error.description.contains("damaged"))
        }
    }

    @Test("frames of joining that make no sense change nothing", arguments: [0, 1, 31, 33, 9_000])
    func nonsense(_ count: Int) throws {
        var attempt = try begin()
        _ = try step(&attempt)
        let before = clinic.towson.store.progress.map(\.received)
        let body: [UInt8] = [1 << 3 | 2] + varint(count) + [UInt8](repeating: 7, count: count)
        _ = try send([14 << 3 | 2] + varint(body.count) + body)
        #expect(clinic.towson.store.progress.map(\.received) == before)
        #expect(try waiting() == nil)
    }

    // MARK: What the tests do

    private static func invite(_ clinic: Clinic) throws -> Invitation {
        let outcome = try clinic.group.perform(.invite(InvitationRequest(kind: .laptop, office: nil)), at: clinic.towson)
        return try Invitation(text: try #require(outcome.invitation))
    }

    private func begin() throws -> JoinAttempt {
        try JoinAttempt(store, invitation: invitation, identity: device, name: "laptop", endpoint: "", random: Self.random)
    }

    /// Sends what the attempt has to say until a code is known, and reveals its number.
    private func compare(_ attempt: inout JoinAttempt) throws -> JoinCode {
        guard case .compare(let code) = try step(&attempt) else { throw NodeError(.invitation, "no code") }
        _ = try step(&attempt)
        return code
    }

    private func step(_ attempt: inout JoinAttempt) throws -> JoinAttempt.Step {
        try attempt.receive(try #require(try send(try attempt.frame)))
    }

    /// What the office answers to a frame.
    private func send(
        _ frame: [UInt8], with other: Invitation? = nil, after delay: Int64 = 0
    ) throws -> [UInt8]? {
        let key = try (other ?? invitation).key
        let office = try #require(clinic.towson.brain)
        let directives = office.handle([.frame(from: key, .control(frame))], now: clinic.group.now + delay)
        for case .notice(let notice) in directives { log.notices.append(notice) }
        for case .send(key, let answer) in directives {
            if answer.first == 13 << 3 | 2 { log.challenge = answer }
            return answer
        }
        return nil
    }

    private func waiting() throws -> PendingDevice? {
        clinic.towson.brain?.status.invitations.first { $0.stage == .waiting }?.device
    }

    private func expectWelcome(_ attempt: inout JoinAttempt) throws {
        guard case .welcome(let answer) = try step(&attempt) else { throw NodeError(.invitation, "no welcome") }
        try Founding.join(
            store, identity: device, invitation: invitation, answer: answer, now: clinic.group.now, random: Self.random)
        #expect(try OfficeNode(store: store, identity: device, random: Self.random).group == clinic.towson.brain?.group)
    }

    private func refusal(of answer: [UInt8]) throws -> String {
        var attempt = try JoinAttempt(
            try ReplicaStore(.memory), invitation: invitation, identity: device, name: "laptop", endpoint: "",
            random: Self.random)
        return try #require(throws: NodeError.self) { _ = try attempt.receive(answer) }.message
    }

    /// The invitation with another node's key in the place of the inviter's, as a forger would make it.
    private func alteredInvitation(inviter: CurvePublicKey) throws -> Invitation {
        try Invitation(text: try invitation.forged(inviter: inviter).text)
    }

    private func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
    }

    private func noticed(_ attempt: JoinAttempt) -> Bool { log.notices.contains(.deviceWaits(member: "laptop")) }

    private var lastChallenge: [UInt8]? { log.challenge }

    private let log = Log()

    /// What the office said, over a whole test.
    private final class Log {
        var notices: [Notice] = []
        var challenge: [UInt8]?
    }
}

extension Invitation {
    /// The same with another inviting node.
    fileprivate func forged(inviter: CurvePublicKey) -> Invitation {
        Invitation(
            group: group, groupName: groupName, endpoint: "tcp://elsewhere.example:1", inviter: inviter, secret: secret, kind: kind,
            office: office, expires: expires, isPreApproved: isPreApproved)
    }
}
