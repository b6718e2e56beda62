import Vault

/// Bytes of hexadecimal text; spaces and line ends do not count.
func bytes(hex text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

/// The code of the `VaultError` that `body` throws; nil where it throws nothing, or something else.
func code<Outcome: ~Copyable>(_ body: () throws -> Outcome) -> VaultError.Code? {
    do {
        _ = try body()
        return nil
    } catch let error as VaultError {
        return error.code
    } catch {
        return nil
    }
}

/// The message of the `VaultError` that `body` throws.
func message<Outcome: ~Copyable>(_ body: () throws -> Outcome) -> String? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? VaultError)?.message
    }
}

let testDomain = Domain("suture test v1")

func symmetricKey(_ bytes: [UInt8]) throws -> SymmetricKey { try SymmetricKey(copying: bytes) }

/// Carries a noncopyable value through an interface that takes copyable ones only.
final class Owned<Value: ~Copyable> {
    private var value: Value?

    init(_ value: consuming Value) { self.value = consume value }

    struct Taken: Error {}

    func take() throws -> Value {
        guard let value = value.take() else { throw Taken() }
        return value
    }
}

/// Shares a key between tasks.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
    let value: Value

    init(_ value: consuming Value) { self.value = value }
}

func seeded(_ stream: String = "tests") -> SeededRandomSource { SeededRandomSource(seed: 1, stream: stream) }
