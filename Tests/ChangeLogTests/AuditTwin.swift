import Foundation
import InboxModel
import SwiftProtobuf
import WireProtocol

/// Audit entries ⇄ generated types.
enum AuditTwin {
    static func kind(_ entry: AuditEntry) -> Suture_V1_Change.OneOf_Kind {
        .audit(
            .with {
                $0.at = UInt64(bitPattern: entry.at)
                $0.action = UInt32(entry.action.rawValue)
                $0.outcome = UInt32(entry.outcome.rawValue)
                if let staff = entry.staff { $0.staff = ProtobufTwin.data(staff) }
                if let role = entry.role { $0.role = UInt32(role.rawValue) }
                if let patient = entry.patient { $0.patient = ProtobufTwin.data(patient) }
                if let thread = entry.thread { $0.thread = ProtobufTwin.data(thread) }
                $0.address = entry.address
                $0.detail = entry.detail
            })
    }

    /// The entry, or nil where `kind` is none.
    static func entry(_ kind: Suture_V1_Change.OneOf_Kind) throws -> AuditEntry? {
        guard case .audit(let audit) = kind else { return nil }
        return AuditEntry(
            at: Int64(bitPattern: audit.at), action: try ThreadTwin.known(audit.action), outcome: try ThreadTwin.known(audit.outcome),
            staff: audit.staff.isEmpty ? nil : try ProtobufTwin.entity(audit.staff),
            role: audit.hasRole ? try ThreadTwin.known(audit.role) : nil,
            patient: audit.patient.isEmpty ? nil : try ProtobufTwin.entity(audit.patient),
            thread: audit.thread.isEmpty ? nil : try ProtobufTwin.entity(audit.thread), address: audit.address, detail: audit.detail)
    }
}
