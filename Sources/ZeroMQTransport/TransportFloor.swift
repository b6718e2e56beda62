import CZeroMQ

/// What libzmq alone needs to carry a catch-up's bytes over CURVE on loopback: the floor that `suture bench` measures the
/// network against.
public enum TransportFloor {
    /// Sends `byteCount` bytes in messages of `messageBytes` from one socket to another and returns how long it took.
    public static func measure(byteCount: Int, messageBytes: Int) throws(TransportError) -> Duration {
        guard let context = zmq_ctx_new() else { throw TransportError.last("Opening a context") }
        defer { _ = zmq_ctx_term(context) }
        let server = try CurveKeyPair.random()
        let client = try CurveKeyPair.random()
        guard let receiver = zmq_socket(context, ZMQ_PULL), let sender = zmq_socket(context, ZMQ_PUSH) else {
            throw TransportError.last("Opening a socket")
        }
        defer {
            _ = zmq_close(receiver)
            _ = zmq_close(sender)
        }
        set(receiver, ZMQ_LINGER, 0)
        set(sender, ZMQ_LINGER, 0)
        set(receiver, ZMQ_CURVE_SERVER, 1)
        set(receiver, ZMQ_CURVE_SECRETKEY, server.secretKey)
        set(sender, ZMQ_CURVE_SERVERKEY, server.publicKey.bytes)
        set(sender, ZMQ_CURVE_PUBLICKEY, client.publicKey.bytes)
        set(sender, ZMQ_CURVE_SECRETKEY, client.secretKey)
        guard zmq_bind(receiver, "tcp://127.0.0.1:*") == 0 else { throw TransportError.last("Listening") }
        var endpoint = [CChar](repeating: 0, count: 256)
        var length = endpoint.count
        guard zmq_getsockopt(receiver, ZMQ_LAST_ENDPOINT, &endpoint, &length) == 0, zmq_connect(sender, endpoint) == 0 else {
            throw TransportError.last("Connecting")
        }
        return try exchange(sender, receiver, count: max(1, byteCount / messageBytes), messageBytes: messageBytes)
    }

    /// Interleaves sending and receiving on one thread; libzmq's own threads encrypt and decrypt beside it.
    private static func exchange(
        _ sender: UnsafeMutableRawPointer, _ receiver: UnsafeMutableRawPointer, count: Int, messageBytes: Int
    ) throws(TransportError) -> Duration {
        let message = [UInt8](repeating: 5, count: messageBytes)
        var room = [UInt8](repeating: 0, count: messageBytes)
        // The handshake is not part of the floor.
        guard zmq_send(sender, message, 1, 0) >= 0, zmq_recv(receiver, &room, room.count, 0) >= 0 else {
            throw TransportError.last("The first message")
        }
        let clock = ContinuousClock()
        let start = clock.now
        var sent = 0
        var received = 0
        while received < count {
            while sent < count && sent < received + 32 {
                guard zmq_send(sender, message, messageBytes, ZMQ_DONTWAIT) >= 0 else { break }
                sent += 1
            }
            guard zmq_recv(receiver, &room, room.count, 0) >= 0 else { throw TransportError.last("Receiving") }
            received += 1
        }
        return clock.now - start
    }

    private static func set(_ socket: UnsafeMutableRawPointer, _ option: Int32, _ value: Int32) {
        var value = value
        _ = zmq_setsockopt(socket, option, &value, MemoryLayout<Int32>.size)
    }

    private static func set(_ socket: UnsafeMutableRawPointer, _ option: Int32, _ value: [UInt8]) {
        _ = zmq_setsockopt(socket, option, value, value.count)
    }
}
