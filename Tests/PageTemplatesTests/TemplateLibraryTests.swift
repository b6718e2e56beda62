import PageTemplates
import Testing

@Suite("Templates")
struct TemplateLibraryTests {
    @Test(
        "Whatever is shown is safe in content and attributes",
        arguments: [
            ("<script>", "&lt;script&gt;"), ("\"'&", "&quot;&#39;&amp;"), ("plain", "plain"), ("", ""), ("&amp;", "&amp;amp;"),
            // A quotation mark and a combining acute accent are one character.
            ("\"\u{301}x", "&quot;\u{301}x"), ("<\u{338}", "&lt;\u{338}"), ("'\u{20DD}", "&#39;\u{20DD}"),
        ])
    func escaping(text: String, html: String) throws {
        let library = try TemplateLibrary([("page", Array("{{x}}|{{#x}}{{.}}{{/x}}|{{{x}}}".utf8))])
        #expect(try Array(library.render("page", ["x": text]).text.utf8) == Array("\(html)|\(html)|\(text)".utf8))
    }

    @Test("HTML that a template made is taken as it is in three braces, and is text in two")
    func made() throws {
        let library = try TemplateLibrary([("page", Array("{{{x}}}|{{x}}".utf8)), ("part", Array("<b>{{y}}</b>".utf8))])
        let part = try library.render("part", ["y": "&"])
        #expect(try library.render("page", ["x": part]).text == "<b>&amp;</b>|&lt;b&gt;&amp;amp;&lt;/b&gt;")
    }

    @Test("A name is looked for in the nearest object first, then in what surrounds it; a name in an object nowhere else")
    func names() throws {
        let library = try TemplateLibrary([("page", Array("{{#list}}{{a}}{{b}}{{c.d}}{{/list}}".utf8))])
        let model: [String: Any] = ["a": 1, "b": 2, "c": ["d": 3], "list": [["a": "A"], ["b": "B", "c": [:]] as [String: Any]]]
        #expect(try library.render("page", model).text == "A231B")
    }

    @Test(
        "A damaged template is refused with its name, its line and the reason",
        arguments: [
            ("a\n{{#x}}b", 2, "“x” is not ended."), ("{{/x}}", 1, "nothing is open"),
            ("{{#x}}\n{{/y}}", 2, "“y” ends here, but “x” is open"), ("a {{x", 1, "A tag is not ended."), ("\n{{", 2, "A tag is not ended."),
            ("\n\n{{x y}}", 3, "is no name"),
            ("{{}}", 1, "is no name"), ("{{{x}} }", 1, "Three braces"),
            ("{{> gone}}", 1, "which is not there"), ("{{> page}}", 1, "which takes it in"), ("x\n  {{> page}}\n", 2, "indented"),
            ("{{<page}}{{x}}{{/page}}", 1, "Only blocks"), ("{{=<% %>=}}", 1, "is no name"),
            ("{{#x}}{{$a}}{{/x}}{{/a}}", 1, "“x” ends here"),
        ])
    func damaged(source: String, line: Int, words: String) {
        let fault = #expect(throws: TemplateFault.self) { try TemplateLibrary([("page", Array(source.utf8))]) }
        #expect(fault?.template == "page" && fault?.line == line && fault?.message.contains(words) == true, "\(String(describing: fault))")
    }

    @Test("A template that is not there is no page")
    func missing() throws {
        #expect(throws: TemplateFault.self) { try TemplateLibrary([]).render("page", [:]) }
    }
}
