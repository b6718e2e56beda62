import Testing
import Vault

@Suite struct PasswordTests {
    // Made by libsodium's crypto_pwhash_str_alg.
    static let foreign = [
        (
            "correct horse", 8, 1,
            "$argon2id$v=19$m=8,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8"
        ),
        (
            "", 16, 2,
            "$argon2id$v=19$m=16,t=2,p=1$DXHILuvBGGnxxg3Ce6U5+w$iMbSkacTxOWNp8ZC3KqcJzjuzVCtPdwvUFuiGAFWfRA"
        ),
    ]

    @Test("Hashes that libsodium made are read, checked and written back alike", arguments: foreign)
    func foreignHash(password: String, kibibytes: Int, operations: Int, text: String) throws {
        let hash = try PasswordHash(text: text)
        #expect(hash.text == text)
        #expect(hash.cost.memoryBytes == kibibytes * 1024)
        #expect(hash.cost.operations == operations)
        try hash.verify(password)
        #expect(code { try hash.verify(password + "x") } == .authenticationFailed)
    }

    @Test("The right password passes, any other does not", arguments: ["correct horse", "", "contraseña 🦷", "a\0b"])
    func verify(password: String) throws {
        let hash = try PasswordHash(of: password, cost: .minimum, random: seeded())
        try hash.verify(password)
        for wrong in [password + " ", " " + password, password.uppercased() + "A", "a"] {
            #expect(code { try hash.verify(wrong) } == .authenticationFailed)
        }
        try PasswordHash(text: hash.text).verify(password)
        #expect(try PasswordHash(text: hash.text) == hash)
    }

    @Test("Salts make hashes of one password differ, and follow from the random source")
    func salts() throws {
        let random = seeded()
        let first = try PasswordHash(of: "x", cost: .minimum, random: random)
        #expect(try PasswordHash(of: "x", cost: .minimum, random: random) != first)
        #expect(try PasswordHash(of: "x", cost: .minimum, random: seeded()) == first)
    }

    @Test("A hash at another cost than is wanted needs making again")
    func needsRehash() throws {
        let hash = try PasswordHash(of: "x", cost: .minimum, random: seeded())
        #expect(!hash.needsRehash(for: .minimum))
        #expect(hash.needsRehash(for: .interactive))
        #expect(hash.needsRehash(for: try PasswordCost(memoryBytes: 8192, operations: 2)))
    }

    @Test(
        "Text that is no hash of ours, or asks for too much, is refused before any work",
        arguments: [
            "", "$", "password", "$argon2id$v=19$m=8,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw",
            "$argon2i$v=19$m=8,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=16$m=8,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=8,t=1,p=2$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=08,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=+8,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=7,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=1048577,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=9223372036854775807,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=8,t=0,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=8,t=17,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=8,t=1,p=1$S3JqwAoSYMvueVS3qzMl$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=8,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75",
            "$argon2id$v=19$m=8,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8$",
            "$argon2id$v=19$m=8,t=1,p=1$S3JqwAoSYMvueVS3qzMlaw==$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=8,t=1,p=1$S3Jq!AoSYMvueVS3qzMlaw$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
            "$argon2id$v=19$m=8,t=1,p=1$S3JqwAoSYMvueVS3qzMlax$piRlEEj/b2L1qJw/kkrAjwHPCbNecCY/X+taTb75tn8",
        ])
    func badText(text: String) {
        #expect(code { try PasswordHash(text: text) } == .badPasswordHash)
    }

    @Test("A hash shows its cost, not itself")
    func description() throws {
        let hash = try PasswordHash(of: "x", cost: .minimum, random: seeded())
        #expect("\(hash)" == "Argon2id password hash (8192 bytes, 1 passes)")
    }

    @Test(
        "Costs out of range are refused",
        arguments: [(8191, 1), (0, 1), (-1024, 1), (8193, 1), (1 << 30 + 1024, 1), (8192, 0), (8192, 17), (.max, 1)])
    func badCost(memoryBytes: Int, operations: Int) {
        #expect(code { try PasswordCost(memoryBytes: memoryBytes, operations: operations) } == .badCost)
    }

    @Test("The named costs are within the range")
    func namedCosts() throws {
        for cost in [PasswordCost.minimum, .interactive, .moderate, .sensitive] {
            #expect(try PasswordCost(memoryBytes: cost.memoryBytes, operations: cost.operations) == cost)
        }
        #expect(PasswordCost.moderate.memoryBytes == 256 * 1024 * 1024)
    }

    private func key(_ passphrase: String, _ derivation: PassphraseKey) throws -> [UInt8] {
        try Array(passphrase.utf8).withUnsafeBytes { try Owned(derivation.derive(from: $0)) }.take()
            .withUnsafeBytes { Array($0) }
    }

    @Test("A passphrase gives the key that libsodium's crypto_pwhash gives")
    func passphraseKey() throws {
        let derivation = try PassphraseKey(salt: [UInt8](0..<16), cost: .minimum)
        #expect(
            try key("passphrase", derivation)
                == bytes(hex: "fbf7e4ccf0f8866cd1825daa1412c2d48ca7ed8c0afc5e335aab5c73c2bf906f"))
    }

    @Test("Another passphrase, salt or cost gives another key; the same give the same")
    func passphraseKeysDiffer() throws {
        let derivation = PassphraseKey(cost: .minimum, random: seeded())
        let otherSalt = PassphraseKey(cost: .minimum, random: seeded("other"))
        let otherCost = try PassphraseKey(salt: derivation.salt, cost: PasswordCost(memoryBytes: 8192, operations: 2))
        let keys = [
            try key("a", derivation), try key("b", derivation), try key("a", otherSalt), try key("a", otherCost),
            try key("", derivation),
        ]
        #expect(Set(keys).count == 5)
        #expect(try key("a", derivation) == keys[0])
    }

    @Test("A salt of another length than 16 is refused", arguments: [0, 8, 15, 17, 32])
    func wrongSalt(count: Int) {
        #expect(code { try PassphraseKey(salt: [UInt8](repeating: 0, count: count), cost: .minimum) } == .wrongLength)
    }
}
