import SwiftASN1
import X509

/// What browsers call a node's pages: host names, and addresses of 4 (IPv4) or 16 bytes (IPv6).
public struct PageHosts: Hashable, Sendable {
    /// Host names, in lower case.
    public var names: [String]
    /// Addresses.
    public var addresses: [[UInt8]]

    /// Hosts from their parts.
    public init(names: [String], addresses: [[UInt8]]) {
        self.names = names
        self.addresses = addresses
    }

    /// Whether there is nothing among them.
    public var isEmpty: Bool { names.isEmpty && addresses.isEmpty }

    /// These and `others`, each once.
    public func union(_ others: PageHosts) -> PageHosts {
        PageHosts(
            names: names + others.names.filter { !names.contains($0) },
            addresses: addresses + others.addresses.filter { !addresses.contains($0) })
    }

    /// As people write them.
    public var words: [String] {
        names
            + addresses.map { bytes in
                if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
                return stride(from: 0, to: bytes.count - 1, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
                    .joined(separator: ":")
            }
    }

    var alternatives: [GeneralName] {
        names.map { GeneralName.dnsName($0) } + addresses.map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
    }
}

/// What an authority may vouch for: names with everything below them, and ranges of addresses.
struct AllowedHosts {
    /// Addresses that agree with `address` where `mask` has ones.
    struct Range: Hashable {
        let address: [UInt8]
        let mask: [UInt8]

        /// The addresses whose first `bits` are those of `address`.
        init(_ address: [UInt8], bits: Int) {
            self.address = address
            mask = address.indices.map { index in
                let ones = min(8, max(0, bits - 8 * index))
                return ones == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - ones))
            }
        }

        /// As a certificate has it: address and mask. Nil where it is neither of IPv4 nor of IPv6.
        init?(_ bytes: ArraySlice<UInt8>) {
            guard bytes.count == 8 || bytes.count == 32 else { return nil }
            address = Array(bytes.prefix(bytes.count / 2))
            mask = Array(bytes.suffix(bytes.count / 2))
        }

        func covers(_ other: [UInt8]) -> Bool {
            other.count == address.count && zip(zip(other, address), mask).allSatisfy { $0.0 & $1 == $0.1 & $1 }
        }
    }

    let domains: [String]
    let ranges: [Range]

    /// `hosts` and, of names, everything below them.
    init(_ hosts: PageHosts) {
        domains = hosts.names
        ranges = hosts.addresses.map { Range($0, bits: 8 * $0.count) }
    }

    private init(domains: [String], ranges: [Range]) {
        self.domains = domains
        self.ranges = ranges
    }

    /// What a certificate's constraints allow; nothing where it has none.
    init(_ constraints: NameConstraints?) {
        domains = constraints.map { Array($0.permittedDNSDomains) } ?? []
        ranges = constraints.map { $0.permittedIPRanges.compactMap { Range($0.bytes) } } ?? []
    }

    /// What a group's authority may vouch for: addresses that are nobody's in the public network, domains of that kind, and `names`.
    static func ofGroup(names: [String]) -> AllowedHosts {
        let others = names.map { $0.lowercased() }.filter { !PageAuthority.privateDomains.contains($0) }
        func four(_ first: UInt8, _ second: UInt8) -> [UInt8] { [first, second, 0, 0] }
        func six(_ start: [UInt8], last: UInt8 = 0) -> [UInt8] { start + [UInt8](repeating: 0, count: 15 - start.count) + [last] }
        return AllowedHosts(
            domains: PageAuthority.privateDomains + others,
            ranges: [
                Range(four(10, 0), bits: 8), Range(four(172, 16), bits: 12), Range(four(192, 168), bits: 16),
                Range(four(169, 254), bits: 16), Range(four(100, 64), bits: 10), Range(four(127, 0), bits: 8),
                Range(six([0xFC]), bits: 7), Range(six([0xFE, 0x80]), bits: 10), Range(six([], last: 1), bits: 128),
            ])
    }

    func covers(name: String) -> Bool { domains.contains { name == $0 || name.hasSuffix("." + $0) } }
    func covers(address: [UInt8]) -> Bool { ranges.contains { $0.covers(address) } }

    var constraints: NameConstraints {
        NameConstraints(
            permittedDNSDomains: NameConstraints.DNSNames(domains),
            permittedIPRanges: NameConstraints.IPRanges(ranges.map { ASN1OctetString(contentBytes: ($0.address + $0.mask)[...]) }))
    }
}
