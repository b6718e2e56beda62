/// A parsed `tcp://host:port`. No other transport is allowed: CURVE is defined for TCP here, and `ipc` or `inproc`
/// endpoints would pass the limits and checks of this module by.
struct Endpoint: Hashable, Sendable {
    enum Use: Sendable {
        case bind, connect
    }

    /// A name, an IPv4 address, an IPv6 address without brackets, or `*` when binding.
    let host: String
    let port: UInt16

    init(_ text: String, for use: Use) throws(TransportError) {
        let scheme = "tcp://"
        guard text.hasPrefix(scheme), let colon = text.lastIndex(of: ":"),
            let host = Endpoint.host(text[text.index(text.startIndex, offsetBy: scheme.count)...], use: use),
            let port = Endpoint.port(text[text.index(after: colon)...])
        else {
            throw TransportError(
                .invalidEndpoint, "is not of the form tcp://host:port with a port from 0 to 65535", context: text)
        }
        guard use == .bind || port != 0 else {
            throw TransportError(
                .invalidEndpoint, "has port 0, which only a listener may have; give the peer's port", context: text)
        }
        self.host = host
        self.port = port
    }

    private static func host(_ rest: Substring, use: Use) -> String? {
        guard let colon = rest.lastIndex(of: ":") else { return nil }
        let host = rest[..<colon]
        if host.first == "[" {
            guard host.last == "]", host.count > 2 else { return nil }
            let inner = host.dropFirst().dropLast()
            let parts = inner.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
            let addressAllowed = parts[0].allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
            let zoneAllowed = parts.count == 1 || isName(parts[1])
            return addressAllowed && zoneAllowed && parts[0].contains(":") ? String(inner) : nil
        }
        if host == "*" { return use == .bind ? "*" : nil }
        return isName(host) ? String(host) : nil
    }

    /// A ';' would give libzmq a source address, and spaces or slashes something that it reads in its own way.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.allSatisfy { character in
                character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
            }
    }

    private static func port(_ digits: Substring) -> UInt16? {
        guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return UInt16(digits)
    }

    var isIPv6: Bool { host.contains(":") }

    var text: String { isIPv6 ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)" }

    /// Where a listener on this endpoint can be reached from the same machine.
    var reachableLocally: Endpoint {
        switch host {
        case "*", "0.0.0.0": Endpoint(host: "127.0.0.1", port: port)
        case "::": Endpoint(host: "::1", port: port)
        default: self
        }
    }

    private init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }
}
