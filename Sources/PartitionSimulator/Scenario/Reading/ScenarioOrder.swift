/// Checks what depends on the order in which things happen: nobody acts on a thread before it is opened, at a node before it joins,
/// or on a page that they have not looked at.
struct ScenarioOrder {
    /// Somebody's page of a thread at a node.
    struct Look: Hashable {
        var node: String
        var actor: String
        var thread: String

        /// The page that a deed looks at or acts on.
        init(_ deed: Deed) {
            node = deed.node
            actor = deed.actor ?? ""
            thread = deed.thread
        }
    }

    private var present: Set<String>
    private var opened: Set<String> = []
    private var looks: Set<Look> = []
    private var backedUp: Set<String> = []
    private let mistakes: ScenarioMistakes

    init(names: [String], mistakes: ScenarioMistakes) {
        present = Set(names)
        self.mistakes = mistakes
    }

    /// Checks entries that are in the order of time.
    consuming func check(_ entries: [ScenarioReader.Entry]) {
        let joining = Dictionary(
            entries.compactMap { entry in
                Self.newcomer(entry.action).map { ($0, entry.at) }
            }, uniquingKeysWith: { first, _ in first })
        for entry in entries {
            guard let action = entry.action else {
                // Not built yet, but its thread can be checked.
                if let thread = entry.mapping.text("thread") { require(thread, "thread", entry.mapping) }
                continue
            }
            for name in action.nodeNames where !present.contains(name) && name != Self.newcomer(action) {
                let when = joining[name].map { "joins only after \(SpanText.text($0))" } ?? "does not join"
                mistakes.add(entry.mapping.place, "an event: expected nodes that are there, found `\(name)`, which \(when)")
            }
            present.formUnion(action.nodeNames)
            if case .backup(let name) = action { backedUp.insert(name) }
            if case .restore(let name) = action, !backedUp.contains(name) {
                entry.mapping.fail("restore", "expected an event before that makes a backup of `\(name)`, found none")
            }
            if case .deed(let deed) = action { check(deed, entry.mapping) }
        }
    }

    /// The node that is there only afterwards.
    private static func newcomer(_ action: ScenarioAction?) -> String? {
        switch action {
        case .join(let node, _): node.name
        case .clone(_, let copy): copy
        default: nil
        }
    }

    private mutating func check(_ deed: Deed, _ mapping: ScenarioMapping) {
        if deed.verb == .open {
            if !opened.insert(deed.thread).inserted {
                mapping.fail("thread", "expected a new name, found `\(deed.thread)`, which an event before opens")
            }
            return
        }
        if deed.verb.needsThread { require(deed.thread, "thread", mapping) }
        if deed.verb.namesThread, let target = deed.to {
            require(target, "to", mapping)
            if target == deed.thread { mapping.fail("to", "expected another thread, found the same") }
        }
        if deed.verb == .look { looks.insert(Look(deed)) }
        if deed.page == .looked && !looks.contains(Look(deed)) {
            let look = "`\(deed.actor ?? "")` looks at `\(deed.thread)` at `\(deed.node)`"
            mapping.fail("page", "expected an event before in which \(look), found none")
        }
    }

    private func require(_ thread: String, _ key: String, _ mapping: ScenarioMapping) {
        if opened.contains(thread) { return }
        let meant = NearMiss.of(thread, among: opened.sorted())
        mapping.fail(key, "expected a thread that an event before opens, found `\(thread)`" + meant.hint)
    }
}
