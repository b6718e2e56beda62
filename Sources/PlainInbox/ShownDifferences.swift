/// The fields in which two values of one type differ.
public struct ShownDifferences {
    /// One field.
    public struct Field {
        /// What it is called.
        public let name: String
        /// The first value's, described. May say what patients and staff said: for tests, never for logs.
        public let first: String
        /// The second value's, described; as above.
        public let second: String
    }

    /// Whether the values are equal.
    public let isEmpty: Bool
    /// The fields, in the order of their declaration. Values can differ though no field's description does.
    public let fields: [Field]

    /// What differs between `first` and `second`.
    public init<Value: Equatable>(_ first: Value, _ second: Value) {
        isEmpty = first == second
        if isEmpty {
            fields = []
            return
        }
        let pairs = zip(Mirror(reflecting: first).children, Mirror(reflecting: second).children)
        fields = pairs.compactMap { left, right in
            let (first, second) = ("\(left.value)", "\(right.value)")
            return first == second ? nil : Field(name: left.label ?? "?", first: first, second: second)
        }
    }

    /// The fields' names, for a message; without content.
    public var names: String {
        fields.isEmpty ? "something that its description does not show" : fields.map(\.name).joined(separator: ", ")
    }
}
