import InboxModel
import OfficeNode
import ReplicaStore
import Vault

extension ControlHandler {
    /// The fewest characters of a password. Length is what keeps guesses out; no rules about kinds of characters.
    static let passwordCharactersMin = 10

    /// Sets a person's password; whoever knew the old one is signed out.
    func setPassword(_ arguments: ControlArguments) async throws -> JSONValue {
        let password = try arguments.requiredText("password")
        guard password.count >= Self.passwordCharactersMin, password.utf8.count <= 1000 else {
            throw ControlFailure.invalid("a password has at least \(Self.passwordCharactersMin) characters and at most 1000 bytes")
        }
        let mustChange = try arguments.flag("change") ?? true
        let hash = try await offload { try PasswordHash(of: password, cost: .interactive, random: SystemRandomSource()) }
        return try await changeAccount(arguments) { account in
            AccountProfile(
                staff: account.staff, passwordHash: hash.text, secondFactor: account.secondFactor, mustChange: mustChange,
                endedBefore: WallClock.now())
        }
    }

    /// Writes a person's account anew.
    func changeAccount(
        _ arguments: ControlArguments, _ change: @Sendable (AccountProfile) -> AccountProfile
    ) async throws -> JSONValue {
        let lookup = try await lookup()
        let key = try arguments.requiredText("key")
        guard let person = lookup.directory.staff.first(where: { $0.profile?.key.lowercased() == key.lowercased() }) else {
            throw ControlFailure.notFound("there is no member of staff '\(key)'")
        }
        let id = AccountID(of: person.id)
        let account = try lookup.reader.store.account(id)?.current ?? AccountProfile(staff: person.id)
        let actor = try actor(arguments, lookup)
        _ = try await carryOut(.putDocument(.account(id, change(account))), as: actor, lookup: lookup)
        return ["key": .string(key)]
    }
}
