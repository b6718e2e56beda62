/// What the transport's thread shares with its owner's threads. Each part guards itself.
final class TransportState: Sendable {
    let mailbox: Mailbox
    let outbound: OutboundQueue
    let admission = Admission()
    let counters = CounterBoard()
    /// Our name to the authentication handler; no two transports have the same.
    let domain: String

    init(_ configuration: TransportConfiguration) throws(TransportError) {
        mailbox = try Mailbox()
        outbound = OutboundQueue(bytesMaxPerPeer: configuration.outboundBytesMax)
        domain = "transport-\(String(UInt64.random(in: .min ... .max), radix: 16))"
    }

    /// Lets the authentication handler answer for us. Before the listener binds.
    func join(_ context: ZeroMQContext) throws(TransportError) {
        let (mailbox, counters) = (mailbox, counters)
        try context.authentication.register(domain: domain, admission: admission) { key in
            if !mailbox.post(.refused(key)) { counters.update { $0.refused += 1 } }
        }
    }

    func leave(_ context: ZeroMQContext) {
        context.authentication.unregister(domain: domain)
    }
}
