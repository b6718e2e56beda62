import ArgumentParser
import Glibc
import NodeService
import OfficeNode
import ReplicaStore
import Vault
import ZeroMQTransport

/// Runs the command of this process and ends it with the right status: 0 done, 1 not done, 2 not understood, 3 a wrong
/// passphrase.
enum CommandExit {
    static func run(_ root: any AsyncParsableCommand.Type) async -> Never {
        do {
            var command = try root.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(0)
        } catch {
            end(root, error)
        }
    }

    private static func end(_ root: any ParsableCommand.Type, _ error: any Error) -> Never {
        if let failure = error as? CommandFailure {
            StandardError.write(failure.text)
            exit(failure.status)
        }
        if let code = error as? ExitCode { exit(code.rawValue) }
        let code = root.exitCode(for: error)
        if code == .success {
            // Help and the version arrive as errors too.
            print(root.fullMessage(for: error))
            exit(0)
        }
        if code == .validationFailure {
            StandardError.write(root.fullMessage(for: error) + "\n")
            exit(2)
        }
        let failure = CommandFailure(error)
        StandardError.write(failure.text)
        exit(failure.status)
    }
}

/// Why a command was not done.
struct CommandFailure: Error {
    /// What was wrong and what to do.
    let message: String
    /// The failure as the node gave it, where it did.
    let failure: ControlFailure?
    /// Whether it is printed as JSON.
    var isJSON = false
    /// The exit status.
    var status: Int32 = 1

    /// The exit status that says that a passphrase was wrong.
    static let wrongPassphrase: Int32 = 3

    init(_ message: String) {
        self.message = message
        failure = nil
    }

    init(_ failure: ControlFailure, isJSON: Bool = false) {
        message = failure.message
        self.failure = failure
        self.isJSON = isJSON
        if failure.code == "wrong-passphrase" { status = Self.wrongPassphrase }
    }

    /// What any error of the layers below says to a person.
    init(_ error: any Error) {
        switch error {
        case let error as CommandFailure: self = error
        case let error as NodeServiceError:
            self.init(error.message)
            if error.code == .wrongPassphrase { status = Self.wrongPassphrase }
        case let error as ReplicaStoreError: self.init(error.message)
        case let error as NodeError: self.init(error.message)
        case let error as InvitationError: self.init(error.description)
        case let error as TransportError: self.init("\(error)")
        case let error as VaultError: self.init("\(error)")
        // Named in full: without `isJSON` it would be this initialiser again.
        case let failure as ControlFailure: self.init(failure, isJSON: false)
        default: self.init("\(error)")
        }
    }

    /// What stands on standard error.
    var text: String {
        if isJSON { return JSONValue.object(["error": failure?.json ?? ["message": .string(message)]]).pretty + "\n" }
        let collisions = (failure?.collisions ?? []).map { "  " + CollisionText.line($0) + "\n" }
        let message = message.split(separator: "\n").joined(separator: "\n        ")
        return "suture: \(PrintableText.lines(message))\n" + collisions.joined()
    }
}

/// Standard error, unbuffered.
enum StandardError {
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        // Where even this cannot be written there is nobody left to tell.
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
