internal import Yams

extension ScenarioReader {
    /// What can happen, and which other keys belong to it.
    static let verbs: [(name: String, keys: [String])] = [
        ("partition", ["for"]), ("cut", ["for"]), ("one-way", ["for"]), ("isolate", ["for"]), ("heal", []), ("links", ["for"]),
        ("jam", ["for"]), ("half-open", []), ("flap", ["every", "for"]), ("swizzle", ["for"]), ("replay", ["age", "count", "session"]),
        ("kill", ["when", "death"]), ("restart", []), ("restart-loop", ["times", "every"]), ("pause", ["for"]),
        ("clock", ["jump", "drift", "frozen", "for"]), ("disk", ["fault", "for"]), ("backup", []), ("restore", []),
        ("clone", ["as"]), ("join", ["through"]), ("attack", ["by", "against", "for"]), ("settle", []),
        ("node", ["do", "thread", "patient", "as", "to", "value", "category", "office", "page", "times", "expect"]),
        ("promote", ["through"]), ("revoke", ["through"]), ("retire", ["through"]), ("rotate", ["through"]),
        ("recover", ["through"]), ("snapshot", []),
    ]

    /// The key that says what happens. Reports a missing or second one, and every key that does not belong to it.
    func verb(of mapping: ScenarioMapping) -> String? {
        let found = mapping.keys.filter { key in Self.verbs.contains { $0.name == key } }
        guard let verb = found.first else {
            if mapping.has("do") {
                _ = mapping.value("node", nodeName)
            } else {
                reportNoVerb(mapping)
            }
            return nil
        }
        for other in found.dropFirst() { mapping.fail(other, "expected one thing an event, found `\(verb)` and this") }
        let own = Self.verbs.first { $0.name == verb }?.keys ?? []
        mapping.allow(["at", verb] + own + ["shows"] + found.dropFirst(), in: "an event with `\(verb)`")
        return verb
    }

    private func reportNoVerb(_ mapping: ScenarioMapping) {
        let names = Self.verbs.map(\.name)
        let others = Set(["at", "shows"] + Self.verbs.flatMap(\.keys))
        guard let unknown = mapping.keys.first(where: { !others.contains($0) }) else {
            mistakes.add(mapping.place, "an event: expected one of \(names.joined(separator: ", ")), found none")
            return
        }
        let meant = Self.synonyms[unknown] ?? NearMiss.of(unknown, among: names)
        mistakes.add(
            mapping.keyPlace(of: unknown),
            "\(unknown.cited): expected one of \(names.joined(separator: ", ")) in an event" + meant.hint)
    }

    /// Words that other tools use for the same.
    private static let synonyms = ["crash": "kill", "stop": "kill", "start": "restart", "freeze": "pause", "loss": "links"]

    /// What happens; nil where there is a mistake or it is not built yet.
    mutating func action(_ verb: String, _ mapping: ScenarioMapping) -> ScenarioAction? {
        switch verb {
        case "node": return deed(mapping)
        case "revoke", "rotate", "retire", "recover", "promote": return membership(verb, mapping)
        case "snapshot":
            _ = mapping.value(verb, nodeName)
            notYet(mapping.place(of: verb), verb, Fault.snapshotJoiner.notYet)
            return nil
        case "settle":
            return mapping.value(verb, .word([("all", ScenarioAction.settle)], "all"))
        case "kill", "restart", "restart-loop", "pause", "clock", "disk", "backup", "restore", "clone", "join", "attack":
            return nodeAction(verb, mapping)
        default: return networkAction(verb, mapping)
        }
    }

    // MARK: The network

    private func networkAction(_ verb: String, _ mapping: ScenarioMapping) -> ScenarioAction? {
        let length = mapping.optional("for", .span(least: 1))
        switch verb {
        case "partition": return partition(mapping, length)
        case "cut": return pair(verb, mapping).map { .cut($0, $1, oneWay: false, for: length) }
        case "one-way": return pair(verb, mapping).map { .cut($0, $1, oneWay: true, for: length) }
        case "isolate": return mapping.value(verb, nodeName).map { .isolate($0, for: length) }
        case "heal": return scope(verb, mapping).map { .heal($0) }
        case "links": return linkConditions(mapping, length)
        case "half-open": return pair(verb, mapping).map { .halfOpen($0, $1) }
        case "replay": return replay(mapping)
        default: return lastingAction(verb, mapping)
        }
    }

    /// What must say how long it lasts.
    private func lastingAction(_ verb: String, _ mapping: ScenarioMapping) -> ScenarioAction? {
        guard mapping.has("for") else {
            _ = mapping.value("for", .span(least: 1))
            return nil
        }
        guard let length = mapping.text("for").flatMap(SpanText.milliseconds), length > 0 else { return nil }
        switch verb {
        case "jam": return scope(verb, mapping).map { .jam($0, for: length) }
        case "flap":
            let every = mapping.value("every", .span(least: 1))
            guard let scope = scope(verb, mapping), let every else { return nil }
            return .flap(scope, every: every, for: length)
        default: return mapping.value(verb, .word([("all", ScenarioAction.swizzle(for: length))], "all"))
        }
    }

    private func partition(_ mapping: ScenarioMapping, _ length: Int64?) -> ScenarioAction? {
        let shapes = PartitionShape.allCases.map(\.rawValue).joined(separator: ", ")
        let expected = "two or more lists of nodes such as [[towson], [belair, laptop]], or one of \(shapes)"
        guard let node = mapping.node("partition", expected: expected) else { return nil }
        if node.scalar != nil {
            let words = PartitionShape.allCases.map { ($0.rawValue, $0) }
            return mapping.read(node, "partition", .word(words, expected)).map { .shape($0, for: length) }
        }
        guard let parts = node.sequence, parts.count > 1, parts.allSatisfy({ $0.sequence?.isEmpty == false }) else {
            mapping.fail("partition", "expected \(expected), found \(node.wording)")
            return nil
        }
        var seen: Set<String> = []
        var read: [[String]] = []
        for part in parts {
            var names: [String] = []
            for item in part.sequence ?? [] {
                guard let name = mapping.read(item, "partition", nodeName) else { continue }
                if !seen.insert(name).inserted {
                    mistakes.add(item.place, "partition: expected each node once, found `\(name)` twice")
                }
                names.append(name)
            }
            read.append(names)
        }
        return .partition(read, for: length)
    }

    /// Two different nodes.
    func pair(_ key: String, _ mapping: ScenarioMapping) -> (String, String)? {
        let expected = "two nodes such as [towson, belair]"
        guard let node = mapping.node(key, expected: expected) else { return nil }
        guard let list = node.sequence, list.count == 2 else {
            mapping.fail(key, "expected \(expected), found \(node.wording)")
            return nil
        }
        let names = list.compactMap { mapping.read($0, key, nodeName) }
        guard names.count == 2 else { return nil }
        if names[0] == names[1] {
            mapping.fail(key, "expected two different nodes, found `\(names[0])` twice")
            return nil
        }
        return (names[0], names[1])
    }

    /// All links, those of one node, or one.
    func scope(_ key: String, _ mapping: ScenarioMapping) -> LinkScope? {
        let expected = "all, a node, or two nodes such as [towson, belair]"
        guard let node = mapping.node(key, expected: expected) else { return nil }
        if node.sequence != nil { return pair(key, mapping).map { .between($0, $1) } }
        if node.scalar?.string == "all" { return .all }
        return mapping.read(node, key, ScenarioTerm<String>.name(expected, of: nodeNames + ["all"])).map { .of($0) }
    }

    private func linkConditions(_ mapping: ScenarioMapping, _ length: Int64?) -> ScenarioAction? {
        guard let node = mapping.node("links", expected: "what changes, such as {between: [towson, belair], loss: 20%}"),
            let patch = linkPatch(node, "links", others: ["between", "of"]),
            let links = ScenarioMapping(node, "links", mistakes: mistakes)
        else { return nil }
        if patch == LinkPatch() {
            mistakes.add(links.place, "links: expected at least one of \(Self.linkKeys.joined(separator: ", ")), found none")
            return nil
        }
        var which: LinkScope? = .all
        if links.has("between") { which = pair("between", links).map { .between($0, $1) } }
        if links.has("of") {
            if links.has("between") { links.fail("of", "expected `between` or `of`, found both") }
            which = links.value("of", nodeName).map { .of($0) }
        }
        return which.map { .conditions($0, patch, for: length) }
    }

    static let linkKeys = ["delay", "loss", "burst", "duplicate", "reorder", "corrupt", "truncate", "bandwidth"]

    /// Conditions of links; nil where there is a mistake.
    func linkPatch(_ node: Node, _ key: String, others: [String] = []) -> LinkPatch? {
        guard let links = ScenarioMapping(node, key, mistakes: mistakes) else { return nil }
        links.allow(others + Self.linkKeys, in: key)
        var patch = LinkPatch()
        patch.delay = links.optional("delay", .range)
        patch.loss = links.optional("loss", .share)
        patch.burst = links.optional("burst", .number(1...1_000, "how many frames a loss takes in a row, from 1 to 1000"))
        patch.duplication = links.optional("duplicate", .share)
        patch.reordering = links.optional("reorder", .share)
        patch.corruption = links.optional("corrupt", .share)
        patch.truncation = links.optional("truncate", .share)
        patch.bandwidth = links.optional("bandwidth", .rate)
        return patch
    }

    private func replay(_ mapping: ScenarioMapping) -> ScenarioAction? {
        let age = mapping.optional("age", .span()) ?? 0
        let count = mapping.value("count", .number(1...100_000))
        let session = mapping.optional("session", .word([("other", true), ("same", false)], "other or same")) ?? false
        guard let scope = scope("replay", mapping), let count else { return nil }
        return .replay(scope, age: age, count: count, otherSession: session)
    }
}
