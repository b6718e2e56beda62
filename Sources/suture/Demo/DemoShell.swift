import InboxModel
import NodeService

/// The terminal of a demonstration whose nodes stay up: cut and heal links, act at any node, and see where things are.
struct DemoShell {
    /// Who reads what is shown here: the on-call clinician may at every office.
    private static let reader = "osei"

    let world: DemoWorld
    let narrator: Narrator

    /// Reads commands until `quit` or the end of input.
    func run() async {
        narrator.chapter("The nodes stay up. Type `help` for what you can do, `quit` to end.")
        while true {
            print("suture> ", terminator: "")
            narrator.flush()
            guard let line = readLine() else { return }
            let words = line.split(separator: " ").map(String.init)
            guard let verb = words.first else { continue }
            if verb == "quit" || verb == "exit" { return }
            do {
                try await perform(verb, Array(words.dropFirst()))
            } catch let failure as ControlFailure {
                narrator.say("refused: \(failure.message)")
            } catch {
                narrator.say("\(error)")
            }
        }
    }

    private func perform(_ verb: String, _ words: [String]) async throws {
        switch (verb, words.count) {
        case ("help", _): help()
        case ("where", _): try await showStanding()
        case ("cut", 2):
            try world.cut(words[0], words[1])
            narrator.say("the link between \(words[0]) and \(words[1]) is cut")
        case ("heal", 0):
            for (one, other) in Self.pairs { try world.heal(one, other) }
            narrator.say("every link is up")
        case ("heal", 2):
            try world.heal(words[0], words[1])
            narrator.say("the link between \(words[0]) and \(words[1]) is up")
        case ("kill", 1):
            try world.node(words[0]).kill()
            narrator.say("\(words[0]) was killed, as in a power cut")
        case ("start", 1):
            try await world.node(words[0]).start()
            narrator.say("\(words[0]) runs again")
        case ("list", 1): try await list(world.node(words[0]))
        case ("show", 2): try await show(words[1], at: world.node(words[0]))
        case ("claim", 3): try await act("claim", words)
        case ("resolve", 3): try await act("resolve", words, ["outcome": "answered", "told": "told"])
        case ("reply", 4...): try await act("reply", Array(words.prefix(3)), ["text": text(words.dropFirst(3))])
        case ("note", 4...): try await act("note", Array(words.prefix(3)), ["text": text(words.dropFirst(3))])
        case ("message", 3...):
            let answer = try await world.node(words[0]).ask(
                "thread-message", ["thread": thread(words[1]), "text": text(words.dropFirst(2))])
            narrator.say("\(answer["code"]?.string ?? words[1]) is \(answer["status"]?.string ?? "")")
        default: narrator.say("that is no command here; `help` lists them")
        }
    }

    private static let pairs = [("towson", "belair"), ("towson", "laptop"), ("belair", "laptop")]

    private func help() {
        for line in [
            "where                               who reaches whom, what is held, whether all are equal",
            "cut NODE NODE · heal [NODE NODE]    cut or heal a link",
            "kill NODE · start NODE              end a node as a power cut does; start it again",
            "list NODE                           the daily list at a node, as Dr. Osei sees it",
            "show NODE THREAD                    one thread (T1 ... T60, or its code), as Dr. Osei sees it",
            "claim NODE THREAD PERSON            take a thread (ana, bo, dana, carmen, eli, fatima, marsh, osei)",
            "reply NODE THREAD PERSON TEXT       answer the patient",
            "note NODE THREAD PERSON TEXT        write an internal note",
            "resolve NODE THREAD PERSON          end the matter",
            "message NODE THREAD TEXT            the patient writes",
            "quit",
        ] { narrator.say(line) }
    }

    private func act(_ verb: String, _ words: [String], _ arguments: [String: JSONValue] = [:]) async throws {
        var arguments = arguments
        arguments["thread"] = thread(words[1])
        arguments["as"] = .string(words[2])
        let answer = try await world.node(words[0]).ask(verb, arguments)
        narrator.say(
            "\(answer["code"]?.string ?? words[1]) is \(answer["status"]?.string ?? ""), owned by \(answer["owner"]?.string ?? "nobody")")
    }

    private func list(_ node: NodeProcess) async throws {
        let answer = try await node.ask("inbox", ["list": "open", "limit": 25, "as": .string(Self.reader)])
        for thread in answer["threads"]?.array ?? [] {
            let flags = thread["flags"]?.array?.compactMap(\.string).joined(separator: ", ") ?? ""
            narrator.say(
                [thread["code"], thread["patient"], thread["subject"], thread["owner"], thread["status"]]
                    .map { $0?.string ?? "" }.joined(separator: " · ") + (flags.isEmpty ? "" : " (\(flags))"))
        }
    }

    private func show(_ name: String, at node: NodeProcess) async throws {
        let page = try await node.ask("thread-show", ["thread": thread(name), "as": .string(Self.reader)])
        narrator.say("\(page["code"]?.string ?? name): \(page["subject"]?.string ?? "") (\(page["status"]?.string ?? ""))")
        for entry in page["history"]?.array ?? [] {
            let apart = entry["apart"]?.bool == true ? ", while apart" : ""
            let what = entry["change"]?.string ?? entry["act"]?.string ?? entry["kind"]?.string ?? ""
            narrator.say(
                "  \(entry["by"]?.string ?? "") [\(what)\(apart)] \(entry["to"]?.string ?? "") \(entry["text"]?.string ?? "")")
        }
    }

    private func showStanding() async throws {
        for (one, other) in Self.pairs {
            narrator.say("\(one) and \(other): \(world.isCut(one, other) ? "cut" : "linked")")
        }
        var digests: Set<String> = []
        for node in world.nodes {
            guard node.pid != nil else {
                narrator.say("\(node.name): not running")
                continue
            }
            let (digest, count) = try await node.digest()
            digests.insert(digest)
            narrator.say("\(node.name): \(count) change sets, digest \(digest.prefix(16)), data in \(node.directory)")
        }
        narrator.say(digests.count == 1 ? "all running nodes are equal" : "the running nodes differ")
    }

    private func thread(_ name: String) -> JSONValue {
        .string(world.keys.threads[name.uppercased()]?.description ?? name)
    }

    private func text(_ words: some Sequence<String>) -> JSONValue { .string(words.joined(separator: " ")) }
}
