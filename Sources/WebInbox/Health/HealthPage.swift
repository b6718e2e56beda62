import PageTemplates

/// The page of offices and sync, as HTML.
struct HealthPage {
    private let templates: TemplateLibrary

    init() throws { templates = try TemplateLibrary([("health", Array(Self.source.utf8))]) }

    func render(_ report: HealthReport) throws -> RenderedHTML {
        try templates.render("health", [
            "group": report.group, "node": report.node, "ready": report.isReady, "changeSets": "\(report.changeSets)",
            "trouble": report.trouble,
            "peers": report.peers.map { peer -> [String: Any] in
                [
                    "name": peer.name, "connected": peer.isConnected, "state": peer.state,
                    "silence": peer.silence.map { "\($0 / 1000) s ago" } ?? "never",
                    "missingHere": "\(peer.missingHere)", "missingThere": "\(peer.missingThere)",
                ]
            },
        ])
    }

    private static let source = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{node}} · Suture</title>
        <style>
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
        :root { --line: color-mix(in srgb, currentColor 20%, transparent) }
        body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
        table { border-collapse: collapse; width: 100% }
        th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line) }
        .wide { overflow-x: auto } h1 { font-size: 1.4rem; margin: 0 } p { margin: .4rem 0 }
        </style></head><body><main>
        <h1>{{node}}</h1>
        <p>{{group}} · {{changeSets}} change sets merged · {{#ready}}ready{{/ready}}{{^ready}}not ready{{/ready}}</p>
        {{#trouble}}<p role="status">{{.}}</p>{{/trouble}}
        <h2>Offices and laptops</h2>
        <div class="wide"><table><thead><tr><th scope="col">Member</th><th scope="col">Link</th><th scope="col">Last heard</th>
        <th scope="col">Missing here</th><th scope="col">Missing there</th></tr></thead><tbody>
        {{#peers}}<tr><th scope="row">{{name}}</th><td>{{#connected}}up{{/connected}}{{^connected}}down{{/connected}}, {{state}}</td>
        <td>{{silence}}</td><td>{{missingHere}}</td><td>{{missingThere}}</td></tr>{{/peers}}
        </tbody></table></div>
        </main></body></html>
        """
}
