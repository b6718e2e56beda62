import InboxModel
import NodeService

/// The story of the demonstration: a Friday evening on which the line between the offices goes down.
struct DemoStory {
    let world: DemoWorld
    let narrator: Narrator
    /// Every change set that a node acknowledged, kept outside the nodes: none of them may be lost.
    private var ledger: [String] = []

    init(world: DemoWorld, narrator: Narrator) {
        self.world = world
        self.narrator = narrator
    }

    /// Plays the story. Throws where anything is not as it must be.
    mutating func play() async throws {
        try await liveDelivery()
        try await partition()
        try await heal()
        try await settle()
        try await proof()
        try visitPages()
    }

    private mutating func liveDelivery() async throws {
        narrator.chapter("Live delivery")
        let before = try await messages(at: world.towson, "T9")
        let start = ContinuousClock.now
        try await act(world.belair, "thread-message", "T9", ["text": "Thank you. Is there parking behind the building?"])
        try await world.wait(for: "the message at towson") { try await messages(at: world.towson, "T9") == before + 1 }
        let took = ContinuousClock.now - start
        narrator.say("a patient writes at belair; towson shows it after \(DemoWorld.milliseconds(took)), asking included")
    }

    private mutating func partition() async throws {
        narrator.chapter("The line goes down")
        try world.cut("towson", "belair")
        try world.cut("towson", "laptop")
        narrator.say("towson is cut off from belair and from the laptop; all three go on working")

        try await act(world.towson, "claim", "T2", ["as": "ana"])
        try await act(world.belair, "claim", "T2", ["as": "bo"])
        narrator.say("\(try await code("T2")): Ana claims it at towson, Bo claims it at belair")

        try await act(world.belair, "resolve", "T3", ["as": "fatima", "outcome": "answered", "told": "told"])
        try await act(world.towson, "thread-message", "T3", ["text": "One more thing: my doctor changed the dose last week."])
        narrator.say("\(try await code("T3")): Fátima resolves it at belair while the patient writes at towson")

        try await act(world.laptop, "claim", "T1", ["as": "osei"])
        try await act(
            world.laptop, "reply", "T1",
            [
                "as": "osei",
                "text": .string(
                    "This needs to be seen tonight. Please go to the emergency department now; I am calling ahead and will "
                        + "meet you there."),
            ])
        narrator.say("\(try await code("T1")): \"the swelling has reached the neck\": Dr. Osei answers from the laptop, on cover")

        for (node, name) in [(world.towson, "towson"), (world.belair, "belair")] {
            let seen = try await thread(at: node, "T1")
            let flags = seen["flags"]?.array?.compactMap(\.string) ?? []
            narrator.say("  \(name) shows it \(flags.contains("needs-reply") ? "still waiting" : "answered")")
        }
    }

    private mutating func heal() async throws {
        narrator.chapter("The line is back")
        try world.heal("towson", "belair")
        try world.heal("towson", "laptop")
        let took = try await world.waitUntilEqual()
        narrator.say("all three replicas are equal \(DemoWorld.milliseconds(took)) after the heal")

        for node in world.nodes {
            let contested = try await thread(at: node, "T2")
            let claimants = contested["claimants"]?.array?.compactMap(\.string) ?? []
            try expect(claimants.count == 2, "\(node.name) shows both claims on T2")
            let reopened = try await thread(at: node, "T3")
            let flags = Set(reopened["flags"]?.array?.compactMap(\.string) ?? [])
            try expect(
                reopened["status"]?.string != "resolved" && flags.contains("unseen-by-resolver"),
                "\(node.name) keeps T3 open: a message arrived that the resolver had not seen")
            let urgent = try await thread(at: node, "T1")
            try expect(urgent["status"]?.string?.hasPrefix("waiting") == true, "\(node.name) shows T1 answered by Dr. Osei")
        }
        let contested = try await thread(at: world.belair, "T2")
        let names = contested["claimants"]?.array?.compactMap(\.string).joined(separator: " and ") ?? ""
        narrator.say("\(try await code("T2")) is contested at every office: \(names) both own it, and both were told")
        narrator.say("\(try await code("T3")) is open at every office: a message arrived that the resolver had not seen")
        narrator.say("\(try await code("T1")) is answered once, by Dr. Osei, at every office")
    }

    private mutating func settle() async throws {
        narrator.chapter("A person settles it")
        try await act(world.towson, "assign", "T2", ["as": "dana", "to": "bo", "note": "Bo has the patient on the phone."])
        try await world.waitUntilEqual()
        for node in world.nodes {
            let settled = try await thread(at: node, "T2")
            try expect(settled["claimants"]?.array?.isEmpty == true, "\(node.name) shows T2 settled")
        }
        let owner = try await thread(at: world.laptop, "T2")["owner"]?.string ?? ""
        narrator.say("Dana, who saw both claims, gives it to \(owner): settled everywhere, with both claims in its history")
    }

    private mutating func proof() async throws {
        narrator.chapter("Nothing was lost")
        var digests: Set<String> = []
        for node in world.nodes {
            let (digest, changeSets) = try await node.digest()
            digests.insert(digest)
            let verification = try await node.ask("log-verify")
            try expect(verification["sound"]?.bool == true, "the logs of \(node.name) verify")
            try await expectLedger(at: node)
            narrator.say("\(node.name.padded(to: 8)) \(changeSets) change sets, logs verified, digest \(digest.prefix(16))")
        }
        try expect(digests.count == 1, "all digests are equal")
        narrator.say("\(ledger.count) acknowledged actions, every one of them on all three nodes")
    }

    /// Signs in at every node and opens the pages that people will open.
    private func visitPages() throws {
        narrator.chapter("The pages")
        let stops: [(node: String, person: String, pages: [String])] = [
            ("towson", "ana", ["/inbox", "/inbox?list=open", "/threads/\(try threadID("T2"))", "/patients"]),
            ("belair", "dana", ["/inbox", "/offices", "/people", "/audit"]),
            ("laptop", "osei", ["/inbox", "/threads/\(try threadID("T1"))"]),
        ]
        for stop in stops {
            guard let port = world.pages[stop.node] else { continue }
            var visitor = PageVisitor(port: port)
            try visitor.signIn(stop.person, password: world.password)
            for page in stop.pages { _ = try visitor.page(page) }
            narrator.say("http://127.0.0.1:\(port)/  \(stop.node): \(stop.person) signed in and opened \(stop.pages.count) pages")
        }
        narrator.say("everybody's password is \(world.password); ana, bo (front desk), eli, fatima (assistants), marsh (surgeon),")
        narrator.say("osei (on call), carmen (billing) and dana (administrator) sign in at any of the three, also while it is cut off")
    }

    /// Every acknowledged change set must be merged at `node`.
    private func expectLedger(at node: NodeProcess) async throws {
        let status = try await node.ask("status")
        var merged: [String: Int] = [:]
        for log in status["logs"]?.array ?? [] { merged[log["replica"]?.string ?? ""] = log["merged"]?.int ?? 0 }
        for entry in ledger {
            let parts = entry.split(separator: ":")
            guard parts.count == 2, let sequence = Int(parts[1]), merged[String(parts[0]), default: 0] >= sequence else {
                throw DemoError("\(node.name) has lost the acknowledged change set \(entry)")
            }
        }
    }

    private mutating func act(
        _ node: NodeProcess, _ verb: String, _ thread: String, _ arguments: [String: JSONValue]
    ) async throws {
        var arguments = arguments
        arguments["thread"] = .string(try threadID(thread))
        let answer = try await node.ask(verb, arguments)
        guard let changeSet = answer["changeSet"]?.string else { throw DemoError("\(verb) on \(thread) changed nothing") }
        ledger.append(changeSet)
    }

    private func thread(at node: NodeProcess, _ key: String) async throws -> JSONValue {
        try await node.ask("thread-show", ["thread": .string(try threadID(key))])
    }

    private func messages(at node: NodeProcess, _ key: String) async throws -> Int {
        try await thread(at: node, key)["messages"]?.int ?? 0
    }

    private func code(_ key: String) async throws -> String {
        try await thread(at: world.belair, key)["code"]?.string ?? key
    }

    private func threadID(_ key: String) throws -> String {
        guard let id = world.keys.threads[key] else { throw DemoError("the practice file has no thread \(key)") }
        return id.description
    }

    private func expect(_ condition: Bool, _ what: String) throws {
        guard condition else { throw DemoError("it is not so that \(what)") }
    }
}

extension String {
    /// The text with spaces after it, up to `width` characters.
    fileprivate func padded(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
