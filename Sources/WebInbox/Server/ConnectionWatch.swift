import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Closes a connection that does not do its part in time, as `ConnectionDues` says.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let patience: ConnectionPatience
    private var dues = ConnectionDues()
    private var awaited: Scheduled<Void>?
    private var taking: Scheduled<Void>?

    init(_ patience: ConnectionPatience) { self.patience = patience }

    func handlerAdded(context: ChannelHandlerContext) { wait(context) }

    func handlerRemoved(context: ChannelHandlerContext) {
        awaited?.cancel()
        taking?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let before = dues.due
        switch unwrapInboundIn(data) {
        case .head: dues.headCame()
        case .body: break
        case .end: dues.requestEnded()
        }
        if dues.due != before { wait(context) }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            let before = dues.due
            dues.answerEnded()
            if dues.due != before { wait(context) }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        taking?.cancel()
        taking = context.channel.isWritable ? nil : closing(context, after: patience.taking)
        context.fireChannelWritabilityChanged()
    }

    /// Begins to wait for what is due now.
    private func wait(_ context: ChannelHandlerContext) {
        awaited?.cancel()
        awaited = dues.patience(patience).map { closing(context, after: $0) }
    }

    private func closing(_ context: ChannelHandlerContext, after time: Duration) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { context.close(promise: nil) }
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 over connections that are not waited for without end.
    static func http1(waiting patience: ConnectionPatience) -> HTTPServerBuilder {
        .http1(configuration: HTTP1Channel.Configuration(additionalChannelHandlers: [ConnectionWatch(patience)]))
    }
}
