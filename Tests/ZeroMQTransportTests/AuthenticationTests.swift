import Testing

@testable import ZeroMQTransport

@Suite("The start-up check")
struct SelfCheckTests {
    @Test(
        "refuses to start when the handler cannot be relied on",
        arguments: [
            AuthenticationFault.admitsEveryone, .refusesEveryone, .neverAnswers,
        ])
    func sabotage(fault: AuthenticationFault) throws {
        let context = ZeroMQContext(ioThreads: 1, fault: fault)
        let configuration = try TransportConfiguration.sample()
        let error = #expect(throws: TransportError.self) {
            try ZeroMQTransport(configuration: configuration, context: context) { _ in }
        }
        #expect(error?.code == .authenticationUnproven)
        #expect(error?.context?.hasPrefix("tcp://127.0.0.1:") == true)
    }

    @Test("refuses to start when nobody answers for the domain")
    func noHandler() throws {
        // A listener in a context whose handler was never started: libzmq has nobody to ask.
        let context = ZeroMQContext(ioThreads: 1)
        let configuration = try TransportConfiguration.sample()
        let listener = try Listener(
            configuration, at: Endpoint("tcp://127.0.0.1:0", for: .bind), domain: "nobody", in: context.handle)
        let check = SelfCheck(
            configuration: configuration, context: context.handle,
            endpoint: try Endpoint(listener.endpoint, for: .connect))
        let error = #expect(throws: TransportError.self) { try check.run(Admission()) }
        #expect(error?.code == .authenticationUnproven)
        listener.close()
    }

    @Test(
        "leaves no trace in the counters and events of a node that started",
        arguments: ["tcp://127.0.0.1:0", "tcp://*:0"])
    func quiet(bind: String) async throws {
        let node = try TestNode(bind: bind)
        try await eventually("the listener is reported") { !node.log.events.isEmpty }
        try await eventually("the check's connections are gone") { node.transport.counters.connectionsOpen == 0 }
        #expect(node.transport.counters.refused == 0)
        #expect(node.log.refusalReasons == [])
        #expect(node.log.senders.isEmpty)
        node.transport.stop()
    }
}

@Suite("The allow-list")
struct AdmissionTests {
    @Test("admits exactly its keys, and the check's key only during the check")
    func verdicts() throws {
        let admission = Admission()
        let keys = try (0..<4).map { _ in try CurveKeyPair.random().publicKey }
        admission.replace([keys[0]])
        admission.check(admitting: keys[1], refusing: keys[2])
        #expect(keys.map(admission.verdict(on:)) == [.admitted, .admitted, .refusedInCheck, .refused])
        admission.check(admitting: nil, refusing: nil)
        #expect(keys.map(admission.verdict(on:)) == [.admitted, .refused, .refusedInCheck, .refused])
        #expect(admission.keys == [keys[0]])
    }

    @Test("says that it was replaced")
    func generation() {
        let admission = Admission()
        let before = admission.currentGeneration
        admission.replace([])
        #expect(admission.currentGeneration != before)
    }
}

@Suite("A request to the authentication handler")
struct AuthenticationRequestTests {
    let key = [UInt8](repeating: 5, count: 32)

    private func frames(mechanism: String = "CURVE", credentials: [UInt8]) -> [[UInt8]] {
        ["1.0", "7", "domain", "127.0.0.1", "", mechanism].map { Array($0.utf8) } + [credentials]
    }

    @Test("names the domain and the proved key")
    func wellFormed() {
        let request = AuthenticationRequest(frames: frames(credentials: key))
        #expect(request.key == CurveKey(bytes: key))
        #expect(request.domain == "domain")
        #expect(request.requestID == Array("7".utf8))
    }

    @Test("names no key if it is of another mechanism or malformed")
    func malformed() {
        let requests = [
            frames(mechanism: "NULL", credentials: key), frames(mechanism: "PLAIN", credentials: key),
            frames(credentials: []), frames(credentials: key + [1]), frames(credentials: key) + [[1]],
            Array(frames(credentials: key).dropLast()), [], [[1]],
        ]
        for frames in requests { #expect(AuthenticationRequest(frames: frames).key == nil) }
    }
}
