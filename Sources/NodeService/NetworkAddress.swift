/// A host and a port, as in `127.0.0.1:7480` or `[::1]:7480`.
public struct NetworkAddress: Hashable, Sendable {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    public var host: String
    /// A TCP port; 0 stands for any free one where something listens.
    public var port: UInt16

    /// An address of these parts, taken as they are.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// The address that `text` spells, or `nil` if it is none. A host may also be `*` if `wildcard` allows it.
    public init?(_ text: some StringProtocol, wildcard: Bool = false) {
        guard let colon = text.lastIndex(of: ":"),
            let host = Self.host(String(text[..<colon]), wildcard: wildcard),
            let port = Self.port(String(text[text.index(after: colon)...]))
        else { return nil }
        self.init(host: host, port: port)
    }

    private static func host(_ text: String, wildcard: Bool) -> String? {
        if text.first == "[" {
            guard text.last == "]", text.count > 2 else { return nil }
            let inner = text.dropFirst().dropLast()
            let parts = inner.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
            let digits = parts[0].allSatisfy { $0.isHexDigit && $0.isASCII || $0 == ":" || $0 == "." }
            let zone = parts.count == 1 || isName(parts[1])
            return digits && zone && parts[0].contains(":") ? String(inner) : nil
        }
        if text == "*" { return wildcard ? text : nil }
        return isName(text[...]) ? text : nil
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    private static func port(_ text: String) -> UInt16? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt16(text)
    }
}

extension NetworkAddress: CustomStringConvertible {
    /// The address as it is written in a configuration.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
