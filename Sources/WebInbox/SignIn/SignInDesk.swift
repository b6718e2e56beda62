import Causality
import InboxModel
import OfficeNode
import ReplicaStore
import Vault

/// Decides who somebody is: name, password, second factor; slows down and shuts out whoever guesses, here or at other nodes of the group.
actor SignInDesk {
    /// What came of an attempt.
    enum Outcome: Sendable {
        /// This is who they say.
        case right(StaffEntry)
        /// Something was wrong; people are not told what. `staff` is whose account was tried, where there is one.
        case wrong(StaffID?)
        /// The account or the place is shut out until then, in milliseconds since 1970.
        case shutOut(StaffID?, until: Int64)
    }

    /// After so many failures an account is shut out for a while.
    static let failuresMax = 8
    /// After so many failures from one address nobody signs in from there for a while: a whole office may share one.
    static let addressFailuresMax = 60
    /// For so long, in milliseconds.
    static let shutOutTime = SignInElsewhere.window
    /// How many names and addresses are remembered at once.
    private static let rememberedMax = 20_000

    private struct Failures {
        var count = 0
        var last: Int64
    }

    private let work: PasswordWork
    private let pause: @Sendable (Duration) async -> Void
    private var byName: [String: Failures] = [:]
    private var byAddress: [String: Failures] = [:]
    /// What other nodes saw, each node's by itself: it forgets with who signed in there.
    private var elsewhere: [StaffID: [ReplicaID: Failures]] = [:]
    /// The last step of each second factor that was taken: a code counts once.
    private var steps: [StaffID: Int64] = [:]

    /// - Parameters:
    ///   - work: Hashes passwords.
    ///   - pause: Waits; a failure is answered later the more there were.
    init(work: PasswordWork, pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }) {
        self.work = work
        self.pause = pause
    }

    /// Tries a name, a password and a code. Throws `PageFault` where too many people sign in at once.
    func attempt(
        name: String, password: String, code: String, address: String, reader: InboxReader, now: Int64
    ) async throws -> Outcome {
        let name = name.lowercased()
        let entry = try reader.store.staff(key: name)
        let account = try entry.flatMap { try reader.store.account(AccountID(of: $0.id))?.current }
        // Whoever set a new password since has looked at it.
        forgive(name: name, entry?.id, before: account?.endedBefore ?? 0)
        if let until = shutOut(name: name, entry?.id, address: address, now: now) { return .shutOut(entry?.id, until: until) }
        // Counted before the password is looked at, so that many guesses at once are many failures.
        note(name: name, address: address, now: now)
        let hash = try account.flatMap { $0.passwordHash.isEmpty ? nil : try PasswordHash(text: $0.passwordHash) }
        var isRight = try await work.isRight(password, hash)
        if isRight, let account, !account.secondFactor.isEmpty { isRight = take(code, of: account, now: now) }
        guard isRight, let entry, entry.profile?.isActive == true else {
            await pause(delay(of: name, entry?.id, now: now))
            return .wrong(entry?.id)
        }
        byName[name] = nil
        if byAddress[address] != nil { byAddress[address]?.count -= 1 }
        return .right(entry)
    }

    /// Whether `code` is one of the second factor and was not used before.
    func take(_ code: String, of account: AccountProfile, now: Int64) -> Bool {
        guard let step = OneTimeCode.match(code, secret: account.secondFactor, at: now / 1000), step > steps[account.staff] ?? 0 else {
            return false
        }
        steps[account.staff] = step
        return true
    }

    /// Takes note of what other nodes saw.
    func note(_ signIns: [SignInElsewhere]) {
        for signIn in signIns {
            if signIn.isRight {
                elsewhere[signIn.staff]?[signIn.replica] = nil
            } else {
                Self.count(&elsewhere[signIn.staff, default: [:]][signIn.replica], signIn.at)
            }
        }
    }

    /// All failures of one account that still count: here, and at other nodes.
    private func failures(of name: String, _ staff: StaffID?, now: Int64) -> Failures? {
        var all = staff.flatMap { elsewhere[$0] }.map { Array($0.values) } ?? []
        if let own = byName[name] { all.append(own) }
        let counting = all.filter { now < $0.last + Self.shutOutTime }
        guard let last = counting.map(\.last).max() else { return nil }
        return Failures(count: counting.reduce(0) { $0 + $1.count }, last: last)
    }

    private func shutOut(name: String, _ staff: StaffID?, address: String, now: Int64) -> Int64? {
        let account = failures(of: name, staff, now: now)
        let ends = [(account, Self.failuresMax), (byAddress[address], Self.addressFailuresMax)].compactMap { failures, most in
            failures.flatMap { $0.count >= most && now < $0.last + Self.shutOutTime ? $0.last + Self.shutOutTime : nil }
        }
        return ends.max()
    }

    private func forgive(name: String, _ staff: StaffID?, before moment: Int64) {
        if let own = byName[name], own.last < moment { byName[name] = nil }
        guard let staff, let others = elsewhere[staff] else { return }
        elsewhere[staff] = others.filter { $0.value.last >= moment }
    }

    private func note(name: String, address: String, now: Int64) {
        if max(byName.count, byAddress.count) > Self.rememberedMax { forget(before: now) }
        Self.count(&byName[name], now)
        Self.count(&byAddress[address], now)
    }

    private static func count(_ failures: inout Failures?, _ now: Int64) {
        var value = failures ?? Failures(last: now)
        // Old failures are forgiven.
        if now - value.last >= shutOutTime { value.count = 0 }
        value.count += 1
        value.last = max(value.last, now)
        failures = value
    }

    private func forget(before now: Int64) {
        byName = byName.filter { now - $0.value.last < Self.shutOutTime }
        byAddress = byAddress.filter { now - $0.value.last < Self.shutOutTime }
        elsewhere = elsewhere.filter { $0.value.values.contains { now - $0.last < Self.shutOutTime } }
        // A flood of made-up names must not fill the memory; forgetting them all costs the flooder nothing but helps nobody else.
        if byName.count > Self.rememberedMax { byName = [:] }
        if byAddress.count > Self.rememberedMax { byAddress = [:] }
    }

    private func delay(of name: String, _ staff: StaffID?, now: Int64) -> Duration {
        let count = failures(of: name, staff, now: now)?.count ?? 1
        return .milliseconds(min(4000, 125 << min(count, 6)))
    }
}
