import Causality
import InboxModel
import Testing

@testable import NodeService

@Suite("Arguments of requests")
struct ControlArgumentsTests {
    @Test(
        "A name with a letter or two amiss is recognised",
        arguments: [("dan", "dana"), ("hihg", "high"), ("needsreply", "needs-reply"), ("TOWSON", "towson"), ("sched", "scheduling")])
    func near(typed: String, meant: String) {
        let names = ["dana", "ana-maria", "high", "needs-reply", "towson", "scheduling", "billing"]
        #expect(SpellingSuggestion.nearest(to: typed, among: names) == meant)
    }

    @Test("A name that nothing is near is left alone", arguments: ["", "x", "mars", "somebody"])
    func far(typed: String) {
        #expect(SpellingSuggestion.nearest(to: typed, among: ["dana", "towson", "scheduling"]) == nil)
        #expect(SpellingSuggestion.nearest(to: typed, among: []) == nil)
    }

    @Test("A null is the same as nothing, a wrong type is named")
    func types() throws {
        let arguments = ControlArguments(["a": nil, "b": 7, "c": "text", "d": true, "e": ["x", 1], "f": 1.5])
        #expect(try arguments.text("a") == nil && !arguments.has("a") && arguments.has("b"))
        #expect(try arguments.text("c") == "text")
        #expect(try arguments.number("b", in: 1...10) == 7)
        #expect(try arguments.flag("d") == true)
        #expect(throws: ControlFailure.invalid("'b' must be text")) { try arguments.text("b") }
        #expect(throws: ControlFailure.invalid("'b' must be a whole number from 8 to 9")) { try arguments.number("b", in: 8...9) }
        #expect(throws: ControlFailure.invalid("'f' must be a whole number from 1 to 9")) { try arguments.number("f", in: 1...9) }
        #expect(throws: ControlFailure.invalid("'c' must be true or false")) { try arguments.flag("c") }
        #expect(throws: ControlFailure.invalid("'e' must be a list of texts")) { try arguments.texts("e") }
        #expect(throws: ControlFailure.invalid("'zz' is missing")) { try arguments.requiredText("zz") }
        #expect(throws: ControlFailure.self) { try arguments.require(onlyOf: ["b", "c", "d", "e"], verb: "v") }
        try arguments.require(onlyOf: ["b", "c", "d", "e", "f"], verb: "v")
    }

    @Test("A word of a vocabulary is read, another is refused with what is near or with all of them")
    func words() throws {
        let arguments = ControlArguments(["p": "urgent", "q": "urgnt", "r": "blue"])
        #expect(try arguments.word("p", as: Priority.self) == .urgent)
        #expect(try arguments.word("none", as: Priority.self) == nil)
        #expect(throws: ControlFailure.invalid("'urgnt' is no q: did you mean 'urgent'?")) {
            try arguments.word("q", as: Priority.self)
        }
        #expect(throws: ControlFailure.invalid("'blue' is no r: one of low, normal, high, urgent")) {
            try arguments.word("r", as: Priority.self)
        }
    }

    @Test("Every vocabulary has a word of its own for each value")
    func vocabularies() {
        func check<Word: ControlWord>(_ type: Word.Type) {
            #expect(Set(Word.words).count == Word.allCases.count)
            for value in Word.allCases { #expect(Word(word: value.word) == value) }
        }
        check(Channel.self)
        check(Direction.self)
        check(Priority.self)
        check(UrgencyClass.self)
        check(Role.self)
        check(PatientTold.self)
        check(ConsentPurpose.self)
        check(ThreadStatus.self)
        check(OwnershipAct.self)
        check(InboxList.self)
    }

    @Test("A clock comes back from its text as it was, and other text is no clock", arguments: ["", "0", "zz", "01", "0001"])
    func clocks(text: String) throws {
        let clock = VersionVector([.init(ReplicaID(7), 300), .init(ReplicaID(.max), 1)])
        #expect(VersionVector(controlText: clock.controlText) == clock)
        #expect(VersionVector(controlText: VersionVector().controlText) == VersionVector())
        #expect(VersionVector(controlText: text) == nil)
        #expect(throws: ControlFailure.self) { try ControlArguments(["shown": .string(text)]).shown() }
    }

    @Test("Verbs are found by name, and each takes only what it knows")
    func verbs() {
        let expected = [
            "status", "digest", "inbox", "thread-show", "thread-open", "thread-message", "reply", "note", "claim", "release",
            "handoff", "accept", "decline", "assign", "category", "priority", "review", "tag", "untag", "snooze", "due",
            "move", "merge", "resolve", "reopen", "read", "draft", "settle", "patients", "patient-put", "consent",
            "directory", "office-put", "staff-put", "queue-put", "category-put", "invite", "log-verify", "log-rebuild",
            "search", "counters", "stop", "invitations", "invitation-cancel", "member-pending", "member-admit", "member-decline",
            "backup",
        ]
        for verb in expected { #expect(ControlVerb.all[verb] != nil, "\(verb)") }
        #expect(ControlVerb.all["claim"]?.arguments == ["thread", "as", "shown"])
    }
}
