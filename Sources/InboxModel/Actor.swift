public import Causality

/// Who did something.
public enum Actor: Hashable, Sendable {
    /// A person who works for the group.
    case staff(StaffID)
    /// A patient, or somebody who writes for one.
    case patient(PatientID)
    /// A rule that a node ran, by name.
    case automation(String)
    /// The node itself: set-up, import.
    case system

    /// Whether a person did it. People's ownership changes come before automation's.
    public var isPerson: Bool {
        switch self {
        case .staff, .patient: true
        case .automation, .system: false
        }
    }

    /// The staff member, if one did it.
    public var staff: StaffID? {
        if case .staff(let id) = self { id } else { nil }
    }
}

extension Actor: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .system: writer.byte(0)
        case .staff(let id):
            writer.byte(1)
            id.encode(into: &writer)
        case .patient(let id):
            writer.byte(2)
            id.encode(into: &writer)
        case .automation(let rule):
            writer.byte(3)
            writer.string(rule)
        }
    }

    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        let start = reader
        switch try reader.byte() {
        case 0: self = .system
        case 1: self = .staff(try StaffID(from: &reader))
        case 2: self = .patient(try PatientID(from: &reader))
        case 3: self = .automation(try reader.text())
        default: throw start.failure(.malformed("an unknown actor"))
        }
    }
}
