import Hummingbird
import NIOCore

/// What a request to the staff pages carries through the server.
struct PageContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    /// The address of the network that the request came from, without its port.
    var address: String { remoteAddress?.ipAddress ?? "" }
}
