extension NodeConfiguration {
    /// What the configuration says about how the folder is sealed. The folder's own record says it too; the two must agree.
    public struct AtRest: Hashable, Sendable {
        /// Where the key of the folder is kept.
        public enum Kind: String, CaseIterable, Sendable {
            /// Wrapped under a passphrase that a person gives: laptops.
            case passphrase
            /// In a file that only the node's account may read.
            case keyFile = "key-file"
            /// In a credential that systemd hands to the service.
            case credential
            /// Nowhere: nothing is sealed.
            case none
        }

        /// Where the key is kept.
        public var kind: Kind
        /// The key file, where it is not the one of the record.
        public var path: String?
        /// The credential's name, where it is not the one of the record.
        public var name: String?

        /// Settings of that kind.
        public init(_ kind: Kind, path: String? = nil, name: String? = nil) {
            self.kind = kind
            self.path = path
            self.name = name
        }
    }

    mutating func readAtRest(
        in settings: ConfigurationReader.Section, file: String, with reader: inout ConfigurationReader
    ) {
        guard let section = reader.section("at-rest", in: settings, keys: ["kind", "path", "name", "lock-after"]) else { return }
        let names = AtRest.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        let kind = reader.value("kind", in: section, expected: "one of \(names)") { AtRest.Kind(rawValue: $0) }
        if !reader.has("kind", in: section) {
            reader.report(ConfigurationMistake(
                line: reader.line(of: "kind", in: section), setting: "at-rest.kind", found: "nothing", expected: "one of \(names)"))
        }
        var atRest = AtRest(kind ?? .none)
        atRest.path = reader.value("path", in: section, expected: "a path; ~ is not replaced", parse: Self.path)
            .map { Self.resolve($0, besides: file) }
        atRest.name = reader.value("name", in: section, expected: "a credential's name without a slash") {
            $0.isEmpty || $0.contains("/") ? nil : $0
        }
        lockAfter = reader.value(
            "lock-after", in: section, expected: "a duration such as 15min", range: .seconds(60)...Duration.seconds(86_400),
            default: lockAfter, text: ConfigurationValue.text, parse: ConfigurationValue.duration)
        for (key, owner) in [("path", AtRest.Kind.keyFile), ("name", .credential), ("lock-after", .passphrase)]
        where reader.has(key, in: section) && kind != nil && kind != owner {
            reader.report(ConfigurationMistake(
                line: reader.line(of: key, in: section), setting: "at-rest.\(key)", found: "a setting of \(owner.rawValue)",
                expected: "only settings of \(atRest.kind.rawValue)"))
        }
        self.atRest = atRest
    }
}
