@testable import PartitionSimulator
import Testing

@Suite("Markup")
struct MarkupTests {
    @Test("what means something to XML is escaped, in texts and in attributes", arguments: [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"), ("\"it's\"", "&quot;it&#39;s&quot;"),
        ("one\ntwo\r\tthree", "one&#10;two&#13;&#9;three"),
        ("\u{0}\u{1B}\u{7F}\u{85}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("\u{202E}x\u{2066}", "\u{FFFD}x\u{FFFD}"), ("é 🦷", "é 🦷"),
    ])
    func escaping(_ text: String, _ expected: String) {
        var markup = Markup()
        markup.element("p", ["title": text], text)
        #expect(markup.text == "<p title=\"\(expected)\">\(expected)</p>")
    }

    @Test("an attribute without a value is left out")
    func absentAttribute() {
        var markup = Markup()
        markup.empty("br", ["id": nil, "class": "x"])
        #expect(markup.text == "<br class=\"x\"/>")
    }

    @Test("coordinates have one place at most, and never an exponent", arguments: [
        (0.0, "0"), (1.0, "1"), (-0.04, "0"), (2.449, "2.4"), (2.45001, "2.5"), (-3.25, "-3.3"), (12_345.96, "12346"), (.nan, "0"),
        (.infinity, "0"),
    ])
    func numbers(_ value: Double, _ expected: String) {
        #expect(Markup.number(value) == expected)
    }

    @Test("a long text ends in an ellipsis and is as long as was allowed")
    func shortening() {
        #expect(Markup.shortened("towson", to: 6) == "towson")
        #expect(Markup.shortened("towson-2", to: 6) == "towso…")
        #expect(Markup.shortened("日本語", to: 3) == "日本語")
    }
}
