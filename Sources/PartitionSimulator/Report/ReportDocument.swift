/// A page that stands alone: markup, style and scripts in one file that asks the network for nothing, and forbids itself to.
struct ReportDocument {
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

    /// The page with that title, that body and those scripts.
    static func html(title: String, scripts: String, body: (inout Markup) -> Void) -> String {
        var out = Markup()
        out.append(trusted: "<!DOCTYPE html>\n")
        out.element("html", ["lang": "en"]) { out in
            out.element("head") { out in
                out.empty("meta", ["charset": "utf-8"])
                out.empty("meta", ["http-equiv": "Content-Security-Policy", "content": policy])
                out.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                out.empty("meta", ["name": "color-scheme", "content": "light dark"])
                out.element("title", title)
                out.line()
                out.element("style") { out in
                    out.append(trusted: ReportStyle.colours + ReportStyle.page + ReportStyle.diagram)
                }
            }
            out.line()
            out.element("body") { out in
                out.element("main") { body(&$0) }
                out.line()
                out.element("script") { $0.append(trusted: "\n" + ReportScript.copying + scripts) }
            }
        }
        out.line()
        return out.text
    }

    /// The heading: what it is about, and the verdict in words.
    static func heading(_ verdict: RunSummary.Verdict, over: String, words: String, under: String, into out: inout Markup) {
        let sign = verdict == .valid ? "✓" : verdict == .violated ? "✕" : "?"
        out.element("header", ["class": verdict.rawValue]) { out in
            out.element("p", ["class": "over"]) { out in
                out.element("b", "Suture")
                out.append(" · \(over)")
            }
            out.element("h1") { out in
                out.element("span", ["class": "badge", "aria-hidden": "true"], sign)
                out.append(words)
            }
            out.element("p", ["class": "soft"], under)
        }
    }

    /// A command with a button that copies it.
    static func command(_ text: String, into out: inout Markup) {
        guard !text.isEmpty else { return }
        out.element("div", ["class": "command"]) { out in
            out.element("code", ["tabindex": "0", "aria-label": "Command that repeats the run"], text)
            out.element("button", ["type": "button", "class": "copy", "hidden": "hidden"], "Copy")
        }
    }

    /// Figures with their names and a remark.
    static func figures(_ figures: [(name: String, value: String, remark: String)], into out: inout Markup) {
        out.element("dl", ["class": "figures"]) { out in
            for figure in figures {
                out.element("div") { out in
                    out.element("dt", figure.name)
                    out.element("dd") { out in
                        out.append(figure.value)
                        if !figure.remark.isEmpty { out.element("small", figure.remark) }
                    }
                }
            }
        }
        out.line()
    }
}
