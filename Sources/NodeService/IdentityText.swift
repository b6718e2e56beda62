/// The text of an identity file: a first line with the version, then one line a secret in hexadecimal.
///
/// It works on bytes in memory that its callers wipe. Strings are not used for anything secret, because they leave copies
/// that nobody wipes.
enum IdentityText {
    static let format = "suture-identity"
    static let version = 1
    static let names = ["signing-seed", "box-secret", "curve-secret"]
    /// More than any version 1 file has.
    static let bytesMax = 4096

    private static let preface = """
        \(format) \(version)
        # The secret keys of one member. Whoever has them is that member: never copy, send or print this file.

        """

    static var byteCount: Int {
        preface.utf8.count + names.reduce(0) { $0 + $1.utf8.count + 2 + 2 * IdentitySecrets.secretBytes }
    }

    /// Fills `buffer`, which has ``byteCount`` bytes.
    static func write(_ secrets: borrowing IdentitySecrets, to buffer: UnsafeMutableRawBufferPointer) {
        var end = 0
        func append(_ byte: UInt8) {
            buffer[end] = byte
            end += 1
        }
        preface.utf8.forEach(append)
        for (index, name) in names.enumerated() {
            name.utf8.forEach(append)
            append(space)
            for byte in secrets.secret(index) {
                append(digit(byte >> 4))
                append(digit(byte & 15))
            }
            append(lineEnd)
        }
    }

    /// Why a text is no identity. Names lines, never what stands in them.
    enum Fault: Error {
        case notAnIdentity
        case newerVersion
        case badLine(Int)
        case repeated(String, line: Int)
        case missing(String)
    }

    /// Reads the secrets from `text` into `secrets`, which has room for three.
    static func read(_ text: UnsafeRawBufferPointer, into secrets: UnsafeMutableRawBufferPointer) throws(Fault) {
        var found = Set<Int>()
        var number = 0
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: lineEnd) ?? text.count
            let line = UnsafeRawBufferPointer(rebasing: text[start..<end])
            start = end + 1
            number += 1
            if number == 1 {
                try checkVersion(line)
            } else if !line.isEmpty, line[0] != comment {
                let index = try read(line, number: number, into: secrets)
                guard found.insert(index).inserted else { throw .repeated(names[index], line: number) }
            }
        }
        guard number > 0 else { throw .notAnIdentity }
        if let index = names.indices.first(where: { !found.contains($0) }) { throw .missing(names[index]) }
    }

    private static func checkVersion(_ line: UnsafeRawBufferPointer) throws(Fault) {
        let prefix = Array("\(format) ".utf8)
        guard line.count <= prefix.count + 6, line.starts(with: prefix) else { throw .notAnIdentity }
        let digits = line[prefix.count...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .notAnIdentity }
        let found = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard found <= versionSealed else { throw .newerVersion }
        guard found == version else { throw .notAnIdentity }
    }

    private static func read(
        _ line: UnsafeRawBufferPointer, number: Int, into secrets: UnsafeMutableRawBufferPointer
    ) throws(Fault) -> Int {
        guard let index = names.firstIndex(where: { line.starts(with: Array("\($0) ".utf8)) }) else {
            throw .badLine(number)
        }
        let digits = UnsafeRawBufferPointer(rebasing: line[(names[index].utf8.count + 1)...])
        guard digits.count == 2 * IdentitySecrets.secretBytes else { throw .badLine(number) }
        for position in 0..<IdentitySecrets.secretBytes {
            guard let high = value(digits[2 * position]), let low = value(digits[2 * position + 1]) else {
                throw .badLine(number)
            }
            secrets[index * IdentitySecrets.secretBytes + position] = high << 4 | low
        }
        return index
    }

    private static let space = UInt8(ascii: " ")
    private static let lineEnd = UInt8(ascii: "\n")
    private static let comment = UInt8(ascii: "#")

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
