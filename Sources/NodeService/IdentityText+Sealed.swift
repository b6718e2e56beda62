import Causality
import Vault

extension IdentityText {
    /// The version of a text whose secrets are sealed with the folder's key.
    static let versionSealed = 2

    /// The text of sealed secrets.
    static func sealedText(nonce: Nonce, sealed: [UInt8]) -> [UInt8] {
        Array(
            """
            \(format) \(versionSealed)
            # The secret keys of one member, sealed with the key of this folder. Never copy this file to another machine.
            nonce \(nonce)
            sealed \(Hexadecimal.string(of: sealed))

            """.utf8)
    }

    /// Nonce and sealed secrets of a text; nil where it is not a text of sealed secrets.
    static func sealedParts(_ text: UnsafeRawBufferPointer) -> (nonce: Nonce, sealed: [UInt8])? {
        guard text.starts(with: Array("\(format) \(versionSealed)\n".utf8)) else { return nil }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst().filter { !$0.hasPrefix("#") }
        func bytes(_ name: String) -> [UInt8]? {
            let found = lines.filter { $0.hasPrefix(name + " ") }
            return found.count == 1 ? Hexadecimal.bytes(of: String(found[0].dropFirst(name.count + 1))) : nil
        }
        guard lines.count == 2, let nonce = bytes("nonce").flatMap({ Nonce(bytes: $0) }), let sealed = bytes("sealed"),
            sealed.count == IdentitySecrets.byteCount + SymmetricKey.overhead
        else { return nil }
        return (nonce, sealed)
    }
}
