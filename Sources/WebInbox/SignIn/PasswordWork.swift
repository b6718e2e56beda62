import Dispatch
import HTTPTypes
import Synchronization
import Vault

/// Hashes passwords away from the threads that answer requests, two at a time: each takes 64 MiB and a tenth of a second on purpose.
final class PasswordWork: Sendable {
    /// How many may wait. A flood of sign-ins is refused rather than queued for minutes.
    private static let waitingMax = 32

    private let queues: [DispatchQueue]
    private let waiting = Mutex((count: 0, next: 0))
    private let random: any RandomSource
    let cost: PasswordCost
    /// The hash of no password, so that an unknown name takes as long as a known one.
    private let nobody: PasswordHash

    init(random: any RandomSource, cost: PasswordCost) throws {
        self.random = random
        self.cost = cost
        nobody = try PasswordHash(of: Token.text(random.bytes(24)), cost: cost, random: random)
        queues = (0..<2).map { DispatchQueue(label: "suture.password.\($0)") }
    }

    /// Whether `password` is the one of `hash`; false, after as long, where there is no hash. Throws `PageFault` where too many wait.
    func isRight(_ password: String, _ hash: PasswordHash?) async throws -> Bool {
        try await run { [nobody] in
            do {
                try (hash ?? nobody).verify(password)
                return hash != nil
            } catch let error as VaultError where error.code == .authenticationFailed {
                return false
            }
        }
    }

    /// The hash of a new password.
    func hash(_ password: String) async throws -> PasswordHash {
        try await run { [random, cost] in try PasswordHash(of: password, cost: cost, random: random) }
    }

    private func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let place: Int? = waiting.withLock { waiting in
            guard waiting.count < Self.waitingMax else { return nil }
            waiting.count += 1
            waiting.next = (waiting.next + 1) % queues.count
            return waiting.next
        }
        guard let place else {
            throw PageFault(
                status: .serviceUnavailable, code: "busy", what: "Too many people sign in at this moment.",
                todo: "Try again in a few seconds.")
        }
        defer { waiting.withLock { $0.count -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            queues[place].async { continuation.resume(with: Result { try body() }) }
        }
    }
}
