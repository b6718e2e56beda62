import Causality
import InboxModel
import OfficeNode
import ReplicaStore

extension ControlVerb {
    /// The certificate authorities of the group's pages.
    static let authorityVerbs: [String: ControlVerb] = [
        "authorities": ControlVerb { handler, _ in try await handler.authorities() },
        "authority-put": ControlVerb(["certificate", "key", "begins", "as"]) { handler, arguments in
            try await handler.putAuthority(arguments)
        },
    ]
}

extension ControlHandler {
    /// All of them, the latest first, and who was shut out since: whoever was a member knows their keys.
    fileprivate func authorities() async throws -> JSONValue {
        let lookup = try await lookup()
        let status = await service.status()
        let all = try Self.authorities(lookup)
        let now = WallClock.now()
        let current = all.inForce(at: now)
        let former = status.former.filter { !$0.removal.isRetirement && $0.member.kind != .relay }
        return [
            "authorities": .array(
                all.all.map { entry in
                    [
                        "id": JSONValue(entry.id), "certificate": .string(Hexadecimal.string(of: entry.profile.certificate)),
                        "generation": .int(Int(entry.profile.generation)), "begins": JSONValue(entry.profile.begins),
                        "inForce": .bool(entry == current), "coming": .bool(entry == all.coming(at: now)),
                    ]
                }),
            "shutOut": .array(former.map { ["name": .string($0.member.name), "at": JSONValue($0.removal.time)] }),
        ]
    }

    /// Writes an authority that counts after those that are there.
    fileprivate func putAuthority(_ arguments: ControlArguments) async throws -> JSONValue {
        let lookup = try await lookup()
        let actor = try actor(arguments, lookup)
        guard let certificate = Hexadecimal.bytes(of: try arguments.requiredText("certificate")),
            let key = Hexadecimal.bytes(of: try arguments.requiredText("key"))
        else { throw ControlFailure.invalid("'certificate' and 'key' are hexadecimal") }
        let begins = try arguments.number("begins", in: 0...Int(Int64.max))
        let profile = AuthorityProfile(
            certificate: certificate, key: key, generation: try Self.authorities(lookup).nextGeneration,
            begins: begins.map { Int64($0) } ?? WallClock.now())
        let id = AuthorityID(ofCertificate: certificate)
        _ = try await carryOut(.putDocument(.authority(id, profile)), as: actor, lookup: lookup)
        return ["id": JSONValue(id), "generation": .int(Int(profile.generation)), "begins": JSONValue(profile.begins)]
    }

    private static func authorities(_ lookup: NameLookup) throws -> Authorities {
        Authorities(try lookup.reader.store.authorities().compactMap { entry in entry.profile.map { Authorities.Entry(entry.id, $0) } })
    }
}
