import PageTemplates
import Vault

/// The templates and assets of the pages, which are part of the program.
struct PageRenderer: Sendable {
    private let library: TemplateLibrary
    /// Where the style sheet and scripts are: the name changes with their content, so that browsers may keep them for ever.
    let assetsPath: String

    /// Throws where a template does not parse, which a test would have shown.
    init() throws {
        library = try TemplateLibrary(EmbeddedPages.templates)
        var all: [UInt8] = []
        for asset in EmbeddedPages.assets { all += asset.bytes }
        assetsPath = "/assets/" + Digest.hash(Domain("suture/assets"), all).description.prefix(12)
    }

    /// A page of `template` with what it shows.
    func html(_ template: String, _ model: [String: Any]) throws -> RenderedHTML { try library.render(template, model) }
}
