/// Answers the commands of this machine on the Unix socket `control.sock` of the data directory.
///
/// One JSON object a line in each direction, see ``ControlRequest`` and ``ControlResponse``; a connection may send any
/// number of requests, one after the other. Who may open the socket (mode 0600, in a folder of mode 0700) may do
/// everything. A thread of its own does the socket work, so that no command, however slow, holds up the node.
public final class ControlServer: Sendable {
    /// Where it listens.
    public let socketPath: String

    private let mailbox: ControlMailbox

    /// Listens and starts. The socket of a process that died is replaced.
    ///
    /// - Parameters:
    ///   - dataDirectory: the folder for the socket; it must exist.
    ///   - limits: what commands may cost.
    ///   - handler: does one request. It may be called for several connections at once, on any thread. Its task is
    ///     cancelled when the asking side goes away.
    /// - Throws: ``NodeServiceError``: ``NodeServiceError/Code/alreadyRunning`` if a live process has the socket,
    ///   ``NodeServiceError/Code/controlSocket`` if it cannot be made, for example because its path is too long for the
    ///   system, ``NodeServiceError/Code/dataDirectory``. Nothing is left open then.
    public init(
        dataDirectory: String, limits: ControlLimits = ControlLimits(),
        handler: @escaping @Sendable (ControlRequest) async -> ControlResponse
    ) throws(NodeServiceError) {
        let mailbox = try ControlMailbox()
        let listening = try ControlSocket.listen(in: dataDirectory)
        do throws(NodeServiceError) {
            try ServiceThread.start {
                ControlLoop(listening: listening, mailbox: mailbox, limits: limits, handler: handler).run()
            }
        } catch {
            listening.close()
            throw error
        }
        self.mailbox = mailbox
        socketPath = listening.path
    }

    deinit { mailbox.requestStop() }

    /// Takes the socket away, lets requests that are being handled be answered within ``ControlLimits/drainMax``, closes
    /// every connection and returns when all that is done. May be called again.
    public func stop() async {
        mailbox.requestStop()
        await mailbox.waitForEnd()
    }
}
