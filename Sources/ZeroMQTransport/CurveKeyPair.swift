import CZeroMQ

/// A pair for the start-up check, which needs a key that nobody knows. Members' own pairs come from elsewhere.
struct CurveKeyPair: Sendable {
    let secretKey: [UInt8]
    let publicKey: CurveKey

    /// Draws a new pair from libzmq's random source.
    static func random() throws(TransportError) -> CurveKeyPair {
        var publicText = [CChar](repeating: 0, count: z85ByteCount)
        var secretText = [CChar](repeating: 0, count: z85ByteCount)
        guard zmq_curve_keypair(&publicText, &secretText) == 0 else {
            throw TransportError.last("Making a CURVE key pair (is libzmq built with libsodium?)")
        }
        return CurveKeyPair(secretKey: try decode(secretText), publicKey: try decodeKey(publicText))
    }

    /// The public half that belongs to a secret key of 32 bytes.
    static func publicKey(of secretKey: [UInt8]) throws(TransportError) -> CurveKey {
        var publicText = [CChar](repeating: 0, count: z85ByteCount)
        var secretText = [CChar](repeating: 0, count: z85ByteCount)
        guard zmq_z85_encode(&secretText, secretKey, secretKey.count) != nil,
            zmq_curve_public(&publicText, secretText) == 0
        else {
            throw TransportError.last("Deriving the CURVE public key")
        }
        return try decodeKey(publicText)
    }

    /// Forty characters and the terminating zero.
    private static let z85ByteCount = 41

    private static func decodeKey(_ text: [CChar]) throws(TransportError) -> CurveKey {
        guard let key = CurveKey(bytes: try decode(text)) else {
            throw TransportError(.library, "libzmq made a key of a length other than 32 bytes")
        }
        return key
    }

    private static func decode(_ text: [CChar]) throws(TransportError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: CurveKey.byteCount)
        guard zmq_z85_decode(&bytes, text) != nil else { throw TransportError.last("Reading a CURVE key") }
        return bytes
    }
}
