import CZeroMQ

/// One frame as libzmq holds it. Reused from frame to frame: receiving into it releases what it held before.
final class Message {
    let pointer: UnsafeMutablePointer<zmq_msg_t>

    init() {
        pointer = .allocate(capacity: 1)
        zmq_msg_init(pointer)
    }

    deinit {
        zmq_msg_close(pointer)
        pointer.deallocate()
    }

    var byteCount: Int { zmq_msg_size(pointer) }

    /// Whether further frames of the same message follow.
    var hasMore: Bool { zmq_msg_more(pointer) != 0 }

    /// The frame's bytes; valid until the next receive.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: zmq_msg_data(pointer), count: byteCount)
    }

    /// The key that the authentication handler attached to the connection this frame came by.
    var senderKey: CurveKey? {
        zmq_msg_gets(pointer, "User-Id").flatMap(CurveKey.init(hexadecimal:))
    }

    /// The descriptor of the connection this frame came by, as it was then.
    var sourceDescriptor: Int32? {
        let descriptor = zmq_msg_get(pointer, ZMQ_SRCFD)
        return descriptor >= 0 ? descriptor : nil
    }
}
