import Glibc
import Synchronization

/// One direction of a link between two real processes: a TCP proxy on loopback that can do to the bytes what bad lines do.
///
/// Nodes know nothing of it: they connect to `port` instead of the target's. What it does is drawn from a seed, each
/// direction of each connection from a stream of its own. When bytes arrive is up to the two processes, so runs of one
/// seed are alike and not equal. All changes hold when the call returns.
public final class FaultingProxy: Sendable {
    /// The longest piece that is read at once. Chances in `ProxyConditions` are counted by pieces.
    public static let pieceBytesMax = 4096

    /// The port to connect to instead of the target's.
    public let port: UInt16
    private let loop: ProxyLoop
    private let ownsLoop: Bool
    private let number: Int
    /// What was done, once the proxy was stopped.
    private let ended = Mutex(ProxyCounts?.none)

    /// A proxy from a free loopback port to loopback port `target`.
    ///
    /// - Parameters:
    ///   - name: Of the link, and of the random streams drawn from `seed`.
    ///   - canary: Bytes that must never pass in the clear: `counts` says how often they did, in either direction.
    ///   - loop: Moves the bytes; without one the proxy has its own, with a thread.
    /// - Throws: `FaultingProxyError` where no port or thread is to be had.
    public init(
        target: UInt16, seed: UInt64 = 0, name: String = "", canary: [UInt8] = [], conditions: ProxyConditions = .good,
        loop: ProxyLoop? = nil
    ) throws {
        ownsLoop = loop == nil
        let loop = try loop ?? ProxyLoop()
        self.loop = loop
        do {
            let listener: Int32
            (listener, port) = try LoopbackSocket.listen()
            number = try loop.add {
                let port = ProxyPort(listener: listener, target: target, seed: seed, name: name, canary: canary)
                for direction in ProxyDirection.allCases { port.set(conditions, direction) }
                return port
            }
        } catch {
            if ownsLoop { loop.stop() }
            throw error
        }
    }

    deinit { stop() }

    /// Changes the conditions of one direction, or of both. What is on its way arrives as it was to arrive before. Where
    /// a line was silent and is no more, the connections that lost bytes are reset.
    public func set(_ conditions: ProxyConditions, _ direction: ProxyDirection? = nil) {
        _ = loop.with(number) { port in
            for each in ProxyDirection.allCases where direction == nil || direction == each { port.set(conditions, each) }
        }
    }

    /// The conditions of a direction now.
    public func conditions(_ direction: ProxyDirection) -> ProxyConditions {
        loop.with(number) { $0.conditions[direction] ?? .good } ?? .good
    }

    /// Ends every connection and refuses new ones, as a router does that lost its line.
    public func cut() { _ = loop.with(number) { $0.cut() } }

    /// Lets connections through again. Conditions stay. Those that one side was left to believe in end.
    public func heal() { _ = loop.with(number) { $0.heal() } }

    /// Makes every connection half-open: closes it towards one side, and takes and forgets what the other goes on
    /// sending. New connections are let through.
    public func abandon(closing side: ProxyDirection) { _ = loop.with(number) { $0.abandon(closing: side) } }

    /// How many connections are open now.
    public var connectionsOpen: Int { loop.with(number) { $0.connectionsOpen } ?? 0 }

    /// What was done so far.
    public var counts: ProxyCounts { loop.with(number) { $0.counts } ?? ended.withLock { $0 } ?? ProxyCounts() }

    /// Ends every connection and gives the port up.
    public func stop() {
        let counts = loop.remove(number)
        if let counts { ended.withLock { $0 = counts } }
        if ownsLoop { loop.stop() }
    }
}

/// Why a proxy could not be made.
public struct FaultingProxyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was missing.
    public let description: String

    init(_ description: String) { self.description = description }
}
