public import Causality

extension Channel: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.byte(rawValue) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self = try reader.enumerated(Channel.self, "channel")
    }
}

extension Direction: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.byte(rawValue) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self = try reader.enumerated(Direction.self, "direction")
    }
}

extension Priority: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.byte(rawValue) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self = try reader.enumerated(Priority.self, "priority")
    }
}

extension UrgencyClass: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.byte(rawValue) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self = try reader.enumerated(UrgencyClass.self, "urgency class")
    }
}

extension Role: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.byte(rawValue) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self = try reader.enumerated(Role.self, "role")
    }
}

extension PatientTold: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.byte(rawValue) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self = try reader.enumerated(PatientTold.self, "patient-told answer")
    }
}

extension ConsentPurpose: CanonicalCodable {
    public func encode(into writer: inout ByteWriter) { writer.byte(rawValue) }
    public init(from reader: inout ByteReader) throws(ByteReader.Failure) {
        self = try reader.enumerated(ConsentPurpose.self, "consent purpose")
    }
}
