/// What the commands of this machine may cost a running node.
public struct ControlLimits: Hashable, Sendable {
    /// Longest request, in bytes without its line end. 1 MiB.
    public var requestBytesMax: Int
    /// Connections at once; a further one is told so and closed. 64.
    public var connectionsMax: Int
    /// Time in which some byte must move on a connection whose request is not being handled. 30 s.
    public var idleMax: Duration
    /// Time that ``ControlServer/stop()`` leaves to requests that are being handled. 500 ms.
    public var drainMax: Duration

    /// Limits, each at its default unless given.
    public init(
        requestBytesMax: Int = 1 << 20, connectionsMax: Int = 64, idleMax: Duration = .seconds(30),
        drainMax: Duration = .milliseconds(500)
    ) {
        self.requestBytesMax = requestBytesMax
        self.connectionsMax = connectionsMax
        self.idleMax = idleMax
        self.drainMax = drainMax
    }
}
