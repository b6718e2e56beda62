import ArgumentParser
import Foundation
import NodeService
import Testing

@testable import suture

@Suite("What commands understand and show")
struct CommandTextTests {
    // MARK: Moments

    @Test(
        "A distance from now is understood",
        arguments: [("45m", 2_700_000), ("45min", 2_700_000), ("4h", 14_400_000), ("3d", 259_200_000), ("0m", 0)])
    func distances(text: String, milliseconds: Int64) {
        #expect(MomentArgument(argument: text)?.moment(now: 1_000_000) == 1_000_000 + milliseconds)
    }

    @Test("A local date is understood, with a time or without one", arguments: ["2026-11-24T17:00", "2026-11-24 17:00"])
    func dates(text: String) throws {
        let moment = try #require(MomentArgument(argument: text)?.moment(now: 0))
        #expect(RelativeTime.minute(of: moment).hasPrefix("2026-11-24 17:00"))
        let midnight = try #require(MomentArgument(argument: "2026-11-24")?.moment(now: 0))
        #expect(RelativeTime.minute(of: midnight).hasPrefix("2026-11-24 00:00"))
    }

    @Test("Never is no moment")
    func never() throws {
        let argument = try #require(MomentArgument(argument: "never"))
        #expect(argument.moment(now: 5) == nil)
    }

    @Test(
        "Anything else is refused",
        arguments: ["", "soon", "4", "h", "-4h", "4 h", "2026-02-31", "2026-13-01", "2026-11-24T25:00", "24.11.2026", "100000d"])
    func refused(text: String) {
        #expect(MomentArgument(argument: text) == nil)
    }

    // MARK: Wrapping

    @Test("Text is broken between words, and a word that is too wide is broken too")
    func wrapping() {
        let terminal = Terminal(rewritesLines: false, width: 24, hasStyles: false)
        let lines = WrappedText.lines("one two three four five six\n\nabcdefghijklmnopqrstuvwxyz", indent: "  | ", in: terminal)
        #expect(lines == ["  | one two three four", "  | five six", "  |", "  | abcdefghijklmnopqrst", "  | uvwxyz"])
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 24 })
    }

    @Test("Without a window nothing is broken, and nobody's text can play with the terminal")
    func unwrapped() {
        let text = String(repeating: "word ", count: 40) + "\u{1B}[31m"
        let lines = WrappedText.lines(text, indent: "", in: .plain)
        #expect(lines.count == 1)
        #expect(!lines[0].contains("\u{1B}"))
    }

    // MARK: Threads

    private static let thread: JSONValue = [
        "code": "TOW-4F7K", "subject": "Swelling\u{1B}[2J", "patient": "Maria Lopez", "category": "Post-op", "office": "Towson",
        "language": "es", "owner": "Ana", "claimants": ["Ana", "Bo"], "status": "owned", "priority": "urgent",
        "flags": ["contested", "needs-reply"], "due": 1000, "tags": ["implant"], "escalation": 0,
        "claims": [
            ["owner": "Ana", "by": "Ana", "act": "claimed", "office": "Towson", "at": 10, "counts": true],
            ["owner": "Bo", "by": "Bo", "act": "claimed", "office": "Bel Air", "at": 20, "counts": false],
        ],
        "history": [
            [
                "kind": "message", "direction": "inbound", "channel": "portal", "by": "Maria Lopez", "office": "Towson",
                "at": 0, "text": "It is worse.", "apart": false, "corrected": false,
            ],
            ["kind": "note", "by": "Bo", "office": "Bel Air", "at": 5, "text": "Called.", "apart": true, "corrected": true],
            [
                "kind": "ownership", "act": "offered", "by": "Ana", "to": "Bo", "from": "Ana", "office": "Towson", "at": 6,
                "text": "", "apart": false, "corrected": false,
            ],
        ],
        "drafts": [["staff": "Ana", "text": "Dear Ms. Lopez"]],
    ]

    @Test("A thread shows who said what where, notes apart from messages, and how to settle what is contested")
    func threadView() {
        let text = ThreadView(thread: Self.thread, now: 60_000, terminal: .plain).text
        #expect(text.contains("TOW-4F7K  Swelling?[2J"))
        #expect(text.contains("status     owned, urgent priority, contested, needs reply"))
        #expect(text.contains("CONTESTED: 2 own this thread"))
        #expect(text.contains("Ana: claimed in Towson") && text.contains("counts until it is settled"))
        #expect(text.contains("suture thread assign TOW-4F7K --to STAFF --as SUPERVISOR"))
        #expect(text.contains("<- MESSAGE from Maria Lopez by portal, Towson\n    | It is worse."))
        #expect(text.contains("## NOTE for staff only, Bo, Bel Air  [corrected]  [while apart]\n    : Called."))
        #expect(text.contains("** offered to Bo (from Ana), Ana, Towson"))
        #expect(text.contains("Unfinished replies\nAna\n    ~ Dear Ms. Lopez"))
        #expect(!text.contains("\u{1B}"))
    }

    @Test("With colours the words are the same")
    func colours() {
        let coloured = Terminal(rewritesLines: true, width: nil, hasStyles: true)
        let text = ThreadView(thread: Self.thread, now: 60_000, terminal: coloured).text
        let plain = ThreadView(thread: Self.thread, now: 60_000, terminal: .plain).text
        #expect(text != plain)
        #expect(text.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
    }

    @Test("A list fits the window and keeps code and flags", arguments: [40, 60, 80, 120])
    func inboxView(width: Int) {
        let terminal = Terminal(rewritesLines: false, width: width, hasStyles: false)
        let answer: JSONValue = [
            "list": "needs-reply", "now": 60_000, "threads": [Self.thread], "counts": ["needs-reply": 1, "open": 3],
        ]
        let text = InboxView(answer: answer, terminal: terminal).text
        #expect(text.split(separator: "\n").allSatisfy { DisplayWidth.of($0) <= width })
        #expect(text.hasPrefix("needs reply\nopen 3 · needs reply 1\n"))
        #expect(text.contains("TOW-4F7K"))
        #expect(text.contains("urgent"))
        if width == 120 { #expect(text.contains("Ana / Bo")) }
    }

    @Test("What holds a reply is told in words", arguments: [
        (["kind": "message-arrived", "changeSets": ["a:1"]], "a message came in from the patient"),
        (["kind": "message-arrived", "changeSets": ["a:1", "a:2"]], "2 messages came in from the patient"),
        (["kind": "answered", "by": "Bo"], "Bo sent the patient a message"),
        (["kind": "ownership-moved", "to": "Bo"], "Bo owns it now"),
        (["kind": "resolved"], "somebody resolved it"),
        (["kind": "merged"], "it goes on in another thread"),
    ] as [(JSONValue, String)])
    func collisions(collision: JSONValue, words: String) {
        #expect(CollisionText.line(collision) == words)
    }
}
