extension IdentitySecrets {
    /// The secrets in the bytes of an identity file, as a backup has them. Throws `NodeServiceError.Code.identity` where it is none.
    init(text: [UInt8]) throws(NodeServiceError) {
        try self.init { (secrets) throws(NodeServiceError) in
            do throws(IdentityText.Fault) {
                let result = text.withUnsafeBytes { bytes in
                    Result { () throws(IdentityText.Fault) in try IdentityText.read(bytes, into: secrets) }
                }
                try result.get()
            } catch {
                throw NodeServiceError(.identity, "the keys in the backup are damaged, or of a newer suture: use the identity file itself")
            }
        }
    }
}
