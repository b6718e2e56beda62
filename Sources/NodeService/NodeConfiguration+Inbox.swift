extension NodeConfiguration {
    /// Reads the section `inbox`.
    mutating func readInbox(
        in settings: ConfigurationReader.Section, file: String, with reader: inout ConfigurationReader
    ) {
        let keys = ["listen", "names", "certificate", "key", "plain"]
        guard let section = reader.section("inbox", in: settings, keys: keys) else { return }
        let listen = reader.value("listen", in: section, expected: "host:port, such as 0.0.0.0:7443") { NetworkAddress($0) }
        guard let listen else {
            if !reader.has("listen", in: section) {
                reader.report(
                    ConfigurationMistake(
                        line: reader.line(of: "inbox", in: settings), setting: "inbox.listen", found: "nothing",
                        expected: "host:port, such as 0.0.0.0:7443"))
            }
            return
        }
        var address = InboxAddress(listen: listen)
        let names = reader.value("names", in: section, expected: "host names or addresses, separated by commas") { text in
            text.split(separator: ",").map { $0.trimmingSpaces }
        }
        address.names = names ?? []
        address.certificate = reader.value("certificate", in: section, expected: "a path", parse: Self.path)
            .map { Self.resolve($0, besides: file) }
        address.key = reader.value("key", in: section, expected: "a path", parse: Self.path).map { Self.resolve($0, besides: file) }
        address.isPlain = reader.value("plain", in: section, expected: "true or false") { Bool($0) } ?? false
        if let mistake = address.mistake {
            reader.report(
                ConfigurationMistake(
                    line: reader.line(of: "inbox", in: settings), setting: "inbox", found: "settings that do not fit", expected: mistake))
        }
        inbox = address
    }
}

extension Substring {
    /// Without spaces at either end.
    var trimmingSpaces: String {
        guard let first = firstIndex(where: { $0 != " " }), let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[first...last])
    }
}
