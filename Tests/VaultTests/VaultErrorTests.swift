import Testing
import Vault

@Suite struct VaultErrorTests {
    @Test("An error reads as its kind, then what was wrong")
    func text() {
        let failure = #expect(throws: VaultError.self) { try Nonce(copying: [1]) }
        #expect(failure?.description == "wrong length: a nonce must be 24 bytes, found 1")
        #expect(failure.map { "\($0.code)" } == "wrong length")
    }
}
