import Testing
import Vault

@Suite struct CurveTests {
    // The test pairs of ZeroMQ's zmq_curve manual page.
    static let manualPairs = [
        ("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"),
        ("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID", "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"),
    ]

    @Test("The public key of a secret is the one in ZeroMQ's manual", arguments: manualPairs)
    func knownPair(publicText: String, secretText: String) throws {
        let pair = try CurveKeyPair(secret: Z85.decode(secretText))
        #expect(pair.publicKey.z85 == publicText)
        #expect(try CurvePublicKey(z85: publicText) == pair.publicKey)
        #expect(try pair.withSecret { Array($0) } == Z85.decode(secretText))
    }

    @Test("Z85 is that of ZeroMQ RFC 32")
    func knownText() throws {
        let frame = bytes(hex: "864fd26fb559f75b")
        #expect(frame.withUnsafeBytes { Z85.encode($0) } == "HelloWorld")
        #expect(try Z85.decode("HelloWorld") == frame)
    }

    @Test("Text and key are one another's reverse")
    func roundTrip() throws {
        let random = seeded()
        for _ in 0..<200 {
            let key = try CurvePublicKey(copying: random.bytes(32))
            #expect(key.z85.utf8.count == 40)
            #expect(try CurvePublicKey(z85: key.z85) == key)
        }
        let extremes = [[UInt8](repeating: 0, count: 32), [UInt8](repeating: 255, count: 32)]
        for bytes in extremes {
            let key = try CurvePublicKey(copying: bytes)
            #expect(try CurvePublicKey(z85: key.z85) == key)
        }
    }

    @Test(
        "Text that is no Z85 is refused, and the message names the place",
        arguments: [
            ("HelloWorl", "Z85 text must be a multiple of 5 characters long, found 9"),
            ("Hello orld", "character 6 of a Z85 text is not in its alphabet"),
            ("Hell\"World", "character 5 of a Z85 text is not in its alphabet"),
            ("Hellöorl", "Z85 text must be a multiple of 5 characters long, found 9"),
            ("Hello#####", "characters 6 to 10 of a Z85 text stand for more than 32 bits"),
            ("%nSc1%nSc1", "characters 1 to 5 of a Z85 text stand for more than 32 bits"),
        ])
    func badText(text: String, expected: String) {
        #expect(code { try Z85.decode(text) } == .badText)
        #expect(message { try Z85.decode(text) } == expected)
    }

    @Test("The largest group of five characters is taken")
    func largestGroup() throws { #expect(try Z85.decode("%nSc0") == [255, 255, 255, 255]) }

    @Test("A key text of another length than 40 is refused", arguments: ["", "HelloWorld", String(repeating: "0", count: 45)])
    func wrongTextLength(text: String) {
        #expect(code { try CurvePublicKey(z85: text) } == .wrongLength)
    }

    @Test("Pairs follow from the random source and never equal one another")
    func pairs() throws {
        let again = try CurveKeyPair(random: seeded()).publicKey
        let random = seeded()
        let keys = try (0..<50).map { _ in try CurveKeyPair(random: random).publicKey }
        #expect(keys[0] == again)
        #expect(Set(keys).count == 50)
        #expect(keys.sorted() == keys.sorted { $0.description < $1.description })
    }
}
