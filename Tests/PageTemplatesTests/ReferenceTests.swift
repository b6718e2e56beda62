import Mustache
import PageTemplates
import Testing

@Suite("Templates, beside swift-mustache")
struct ReferenceTests {
    @Test("Every template of the pages makes of every model what swift-mustache makes of it", arguments: PageSources.names)
    func pages(template: String) throws {
        let pair = try Pair(PageSources.all)
        let names = PageSources.names(in: template)
        for seed in UInt64(0)..<6 {
            var random = RandomModel(names: names, seed: seed)
            pair.compare(template, random.object(), "seed \(seed)")
        }
    }

    @Test(
        "Blank places, lines and nested tags come out as from swift-mustache",
        arguments: [
            "a{{x}}b", "{{#x}}\n{{.}}\n{{/x}}\n", "  {{#x}}\n  y\n  {{/x}}\nz", "{{#x}}y{{/x}}\n{{^x}}n{{/x}}",
            "{{#x}}\ny{{/x}} z\n{{#y}}\nq\n{{/y}}", "p{{#x}}\n{{/x}}\n{{#y}}\nq\n{{/y}}\n",
            "{{! c }}\nx\n  {{! c\nd }}  \ny {{! e }} z\n  {{! f }} z", "{{x.y.z}}|{{x.y}}|{{ x }}|{{.}}",
            "{{#x}}{{#y}}{{x}}{{y}}{{.}}{{/y}}{{/x}}", "{{{x}}}{{&x}}{{x}}", "{{#x.y}}{{z}}{{/x.y}}{{^x.y}}none{{/x.y}}",
            "{ {x} } {{x}} }} { y", "\t{{x}}\n\t{{#x}} \n\t{{/x}} \n\n\n", "{{#x}}{{/x}}", "   ", "",
            "{{#x}}{{#.y}}{{.}}{{/.y}}{{.y.z}}{{^.z}}none{{/.z}}{{/x}}{{.x}}",
            "{{#x}}\n   {{#y}}\n  {{z}}\n   {{/y}}\n{{/x}}   ", "{{> other}}\n{{> other}}|{{> other}}",
            "{{<frame}}\n{{$a}}A {{x}}{{/a}}\n{{$b}}\nB\n{{#x}}\n y\n{{/x}}\n{{/b}}\n{{/frame}}\nend",
            "{{<frame}}{{$b}}{{> other}}{{/b}}{{/frame}}", "{{<frame}} words {{! and }}{{/frame}}", "{{$a}}\n x\n{{/a}}\n{{$b}}{{/b}}",
            "{{<outer}}{{$a}}mine{{/a}}{{/outer}}",
        ])
    func whitespace(source: String) throws {
        let pair = try Pair([
            ("tried", Array(source.utf8)), ("other", Array("[{{x}}\n{{#y}}\n{{.}}\n{{/y}}\n]\n".utf8)),
            ("frame", Array("<{{$a}}a{{/a}}>\n{{$b}}\nb\n{{/b}}\n{{> other}}\n{{$c}}c{{/c}}\n".utf8)),
            ("outer", Array("{{<frame}}{{$a}}outer{{/a}}{{$c}}C{{/c}}{{/frame}}".utf8)),
        ])
        for seed in UInt64(0)..<30 {
            var random = RandomModel(names: ["x", "y", "z"], seed: seed)
            pair.compare("tried", random.object(), "seed \(seed)")
        }
    }
}

/// The same templates in both.
private struct Pair {
    private let ours: TemplateLibrary
    private let reference: MustacheLibrary

    init(_ sources: [(name: String, bytes: [UInt8])]) throws {
        ours = try TemplateLibrary(sources)
        var library = MustacheLibrary()
        for source in sources { try library.register(String(decoding: source.bytes, as: UTF8.self), named: source.name) }
        reference = library
    }

    func compare(_ template: String, _ model: [String: Any], _ which: String) {
        guard differs(template, model) else { return }
        var smallest = model
        // What can be left out without their agreeing is left out.
        for key in model.keys.sorted() {
            var smaller = smallest
            smaller[key] = nil
            if differs(template, smaller) { smallest = smaller }
        }
        let (made, expected) = (made(template, smallest) ?? "", expected(template, smallest) ?? "")
        let alike = zip(made, expected).prefix { $0 == $1 }.count
        Issue.record(
            """
            \(template), \(which), with \(smallest): after “\(made.prefix(alike).suffix(80))” \
            comes “\(made.dropFirst(alike).prefix(80))”, not “\(expected.dropFirst(alike).prefix(80))”
            """)
    }

    private func differs(_ template: String, _ model: [String: Any]) -> Bool {
        guard let made = made(template, model), let expected = expected(template, model) else { return true }
        return made != expected
    }

    // Nothing where it cannot be rendered, which `differs` says.
    private func made(_ template: String, _ model: [String: Any]) -> String? { try? ours.render(template, model).text }

    private func expected(_ template: String, _ model: [String: Any]) -> String? { reference.render(model, withTemplate: template) }
}
