import Foundation
import InboxModel
import SwiftProtobuf
import WireProtocol

/// Changes of a patient's record ⇄ generated types.
enum PatientTwin {
    static func kind(_ change: PatientChange) -> Suture_V1_Change.OneOf_Kind {
        switch change {
        case .details(let details):
            .patientDetails(
                .with {
                    $0.name = details.name
                    $0.born = details.born
                    $0.phone = details.phone
                    $0.email = details.email
                    $0.language = details.language
                    $0.channel = UInt32(details.channel.rawValue)
                    if let office = details.office { $0.office = ProtobufTwin.data(office) }
                })
        case .consent(let consent):
            .consent(
                .with {
                    $0.channel = UInt32(consent.scope.channel.rawValue)
                    $0.purpose = UInt32(consent.scope.purpose.rawValue)
                    $0.granted = consent.isGranted
                })
        case .linked(let other): .linked(ProtobufTwin.data(other))
        case .unlinked(let other): .unlinked(ProtobufTwin.data(other))
        }
    }

    /// The change, or nil where `kind` is not of a patient's record.
    static func change(_ kind: Suture_V1_Change.OneOf_Kind) throws -> PatientChange? {
        switch kind {
        case .patientDetails(let details):
            .details(
                PatientDetails(
                    name: details.name, born: details.born, phone: details.phone, email: details.email,
                    language: details.language, channel: try ThreadTwin.known(details.channel),
                    office: details.office.isEmpty ? nil : try ProtobufTwin.entity(details.office)))
        case .consent(let consent):
            .consent(
                Consent(
                    ConsentScope(try ThreadTwin.known(consent.channel), try ThreadTwin.known(consent.purpose)),
                    isGranted: consent.granted))
        case .linked(let other): .linked(try ProtobufTwin.entity(other))
        case .unlinked(let other): .unlinked(try ProtobufTwin.entity(other))
        default: nil
        }
    }
}

/// Versions of documents ⇄ generated types.
enum DirectoryTwin {
    static func kind(_ document: DirectoryDocument) -> Suture_V1_Change.OneOf_Kind {
        switch document {
        case .office(_, let profile):
            .office(
                .with {
                    $0.key = profile.key
                    $0.name = profile.name
                    $0.timeZone = profile.timeZone
                })
        case .staff(_, let profile):
            .staff(
                .with {
                    $0.key = profile.key
                    $0.name = profile.name
                    $0.role = UInt32(profile.role.rawValue)
                    $0.offices = profile.offices.map { ProtobufTwin.data($0) }
                    $0.languages = profile.languages
                    $0.active = profile.isActive
                })
        case .queue(_, let profile):
            .queue(
                .with {
                    $0.key = profile.key
                    $0.name = profile.name
                    if let office = profile.office { $0.office = ProtobufTwin.data(office) }
                    $0.members = profile.members.map { ProtobufTwin.data($0) }
                    if let primary = profile.primary { $0.primary = ProtobufTwin.data(primary) }
                    if let backup = profile.backup { $0.backup = ProtobufTwin.data(backup) }
                })
        case .account(_, let profile): kind(profile)
        case .token(_, let profile): kind(profile)
        case .authority(_, let profile): kind(profile)
        case .category(_, let profile):
            .categoryProfile(
                .with {
                    $0.key = profile.key
                    $0.name = profile.name
                    $0.urgency = UInt32(profile.urgency.rawValue)
                    $0.needsReview = profile.needsReview
                    $0.responseMinutes = profile.responseMinutes
                    $0.destinations = profile.destinations.map { destination in
                        .with {
                            $0.office = ProtobufTwin.data(destination.office)
                            $0.queue = ProtobufTwin.data(destination.queue)
                        }
                    }
                })
        }
    }

    static func kind(_ account: AccountProfile) -> Suture_V1_Change.OneOf_Kind {
        .account(
            .with {
                $0.staff = ProtobufTwin.data(account.staff)
                $0.passwordHash = account.passwordHash
                $0.secondFactor = Data(account.secondFactor)
                $0.mustChange = account.mustChange
                $0.endedBefore = UInt64(bitPattern: account.endedBefore)
            })
    }

    static func kind(_ token: TokenProfile) -> Suture_V1_Change.OneOf_Kind {
        .token(
            .with {
                $0.name = token.name
                $0.staff = ProtobufTwin.data(token.staff)
                $0.hash = Data(token.hash)
                $0.scopes = UInt32(token.scopes.rawValue)
                $0.expires = UInt64(bitPattern: token.expires)
                $0.revoked = token.isRevoked
            })
    }

    static func kind(_ authority: AuthorityProfile) -> Suture_V1_Change.OneOf_Kind {
        .authority(
            .with {
                $0.certificate = Data(authority.certificate)
                $0.key = Data(authority.key)
                $0.generation = authority.generation
                $0.begins = UInt64(bitPattern: authority.begins)
            })
    }

    static func document(_ kind: Suture_V1_Change.OneOf_Kind, _ entity: Data) throws -> DirectoryDocument {
        switch kind {
        case .office(let office):
            .office(
                try ProtobufTwin.entity(entity),
                OfficeProfile(key: office.key, name: office.name, timeZone: office.timeZone))
        case .staff(let staff):
            .staff(
                try ProtobufTwin.entity(entity),
                StaffProfile(
                    key: staff.key, name: staff.name, role: try ThreadTwin.known(staff.role),
                    offices: try staff.offices.map { try ProtobufTwin.entity($0) }, languages: staff.languages,
                    isActive: staff.active))
        case .queue(let queue):
            .queue(
                try ProtobufTwin.entity(entity),
                QueueProfile(
                    key: queue.key, name: queue.name, office: try optional(queue.office),
                    members: try queue.members.map { try ProtobufTwin.entity($0) },
                    primary: try optional(queue.primary),
                    backup: try optional(queue.backup)))
        case .categoryProfile(let category):
            .category(
                try ProtobufTwin.entity(entity),
                CategoryProfile(
                    key: category.key, name: category.name, urgency: try ThreadTwin.known(category.urgency),
                    needsReview: category.needsReview, responseMinutes: category.responseMinutes,
                    destinations: try category.destinations.map {
                        .init(office: try ProtobufTwin.entity($0.office), queue: try ProtobufTwin.entity($0.queue))
                    }))
        case .account(let account):
            .account(
                try ProtobufTwin.entity(entity),
                AccountProfile(
                    staff: try ProtobufTwin.entity(account.staff), passwordHash: account.passwordHash,
                    secondFactor: [UInt8](account.secondFactor), mustChange: account.mustChange,
                    endedBefore: Int64(bitPattern: account.endedBefore)))
        case .token(let token):
            .token(
                try ProtobufTwin.entity(entity),
                TokenProfile(
                    name: token.name, staff: try ProtobufTwin.entity(token.staff), hash: [UInt8](token.hash),
                    scopes: TokenProfile.Scopes(rawValue: UInt8(token.scopes)), expires: Int64(bitPattern: token.expires),
                    isRevoked: token.revoked))
        case .authority(let authority):
            .authority(
                try ProtobufTwin.entity(entity),
                AuthorityProfile(
                    certificate: [UInt8](authority.certificate), key: [UInt8](authority.key), generation: authority.generation,
                    begins: Int64(bitPattern: authority.begins)))
        default: throw ProtobufTwin.Unreadable()
        }
    }

    private static func optional<Entity>(_ data: Data) throws -> EntityID<Entity>? {
        data.isEmpty ? nil : try ProtobufTwin.entity(data)
    }
}
